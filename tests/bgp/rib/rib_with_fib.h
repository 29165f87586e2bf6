// A RIB, and what a FIB hears of it.
#pragma once

#include "rib_world.h"

namespace bgp::rib {

// Three eBGP peers, 1 to 3, with next hops 10.0.0.1 to 10.0.0.3, and local routes.
struct WithFib {
  Rib rib;
  explicit WithFib(bool waits_for_windows = false)
      : rib({.assume_next_hops_reachable = true, .emit_route_changes = true, .waits_for_windows = waits_for_windows}) {
    for (PeerId id = 1; id <= 3; ++id)
      rib.set_peer(id, {true, false, BgpIdentifier{id}, IpAddress::v4(0x0a640000U + id), id});
  }
  void learn(PeerId id, const char* text, const std::string& attrs = "path 64513") {
    AttrId attr = rib.attrs().intern(attributes(attrs), World::next_hop_of(id, prefix(text).family()));
    rib.learn(id, prefix(text).family(), entry_of(prefix(text)), attr);
    rib.attrs().release(attr);
  }
  void learn_local(const char* text, LocalKind kind) {
    AttrId attr = rib.attrs().intern_local(attributes(""));
    Prefix local = prefix(text);
    wire::NlriEntry entry = entry_of(local);
    entry.path_id = static_cast<uint32_t>(kind);
    rib.learn(kLocalPeer, local.family(), entry, attr);
    rib.attrs().release(attr);
  }
  void withdraw(PeerId id, const char* text) { rib.withdraw(id, prefix(text).family(), entry_of(prefix(text))); }
  // "10.0.0.0/8 via 10.0.0.1 10.0.0.2@tunl0; 11.0.0.0/8 blackhole; 12.0.0.0/8 none"
  std::string changes() {
    while (rib.decide(4096)) {}
    std::string out;
    for (const RouteChange& change : rib.take_route_changes()) {
      out += (out.empty() ? "" : "; ") + change.prefix.to_string();
      if (change.kind == RouteChange::Kind::None) out += " none";
      if (change.kind == RouteChange::Kind::Blackhole) out += " blackhole";
      if (change.kind == RouteChange::Kind::Unicast) out += " via";
      for (const RouteChange::NextHop& hop : change.next_hops) {
        out += " " + hop.gateway.address.to_string();
        if (hop.gateway.ifindex != 0) out += "%" + std::to_string(hop.gateway.ifindex);
        if (!hop.device.empty()) out += "@" + hop.device;
        if (hop.weight != 1) out += "*" + std::to_string(hop.weight);
      }
    }
    return out;
  }
};

}  // namespace bgp::rib
