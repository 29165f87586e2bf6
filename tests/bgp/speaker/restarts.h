// One speaker with two peers, of which one restarts: graceful restart's fixture.
#pragma once

#include "one_speaker.h"

namespace bgp::speaker {

inline const char* const kPeer = "192.0.2.1";
inline const char* const kOther = "192.0.2.2";
inline constexpr Family kV4 = Family::IPv4;

// What the peer says of itself in its OPEN.
struct Says {
  uint16_t restart_time_s = 60;
  bool notification = false;
  bool restarting = false;
  FamilySet forwarding = FamilySet::both();
  uint32_t long_lived_s = 0;
  bool enhanced_refresh = false;
};
inline std::function<void(wire::Capabilities&)> open_of(const Says& says) {
  return [says](wire::Capabilities& c) {
    c.graceful_restart = wire::GracefulRestart{says.restarting, says.notification, says.restart_time_s, FamilySet::both(),
                                               says.forwarding};
    c.enhanced_route_refresh = says.enhanced_refresh;
    if (says.long_lived_s == 0) return;
    c.long_lived = wire::LongLivedGracefulRestart{FamilySet::both(), says.forwarding, says.long_lived_s, says.long_lived_s};
  };
}

inline SpeakerConfig two_peers(uint32_t long_lived_s = 0) {
  SpeakerConfig config = config_of({neighbour(kPeer, 65001), neighbour(kOther, 65002)});
  for (auto& p : config.peers) p.change().session.graceful_restart.long_lived_stale_s = long_lived_s;
  return config;
}

struct Restarts : OneSpeaker {
  explicit Restarts(SpeakerConfig config = two_peers(), bool has_fib = false, FamilySet kept = {})
      : OneSpeaker(std::move(config), has_fib, kept) {}
  ConnId up(const Says& says = {}) { return establish(kPeer, 65001, open_of(says)); }
  void lose(ConnId conn) { handle(input::Closed{conn, "Connection reset by peer"}); }
  void end_of_rib(ConnId conn) {
    for (Family family : {Family::IPv4, Family::IPv6}) say(conn, wire::encode_end_of_rib(family));
  }
  // Until limits::kStaleTime is nearly over, the session alive all the while; what is stale stays.
  void wait_nearly_stale_time(ConnId conn, const std::string& meanwhile) {
    for (int i = 0; i < 12; ++i) {
      CHECK(counts() == meanwhile);
      wait(29900ms);
      say(conn, wire::encode_keepalive());
    }
  }
  // "3 routes, 2 stale"
  std::string counts(const char* address = kPeer) const {
    PrefixCounts c = peer(address).ipv4;
    return std::to_string(c.received) + " routes, " + std::to_string(c.stale) + " stale";
  }
};

}  // namespace bgp::speaker
