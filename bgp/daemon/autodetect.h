// Which of this machine's addresses is the node's, by one of calico/node's methods, and why none of the others. Pure.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "bgp/base/ip_address.h"
#include "bgp/daemon/detection_method.h"
#include "config/model/kinds/node.h"

namespace bgp::daemon {

// One address of an interface that is up.
struct Interface {
  std::string name;
  config::model::InterfaceAddress address;
};

// The address that the kernel would send from to can-reach's destination, or why there is none.
using Reach = Result<IpAddress, std::string>;

// What the machine says of itself (machine.h reads it).
struct Machine {
  std::vector<Interface> interfaces;  // the newest interface first, its addresses in the kernel's order
  std::optional<Reach> reach4 = {};   // asked for can-reach alone
  std::optional<Reach> reach6 = {};
  bool has_ipv6 = true;               // the kernel knows it

  const std::optional<Reach>& reach(Family family) const { return family == Family::IPv4 ? reach4 : reach6; }
  // nullptr: no interface that is up has it.
  const Interface* find(const IpAddress& address) const;
};

struct Detection {
  std::optional<config::model::InterfaceAddress> address;
  std::string interface;
  std::string reason;                    // why there is none
  std::vector<std::string> passed_over;  // "docker0 172.17.0.1/16: made for containers or tunnels", in the order looked at
};

// `stored`: the node's resource, for kubernetes-internal-ip.
Detection detect(const DetectionMethod& method, Family family, const Machine& machine, const config::model::Node& stored);

// Would the method take this address, had it no better one? Of can-reach and kubernetes-internal-ip: is it the answer?
bool accepts(const DetectionMethod& method, const Machine& machine, const config::model::Node& stored,
             const IpAddress& address);

}  // namespace bgp::daemon
