#include "ctl/cli/output/bfd.h"

namespace ctl::cli::output {
namespace {

using protocol::BfdSide;

// "100 ms", "1.5 ms"
std::string milliseconds(uint64_t us) {
  std::string text = std::to_string(us / 1000);
  if (us % 1000 == 0) return text + " ms";
  std::string rest = std::to_string(1000 + us % 1000).substr(1);
  return text + "." + rest.substr(0, rest.find_last_not_of('0') + 1) + " ms";
}

std::string wishes(const BfdSide& side) {
  return "sends every " + milliseconds(side.min_tx_us) + ", takes every " + milliseconds(side.min_rx_us) + ", x " +
         std::to_string(side.multiplier);
}

std::string remote_state(const BfdSide& side) {
  if (side.discriminator == 0) return "not heard";
  return side.state + ", " + side.diagnostic;
}

}  // namespace

std::vector<std::pair<std::string, std::string>> bfd_lines(const protocol::BfdInfo& bfd) {
  bool is_heard = bfd.remote.discriminator != 0;
  return {{"State", bfd.local.state + " since " + protocol::to_rfc3339(bfd.since) + (bfd.multihop ? ", multihop" : "")},
          {"Last diagnostic", bfd.local.diagnostic},
          {"Remote state", remote_state(bfd.remote)},
          {"Discriminators", "local " + std::to_string(bfd.local.discriminator) + ", remote " +
                                 (is_heard ? std::to_string(bfd.remote.discriminator) : "-")},
          {"Intervals wanted", wishes(bfd.local)},
          {"Intervals of remote", is_heard ? wishes(bfd.remote) : "-"},
          {"Transmit interval", bfd.tx_interval_us ? milliseconds(bfd.tx_interval_us) : "none"},
          {"Detection time", bfd.detection_time_us ? milliseconds(bfd.detection_time_us) : "-"},
          {"Packets", std::to_string(bfd.packets_received) + " received, " + std::to_string(bfd.packets_sent) +
                          " sent, " + std::to_string(bfd.packets_discarded) + " discarded"},
          {"Changes", std::to_string(bfd.ups) + " up, " + std::to_string(bfd.downs) + " down"}};
}

}  // namespace ctl::cli::output
