// Which of this machine's addresses is the node's: calico/node's "first-found".
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "bgp/base/ip_address.h"
#include "config/model/kinds/node.h"

namespace bgp::daemon {

struct Interface {
  std::string name;
  config::model::InterfaceAddress address;
};

// The addresses of interfaces that are up, in the order in which the kernel made the interfaces.
std::vector<Interface> list_interfaces();

// The first global unicast address of the family, looking at the newest interface first and passing over those that
// bridges, containers and tunnels made (docker0, cbr*, dummy*, virbr*, lxcbr*, veth*, lo, cali*, tunl*, ...).
std::optional<config::model::InterfaceAddress> first_found(const std::vector<Interface>& interfaces, Family family);

}  // namespace bgp::daemon
