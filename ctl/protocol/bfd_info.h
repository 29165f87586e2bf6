// What the agent says about a peer's BFD session: part of `node peer`.
#pragma once

#include <cstdint>
#include <string>

#include "ctl/protocol/timestamp.h"

namespace ctl::protocol {

// What one side told: intervals in microseconds, as on the wire. discriminator 0: nothing heard, or not for long.
struct BfdSide {
  std::string state;       // "AdminDown", "Down", "Init", "Up"
  std::string diagnostic;  // RFC 5880 §4.1 in words; ours: of the last time that the session left Up
  uint32_t discriminator = 0;
  uint32_t min_tx_us = 0;
  uint32_t min_rx_us = 0;
  uint32_t multiplier = 0;
  bool operator==(const BfdSide&) const = default;
};

struct BfdInfo {
  Timestamp since;  // of our state
  bool multihop = false;
  BfdSide local;
  BfdSide remote;
  uint64_t tx_interval_us = 0;     // agreed; 0: the neighbour wants no packets
  uint64_t detection_time_us = 0;  // agreed; 0: nothing was heard
  uint64_t packets_received = 0;
  uint64_t packets_sent = 0;
  uint64_t packets_discarded = 0;
  uint64_t ups = 0;
  uint64_t downs = 0;
  bool operator==(const BfdInfo&) const = default;
};

}  // namespace ctl::protocol
