// Routes over restarts: of a peer (RFC 4724 §4.2, RFC 9494 §4.2, RFC 7313 §4), and our own (RFC 4724 §4.1).
//
//   session lost ──▶ Restart ──restart time over──▶ LongLived ──its time over──▶ swept
//                       │ session up                   │ session up            (or swept at once: see keep_routes)
//                       ▼                              ▼
//               kStaleTime runs               its time runs on     ── End-of-RIB of the family ──▶ the rest is swept
//                                                    └─ its time over before that: Overdue, all go with the session
//
//   BoRR ──▶ Refresh ── EoRR, or kStaleTime ──▶ the rest is swept
#include <algorithm>

#include "bgp/base/limits.h"
#include "bgp/speaker/peer_slot.h"

namespace bgp::speaker {
namespace {

using Why = StaleFamily::Why;

Duration long_lived_time(const session::GracefulRestart& graceful, Family family) {
  if (!graceful.long_lived.has(family)) return {};
  return std::chrono::seconds(family == Family::IPv4 ? graceful.long_lived_stale_s_v4 : graceful.long_lived_stale_s_v6);
}

}  // namespace

// ---- a peer restarts ----------------------------------------------------------------------------------------------

// What was stale before goes, since it was not said again in a whole session (RFC 4724 §4.2, consecutive restarts), but not
// with the N-bit (RFC 8538 §4.1) nor with a long-lived stale time (RFC 9494 §4.2): then only the stale timer bounds it.
// Long-lived paths stay, their time running on; what was said since joins them at once, because a family has one clock.
void Speaker::keep_routes(PeerSlot& peer, const session::GracefulRestart& graceful) {
  uint64_t kept = 0;
  for (Family family : rib::kFamilies) {
    StaleFamily& stale = peer.stale_of(family);
    if (stale.why == Why::Overdue || !(graceful.families.has(family) || graceful.long_lived.has(family))) {
      rib_.forget_peer(peer.id, family);
      stale = {};
      continue;
    }
    bool may_stay_stale = graceful.notification || stale.long_lived > Duration{};
    if (stale.why == Why::Restart && !may_stay_stale) rib_.sweep_stale(peer.id, family);
    rib_.mark_stale(peer.id, family);
    kept += rib_.stale_count(peer.id, family);
    if (stale.why == Why::LongLived) {
      rib_.make_long_lived(peer.id, family);
      continue;
    }
    Instant back_by = now_ + std::chrono::seconds(graceful.families.has(family) ? graceful.restart_time_s : 0);
    Instant last = stale.why == Why::Restart && may_stay_stale ? stale.last : back_by + limits::kStaleTime;
    stale = {Why::Restart, std::min(back_by, last), long_lived_time(graceful, family), last};
    if (rib_.stale_count(peer.id, family) == 0) stale = {};
  }
  if (kept > 0)
    log(LogLevel::Info, "routes_kept", &peer,
        {{"routes", std::to_string(kept)}, {"restart_time", std::to_string(graceful.restart_time_s) + " s"}});
  expire_stale(peer);
}

void Speaker::drop_routes(PeerSlot& peer) {
  rib_.forget_peer(peer.id);
  peer.stale = {};
}

// RFC 4724 §4.2: without the F-bit, or without the family in the new OPEN, the routes are no longer forwarded there.
void Speaker::resume_routes(PeerSlot& peer) {
  const session::Negotiated& negotiated = peer.fsm.negotiated();
  const auto& long_lived = negotiated.peer_open.capabilities.long_lived;
  for (Family family : rib::kFamilies) {
    StaleFamily& stale = peer.stale_of(family);
    if (!stale.is_kept_over_sessions()) continue;
    bool is_forwarded = stale.why == Why::LongLived ? long_lived && long_lived->forwarding.has(family)
                                                    : negotiated.graceful.peer_forwarding.has(family);
    if (!negotiated.codec.families.has(family) || !negotiated.graceful.negotiated || !is_forwarded)
      sweep(peer, family, "no longer forwarded by the peer");
    else if (stale.why == Why::Restart)
      stale.until = std::min(now_ + limits::kStaleTime, stale.last);
  }
}

void Speaker::end_of_rib(PeerSlot& peer, Family family) {
  peer.end_of_rib_received.add(family);
  StaleFamily& stale = peer.stale_of(family);
  if (stale.is_kept_over_sessions()) sweep(peer, family, "not announced again");
  else if (stale.why == Why::Overdue) stale = {};
  check_converged();
}

// RFC 7313 §4: before End-of-RIB a BoRR means nothing, and an EoRR without a BoRR neither.
void Speaker::refresh_marked(PeerSlot& peer, Family family, bool is_end) {
  if (!peer.is_up()) return;
  StaleFamily& stale = peer.stale_of(family);
  if (is_end) {
    if (stale.why == Why::Refresh) sweep(peer, family, "not announced again in a route refresh");
    return;
  }
  bool is_too_early = peer.fsm.negotiated().graceful.negotiated && !peer.end_of_rib_received.has(family);
  if (is_too_early || stale.is_kept_over_sessions()) return;
  // The marks of the last one serve as well: what was said since then holds, or was withdrawn in so many words.
  Instant& next = peer.next_refresh[rib::index_of(family)];
  if (now_ < next) return;
  next = now_ + limits::kRefreshInterval;
  rib_.mark_stale(peer.id, family);
  stale = {Why::Refresh, now_ + limits::kStaleTime};
}

void Speaker::expire_stale(PeerSlot& peer) {
  for (Family family : rib::kFamilies) {
    StaleFamily& stale = peer.stale_of(family);
    if (stale.until > now_) continue;
    bool stays_longer = stale.why == Why::Restart && !peer.is_up() && stale.long_lived > Duration{};
    if (!stays_longer) {
      bool is_overdue = stale.why == Why::LongLived && peer.is_up();
      sweep(peer, family, peer.is_up() ? "no End-of-RIB in time" : "the peer did not return in time");
      if (is_overdue) stale.why = Why::Overdue;
      continue;
    }
    rib_.make_long_lived(peer.id, family);
    stale = {Why::LongLived, now_ + stale.long_lived};
    log(LogLevel::Warn, "routes_long_lived_stale", &peer,
        {{"family", family == Family::IPv4 ? "IPv4" : "IPv6"},
         {"routes", std::to_string(rib_.stale_count(peer.id, family))}});
  }
}

void Speaker::sweep(PeerSlot& peer, Family family, const char* reason) {
  uint64_t count = rib_.stale_count(peer.id, family);
  peer.stale_of(family) = {};
  if (count == 0) return;
  rib_.sweep_stale(peer.id, family);
  log(LogLevel::Info, "stale_routes_removed", &peer,
      {{"family", family == Family::IPv4 ? "IPv4" : "IPv6"}, {"routes", std::to_string(count)}, {"reason", reason}});
}

// ---- we restart ---------------------------------------------------------------------------------------------------

// Whether the peer keeps our routes when its connection is just closed. Of one that is not up we do not know, and it may
// still hold those of an earlier session.
bool Speaker::leaves_gracefully(const PeerSlot& peer) const {
  return peer.is_up() ? peer.fsm.negotiated().graceful.negotiated
                      : peer.settings->session.graceful_restart.restart_time_s != 0;
}

bool Speaker::has_told_all(const PeerSlot& peer) const {
  FamilySet families = peer.fsm.negotiated().codec.families;
  return (families & peer.end_of_rib_received) == families;
}

// Two moments. First everybody is told End-of-RIB, which a restarting speaker owes those who kept its routes only after it
// has heard theirs: peers that restart as well (R) wait for ours, and those without graceful restart may never say theirs
// (RFC 4724 §4.1); neither is waited for. Then, when all have been heard, the FIB may be swept (output::Converged).
// A peer that was tried and cannot be reached holds up neither for longer than kGrace.
void Speaker::check_converged() {
  if (is_converged_ || is_shut_down_) return;
  bool is_early = now_ - started_ < kGrace;
  bool is_late = now_ - started_ >= options_.selection_deferral;
  if (by_address_.empty() && is_early) return;  // the first configuration may be yet to come
  auto all = [&](auto is_settled) {
    return std::all_of(peers_.begin(), peers_.end(),
                       [&](const std::unique_ptr<PeerSlot>& peer) { return !peer || is_settled(*peer); });
  };
  // What was heard must be decided before anything is swept, and cannot be while its next hops are being looked up.
  if (!rib_.is_settled() || (rib_.next_hops().is_waiting() && !is_late)) return;
  bool may_sweep = is_late || all([&](const PeerSlot& peer) {
    if (peer.is_up()) return has_told_all(peer);
    return !is_early && peer.fsm.last_fault().kind != session::Fault::Kind::None;
  });
  auto may_say_end = [&](const PeerSlot& peer) {
    if (!peer.is_up()) return !is_early;
    const session::GracefulRestart& graceful = peer.fsm.negotiated().graceful;
    return !graceful.negotiated || graceful.peer_restarting || has_told_all(peer);
  };
  if (rib_.is_end_of_rib_held() && (may_sweep || all(may_say_end))) {
    rib_.release_end_of_rib();
    mark_members_writable();
  }
  if (!may_sweep) return;
  is_converged_ = true;
  outputs_.push_back(output::Converged{});
}

}  // namespace bgp::speaker
