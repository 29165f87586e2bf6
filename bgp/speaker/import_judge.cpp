#include "bgp/speaker/import_judge.h"

#include "bgp/base/limits.h"

namespace bgp::speaker {
namespace {

// policy::reject_martians(), without building a Prefix.
bool is_martian(Family family, const wire::NlriEntry& entry) {
  if (entry.length == 0) return false;
  uint8_t first = entry.bytes[0];
  if (family == Family::IPv4)
    return (entry.length >= 8 && (first == 0 || first == 127)) || (entry.length >= 4 && first >= 224);
  if (first == 0xff) return entry.length >= 8;
  if (first == 0xfe) return entry.length >= 10 && (entry.bytes[1] & 0xc0) == 0x80;
  if (first != 0 || entry.length < 128) return false;
  for (size_t i = 1; i < 15; ++i)
    if (entry.bytes[i] != 0) return false;
  return entry.bytes[15] <= 1;  // ::/128 and ::1/128
}

}  // namespace

Speaker::ImportJudge::ImportJudge(Speaker& speaker, const PeerSlot& peer)
    : speaker_(speaker), peer_(peer), rules_(peer.settings->import.get()) {}

void Speaker::ImportJudge::turn_to(rib::AttrId received, Family family) {
  if (received == received_ && family == family_) return;
  forget_edited();
  received_ = received;
  family_ = family;
  loop_ = speaker_.find_loop(peer_, received);
  if (loop_ != rib::Rejection::None || !peer_.settings->import) return;
  const rib::Tables& tables = speaker_.rib_.tables();
  rules_.turn_to({family, tables.attrs.canonical(received), false, !peer_.settings->session.is_ibgp(),
                  tables.next_hops.interface(tables.attrs.next_hop(received))});
}

rib::Rib::Judgement Speaker::ImportJudge::judge(const wire::NlriEntry& entry) {
  if (loop_ != rib::Rejection::None) return {loop_, received_};
  if (peer_.settings->import) return judge_by_filter(wire::to_prefix(family_, entry));
  return {is_martian(family_, entry) ? rib::Rejection::Policy : rib::Rejection::None, received_};
}

rib::Rib::Judgement Speaker::ImportJudge::judge(const Prefix& prefix) {
  return judge(wire::NlriEntry{prefix.length(), prefix.address().bytes().data(), 0});
}

rib::Rib::Judgement Speaker::ImportJudge::judge_by_filter(const Prefix& prefix) {
  if (rules_.accepts_all()) return {rib::Rejection::None, received_};
  policy::Decision decision = rules_.evaluate(prefix);
  if (decision.verdict != policy::Verdict::Accept) return {rib::Rejection::Policy, received_};
  if (decision.edits.empty()) return {rib::Rejection::None, received_};
  rib::AttrId attr = edited(decision.edits);
  if (attr == 0) return {rib::Rejection::Policy, received_};
  return {rib::Rejection::None, attr};
}

rib::AttrId Speaker::ImportJudge::edited(const policy::Edits& edits) {
  auto [at, is_new] = edited_.try_emplace(edits, 0);
  if (!is_new) return at->second;
  rib::AttrStore& attrs = speaker_.rib_.attrs();
  Bytes set = policy::apply(edits, attrs.canonical(received_), false);
  if (set.size() <= limits::kAttributeBytesMax) at->second = attrs.intern_edited(set, received_);
  return at->second;
}

void Speaker::ImportJudge::forget_edited() {
  for (const auto& [edits, attr] : edited_)
    if (attr != 0) speaker_.rib_.attrs().release(attr);
  edited_.clear();
}

}  // namespace bgp::speaker
