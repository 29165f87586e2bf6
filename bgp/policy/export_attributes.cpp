#include "bgp/policy/export_attributes.h"

#include "bgp/policy/only_to_customer.h"
#include "bgp/wire/attributes/communities.h"

namespace bgp::policy {
namespace {

using wire::AttributeCode;
using wire::AttributeEditor;
using wire::be32;
namespace flag = wire::flag;

void edit_for_ebgp(AttributeEditor& edit, ByteView canonical, const ExportSource& source, const ExportTarget& target) {
  edit.set(AttributeCode::AsPath, flag::kTransitive,
           wire::prepended_as_path(wire::find_attribute(canonical, AttributeCode::AsPath), target.local_as));
  edit.remove(AttributeCode::LocalPref);
  edit.remove(AttributeCode::OriginatorId);
  edit.remove(AttributeCode::ClusterList);
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
  // RFC 2545 §3: a link-local companion is for those on its link, and we cannot know that the receiver is.
  if (keep) return wire::NextHop{received.address, std::nullopt};
  const std::optional<IpAddress>& self = family == Family::IPv4 ? target.self_v4 : target.self_v6;
  if (!self) return std::nullopt;
  return wire::NextHop{*self, std::nullopt};
}

}  // namespace bgp::policy
