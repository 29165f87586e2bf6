// Everything that can happen to the speaker, as values: with a start configuration and a seed, a list of timed Inputs
// replays a run.
#pragma once

#include <string>
#include <variant>
#include <vector>

#include "bgp/base/bytes.h"
#include "bgp/base/numbers.h"
#include "bgp/base/prefix.h"
#include "bgp/bfd/events.h"
#include "bgp/policy/local_origin.h"
#include "bgp/speaker/speaker_config.h"

namespace bgp::speaker::input {

// Ids that the rim gives to connections it accepted; those that the speaker gives to connections it asks for are below.
inline constexpr uint32_t kFirstAcceptedConn = 0x80000000;

struct Connected { ConnId conn; IpAddress local_address; uint32_t ifindex = 0; };  // an output::Connect succeeded
struct ConnectFailed { ConnId conn; std::string reason; };               // "Connection refused", ...
struct Accepted { ConnId conn; IpAddress remote; IpAddress local_address; uint32_t ifindex = 0; };  // ifindex: the link of local_address, 0 unknown
struct Received { ConnId conn; ByteView bytes; };                        // at most limits::kReadChunkBytes
struct Closed { ConnId conn; std::string reason; };                      // "Connection closed", "Connection reset by peer"
// A route that somebody else put into the kernel, and what policy may ask about it.
struct LocalRoute {
  LocalRoute() = default;
  LocalRoute(const Prefix& to, policy::LocalOrigin from = {}) : prefix(to), origin(std::move(from)) {}
  Prefix prefix;
  policy::LocalOrigin origin;
};
struct LocalRoutes { std::vector<LocalRoute> added; std::vector<Prefix> removed; };
struct NextHopStates {
  struct State {
    IpAddress address;
    bool reachable = false;
    uint32_t metric = 0;
    uint32_t ifindex = 0;        // of a link-local address: the link that it was asked for on
    std::string interface = {};  // by which it is reached; of several legs the first
  };
  std::vector<State> states;
};
// What of the memory that we may use is in use, in octets. bound 0: as much as there is.
struct MemoryUse { uint64_t used = 0; uint64_t bound = 0; };
struct Reconfigure { SpeakerConfigPtr config; };
using BfdState = bfd::Changed;                                            // a session of output::BfdStart
// Something outside BGP explains why a peer cannot be reached ("TCP-MD5: ..."). Added to what status says of it.
struct ConnectHint { IpAddress peer; std::string text; };
// The end; nothing comes after. Without a word to those who agreed to graceful restart, so that our routes outlive us;
// Cease to the others, and to everybody when they are not to.
struct Shutdown { std::string reason; bool keeps_routes = true; };

}  // namespace bgp::speaker::input

namespace bgp::speaker {
using Input = std::variant<input::Connected, input::ConnectFailed, input::Accepted, input::Received, input::Closed,
                           input::ConnectHint, input::LocalRoutes, input::NextHopStates, input::Reconfigure,
                           input::BfdState, input::MemoryUse, input::Shutdown>;
}  // namespace bgp::speaker
