#include "bgp/policy/export_attributes.h"

#include "bgp/policy/local_origin.h"
#include "bgp/policy/only_to_customer.h"
#include "bgp/wire/attributes/communities.h"

namespace bgp::policy {
namespace {

using wire::AttributeCode;
using wire::AttributeEditor;
using wire::be32;
namespace flag = wire::flag;

// RFC 4360 §3: extended communities that are not transitive stay within the AS.
void keep_transitive_communities(AttributeEditor& edit, ByteView canonical) {
  std::optional<ByteView> communities = wire::find_attribute(canonical, AttributeCode::ExtendedCommunities);
  if (!communities) return;
  Bytes kept;
  for (size_t at = 0; at + 8 <= communities->size(); at += 8)
    if (ByteView one = communities->subspan(at, 8); (one[0] & 0x40) == 0) kept.insert(kept.end(), one.begin(), one.end());
  if (kept.size() == communities->size()) return;
  if (kept.empty()) edit.remove(AttributeCode::ExtendedCommunities);
  else edit.set(AttributeCode::ExtendedCommunities, flag::kOptional | flag::kTransitive, kept);
}

void edit_for_ebgp(AttributeEditor& edit, ByteView canonical, const ExportSource& source, const ExportTarget& target) {
  edit.set(AttributeCode::AsPath, flag::kTransitive,
           wire::prepended_as_path(wire::find_attribute(canonical, AttributeCode::AsPath), target.local_as));
  edit.remove(AttributeCode::LocalPref);
  edit.remove(AttributeCode::OriginatorId);
  edit.remove(AttributeCode::ClusterList);
  keep_transitive_communities(edit, canonical);
  // RFC 4271 §5.1.4: a MED received from one neighbouring AS is not told to another.
  if (!source.is_local) edit.remove(AttributeCode::MultiExitDisc);
}

void reflect(AttributeEditor& edit, ByteView canonical, const ExportSource& source, const ExportTarget& target) {
  if (!wire::find_attribute(canonical, AttributeCode::OriginatorId))
    edit.set(AttributeCode::OriginatorId, flag::kOptional, be32(source.identifier.value));
  Bytes clusters;
  ByteWriter(clusters).u32(target.cluster_id.value);
  if (auto list = wire::find_attribute(canonical, AttributeCode::ClusterList))
    clusters.insert(clusters.end(), list->begin(), list->end());
  edit.set(AttributeCode::ClusterList, flag::kOptional, clusters);
}

// RFC 8326 §4.1: everybody is asked to move away; inside the AS the preference says so, outside the community.
void ask_to_move_away(AttributeEditor& edit, ByteView canonical, const ExportTarget& target) {
  if (!target.is_ebgp) edit.set(AttributeCode::LocalPref, flag::kTransitive, be32(0));
  if (wire::facts_of(canonical).graceful_shutdown) return;
  Bytes communities;
  if (auto list = wire::find_attribute(canonical, AttributeCode::Communities)) communities.assign(list->begin(), list->end());
  ByteWriter(communities).u32(wire::attributes::kGracefulShutdown);
  edit.set(AttributeCode::Communities, flag::kOptional | flag::kTransitive, communities);
}

}  // namespace

bool may_export(bool no_export, bool no_advertise, const ExportSource& source, const ExportTarget& target) {
  if (no_advertise || (no_export && target.is_ebgp)) return false;
  if (!source.is_ibgp || target.is_ebgp) return true;
  return source.is_client || target.is_client;
}

Bytes export_attributes(ByteView canonical, const ExportSource& source, const ExportTarget& target) {
  AttributeEditor edit(canonical);
  if (source.is_local) edit.remove_code(kLocalOriginCode);
  if (target.is_ebgp) {
    edit_for_ebgp(edit, canonical, source, target);
    if (target.role && is_marked_on_export(*target.role) && !only_to_customer(canonical))
      edit.set(AttributeCode::OnlyToCustomer, flag::kOptional | flag::kTransitive, be32(target.local_as.value));
  } else {
    if (!wire::find_attribute(canonical, AttributeCode::LocalPref))
      edit.set(AttributeCode::LocalPref, flag::kTransitive, be32(100));
    if (source.is_ibgp) reflect(edit, canonical, source, target);
  }
  if (target.graceful_shutdown) ask_to_move_away(edit, canonical, target);
  return edit.finish();
}

std::optional<wire::NextHop> export_next_hop(Family family, const wire::NextHop& received, const ExportSource& source,
                                             const ExportTarget& target) {
  bool reflected = source.is_ibgp && !target.is_ebgp;
  bool keep = !source.is_local && (target.next_hop_mode == NextHopMode::Keep ||
                                   (target.next_hop_mode == NextHopMode::Auto && reflected));
  bool takes_v6 = family == Family::IPv6 || target.extended_next_hop;
  // RFC 2545 §3: a link-local address is for those on its link, and we cannot know that the receiver is.
  bool is_on_link = received.address.is_v6() && received.address.is_link_local();
  if (keep && !is_on_link) {
    if (received.address.is_v6() && !takes_v6) return std::nullopt;
    return wire::NextHop{received.address, std::nullopt};
  }
  std::optional<IpAddress> self = family == Family::IPv4 ? target.self_v4 : target.self_v6;
  if (!self && takes_v6) self = target.self_v6;
  if (!self) return std::nullopt;
  return wire::NextHop{*self, std::nullopt};
}

}  // namespace bgp::policy
