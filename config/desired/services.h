// Which routes to services this node announces. Static configuration says the ranges; single services are not known here,
// for no Kubernetes API is asked: a range is announced as a whole, and one of a single address, which upstream announces
// with its service, is not.
#pragma once

#include <vector>

#include "bgp/base/log.h"
#include "bgp/base/prefix.h"
#include "config/desired/inventory.h"
#include "config/desired/self.h"

namespace config::desired {

struct Services {
  std::vector<bgp::Prefix> announced;  // sorted; ours to originate
  std::vector<bgp::Prefix> reflected;  // load balancers' and external ones: a route reflector passes on what is inside
  std::vector<bgp::Prefix> all;        // every configured range: never in the kernel
};

Services services_of(const Inventory& inventory, const Self& self, std::vector<bgp::LogRecord>& warnings);

}  // namespace config::desired
