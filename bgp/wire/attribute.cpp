#include "bgp/wire/attribute.h"

#include <algorithm>

#include "bgp/wire/attributes/as_path.h"
#include "bgp/wire/attributes/attribute_rule.h"
#include "bgp/wire/attributes/communities.h"

namespace bgp::wire {
namespace {

void scan_communities(ByteView value, AttributeFacts& facts) {
  for (size_t at = 0; at + 4 <= value.size(); at += 4) {
    uint32_t community = u32_at(value.data() + at);
    if (community < attributes::kGracefulShutdown) continue;  // the well-known ones are the last 65,536
    facts.no_export |= community == attributes::kNoExport || community == attributes::kNoExportSubconfed;
    facts.no_advertise |= community == attributes::kNoAdvertise;
    facts.graceful_shutdown |= community == attributes::kGracefulShutdown;
    facts.blackhole |= community == attributes::kBlackhole;
    facts.llgr_stale |= community == attributes::kLlgrStale;
    facts.no_llgr |= community == attributes::kNoLlgr;
  }
}

void take_as_path(ByteView value, AttributeFacts& facts) {
  attributes::AsPathFacts path = attributes::facts_of_as_path(value);
  facts.as_path_length = path.length;
  facts.neighbor_as = path.neighbor_as;
  facts.origin_as = path.origin_as;
}

uint32_t u32_of(ByteView value) {
  BGP_ASSERT(value.size() == 4);
  return u32_at(value.data());
}

void take_fact(const AttributeView& a, AttributeFacts& facts) {
  switch (static_cast<AttributeCode>(a.code)) {
    case AttributeCode::Origin:
      BGP_ASSERT(a.value.size() == 1 && a.value[0] <= 2);
      facts.origin = static_cast<Origin>(a.value[0]);
      break;
    case AttributeCode::AsPath: take_as_path(a.value, facts); break;
    case AttributeCode::MultiExitDisc: facts.med = u32_of(a.value); break;
    case AttributeCode::LocalPref: facts.local_pref = u32_of(a.value); break;
    case AttributeCode::OriginatorId: facts.originator_id = BgpIdentifier{u32_of(a.value)}; break;
    case AttributeCode::ClusterList: facts.cluster_list_length = static_cast<uint16_t>(a.value.size() / 4); break;
    case AttributeCode::Communities: scan_communities(a.value, facts); break;
    default: break;  // says nothing to the decision process
  }
}

}  // namespace

std::optional<ByteView> find_attribute(ByteView canonical, AttributeCode code) {
  for (AttributeView a : attributes_of(canonical)) {
    if (a.code == static_cast<uint8_t>(code)) return a.value;
    if (a.code > static_cast<uint8_t>(code)) break;
  }
  return std::nullopt;
}

AttributeFacts facts_of(ByteView canonical) {
  AttributeFacts facts;
  for (AttributeView a : attributes_of(canonical)) take_fact(a, facts);
  return facts;
}

void append_attribute(Bytes& out, uint8_t flags, uint8_t code, ByteView value) {
  BGP_ASSERT(value.size() <= 0xffff);
  auto clean = static_cast<uint8_t>(flags & (flag::kOptional | flag::kTransitive | flag::kPartial));
  ByteWriter writer(out);
  if (value.size() > 255) {
    writer.u8(clean | flag::kExtendedLength);
    writer.u8(code);
    writer.u16(static_cast<uint16_t>(value.size()));
  } else {
    writer.u8(clean);
    writer.u8(code);
    writer.u8(static_cast<uint8_t>(value.size()));
  }
  writer.bytes(value);
}

// ---- editing ----------------------------------------------------------------------------------------------------

void AttributeEditor::set(AttributeCode code, uint8_t flags, ByteView value) {
  put({static_cast<uint8_t>(code), false, flags, Bytes(value.begin(), value.end())});
}

void AttributeEditor::remove(AttributeCode code) { remove_code(static_cast<uint8_t>(code)); }

void AttributeEditor::remove_code(uint8_t code) { put({code, true, 0, {}}); }

// Keeps the edits in type order, the last word on each type winning.
void AttributeEditor::put(Edit edit) {
  auto at = std::lower_bound(edits_.begin(), edits_.end(), edit.code,
                             [](const Edit& e, uint8_t code) { return e.code < code; });
  if (at != edits_.end() && at->code == edit.code) *at = std::move(edit);
  else edits_.insert(at, std::move(edit));
}

Bytes AttributeEditor::finish() const {
  Bytes out;
  out.reserve(base_.size() + 64);
  auto edit = edits_.begin();
  auto write_edits_below = [&](int code) {
    for (; edit != edits_.end() && edit->code < code; ++edit)
      if (!edit->removed) append_attribute(out, edit->flags, edit->code, edit->value);
  };
  for (AttributeView a : attributes_of(base_)) {
    write_edits_below(a.code);
    if (edit != edits_.end() && edit->code == a.code) continue;  // replaced or removed: written before the next one
    out.insert(out.end(), a.whole.begin(), a.whole.end());
  }
  write_edits_below(256);
  return out;
}

}  // namespace bgp::wire
