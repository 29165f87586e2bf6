// A bound on memory as a whole: rather one neighbour is told Cease 6/8 (RFC 4486, Out of Resources) than the agent is killed
// with the routes of all.
//
//   used:  0 ──────── 40 % ─── 45 % ──────── 50 % ────────────────── bound
//          welcome     eased    tight: no     full: the peer whose routes take most is told 6/8,
//                               new sessions  and stays out for a time that doubles
//
// How much is used is the rim's to say (input::MemoryUse); whose it is is worked out here, from the tables.
#include <algorithm>

#include "bgp/base/limits.h"
#include "bgp/speaker/peer_slot.h"

namespace bgp::speaker {
namespace {

std::string mebibytes(uint64_t bytes) { return std::to_string(bytes >> 20) + " MiB"; }

constexpr const char* kAdvice = "let peers send less, limit them (max-prefixes), or give the agent more memory (--memory-max)";

}  // namespace

void Speaker::on(const input::MemoryUse& in) {
  memory_.use = in;
  note_memory_level();
  if (in.bound == 0 || in.used < memory_share(limits::kMemoryFullPercent)) return;
  // What the last one held is given back in time: the kernel alone needs seconds for a hundred thousand routes.
  bool has_grown = in.used >= memory_.used_at_end + memory_share(limits::kMemoryGrowthPercent);
  if (now_ >= memory_.settled_at || has_grown) end_largest_peer();
}

void Speaker::note_memory_level() {
  unsigned mark = memory_.is_tight ? limits::kMemoryEasedPercent : limits::kMemoryTightPercent;
  bool is_tight = memory_.use.bound != 0 && memory_.use.used >= memory_share(mark) && takers().matter;
  memory_.look_at = is_tight || now_ < memory_.settled_at ? now_ + limits::kMemoryLook : kNever;
  if (std::exchange(memory_.is_tight, is_tight) == is_tight) return;
  std::string used = mebibytes(memory_.use.used) + " of " + mebibytes(memory_.use.bound);
  if (!is_tight) return log(LogLevel::Info, "memory_eased", nullptr, {{"used", used}});
  log(LogLevel::Warn, "memory_short", nullptr, {{"used", used}, {"effect", "no new sessions"}, {"advice", kAdvice}});
}

// The tables shrink; the rim gives back what others freed, and measures again.
void Speaker::look_at_memory() {
  memory_.look_at = now_ + limits::kMemoryLook;
  rib_.give_back_memory();
  outputs_.push_back(output::FreeMemory{});
}

// Whose routes take most: of two that take the same the one with the lower address, for equal inputs give equal outputs.
// Routes matter when they are a part of what fills the memory: else (another process of the control group, say) neither
// ending a peer nor refusing one would help anything. Cost: O(paths).
Speaker::Takers Speaker::takers() const {
  std::vector<uint64_t> bytes = rib_.bytes_by_peer();
  Takers takers;
  for (const std::unique_ptr<PeerSlot>& peer : peers_) {
    uint64_t taken = peer && peer->id < bytes.size() ? bytes[peer->id] : 0;
    if (taken == 0) continue;
    takers.all += taken;
    bool is_larger = !takers.largest || taken > takers.of_largest ||
                     (taken == takers.of_largest && peer->rank < takers.largest->rank);
    if (is_larger) takers.largest = peer.get(), takers.of_largest = taken;
  }
  takers.matter = takers.largest && takers.all >= memory_share(limits::kMemoryRoutesPercentMin);
  return takers;
}

void Speaker::end_largest_peer() {
  Takers found = takers();
  if (found.matter) return end_for_memory(*found.largest, found.of_largest);
  if (now_ < memory_.next_log) return;
  memory_.next_log = now_ + limits::kMemoryLogInterval;
  log(LogLevel::Warn, "memory_full", nullptr,
      {{"used", mebibytes(memory_.use.used) + " of " + mebibytes(memory_.use.bound)},
       {"routes", mebibytes(found.all)},
       {"effect", "no peer is ended: routes are not what fills it"},
       {"advice", "give the agent more memory (--memory-max)"}});
}

// Its routes go at once, also those kept over a restart. The hold begins anew for who was in long enough.
void Speaker::end_for_memory(PeerSlot& peer, uint64_t bytes) {
  bool is_forgiven = !peer.memory_hold || now_ - peer.memory_hold->until >= limits::kMemoryHoldMax;
  peer.memory_holds = is_forgiven ? 0 : std::min(peer.memory_holds + 1, 16U);
  Duration hold = std::min(limits::kMemoryHoldMin * (1 << peer.memory_holds), limits::kMemoryHoldMax);
  uint64_t routes = rib_.path_count(peer.id, Family::IPv4) + rib_.path_count(peer.id, Family::IPv6);
  peer.memory_hold = MemoryHold{routes, bytes, now_ + hold};
  memory_.settled_at = now_ + limits::kMemorySettle;
  memory_.used_at_end = memory_.use.used;
  memory_.look_at = now_ + limits::kMemoryLook;
  log(LogLevel::Warn, "memory_full", &peer,
      {{"used", mebibytes(memory_.use.used) + " of " + mebibytes(memory_.use.bound)},
       {"effect", "the peer with most is told Cease 6/8"},
       {"routes", std::to_string(routes)},
       {"held_down", std::to_string(std::chrono::duration_cast<std::chrono::seconds>(hold).count()) + " s"},
       {"advice", kAdvice}});
  session::Environment env = environment();
  perform(peer, peer.fsm.reset(wire::cease(wire::CeaseReason::OutOfResources), env, hold));
  drop_routes(peer);
}

// Who returns to routes of its own that are kept (RFC 4724) brings nothing new. nullptr: an address without a peer.
bool Speaker::is_kept_out_by_memory(const PeerSlot* peer) const {
  return memory_.is_tight && !(peer && (peer->is_up() || peer->has_stale()));
}

}  // namespace bgp::speaker
