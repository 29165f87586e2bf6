// What import makes of a peer's routes: loops first, then the peer's filter, which may edit. Private to the room.
//
// Asked in runs, of one received set after another: what does not depend on the prefix is found out once for each.
#pragma once

#include <map>

#include "bgp/speaker/peer_slot.h"

namespace bgp::speaker {

class Speaker::ImportJudge {
 public:
  // Both outlive this.
  ImportJudge(Speaker& speaker, const PeerSlot& peer);
  ~ImportJudge() { forget_edited(); }
  ImportJudge(const ImportJudge&) = delete;
  ImportJudge& operator=(const ImportJudge&) = delete;

  // What follows was received with this set, of which the caller has a reference.
  void turn_to(rib::AttrId received, Family family);
  // The set in the answer lives until turn_to() turns to another one.
  rib::Rib::Judgement judge(const Prefix& prefix);
  rib::Rib::Judgement judge(const wire::NlriEntry& entry);

 private:
  rib::Rib::Judgement judge_by_filter(const Prefix& prefix);
  rib::AttrId edited(const policy::Edits& edits);
  void forget_edited();

  Speaker& speaker_;
  const PeerSlot& peer_;
  policy::Applicable rules_;
  rib::AttrId received_ = 0;
  Family family_ = Family::IPv4;
  rib::Rejection loop_ = rib::Rejection::None;
  std::map<policy::Edits, rib::AttrId> edited_;  // each with a reference; 0: the set has become too large
};

}  // namespace bgp::speaker
