// What the first agent of a network makes, as calico/node does: a pool of each family that has none, and the
// BGPConfiguration `default`. Pure.
#pragma once

#include <array>
#include <vector>

#include "bgp/daemon/autodetect.h"
#include "bgp/daemon/node_settings.h"
#include "config/store/store.h"

namespace bgp::daemon {

using Chance = std::array<uint8_t, 5>;  // of the IPv6 pool, RFC 4193 §3.2

// Nothing to write: they are there. Each write expects that nobody was quicker.
std::vector<config::store::Write> missing_defaults(const std::vector<config::store::Entry>& entries,
                                                   const NodeSettings& settings, const Machine& machine,
                                                   const Chance& chance);

}  // namespace bgp::daemon
