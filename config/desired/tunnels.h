// Through what the routes of IP pools go into this node's kernel, and over whom they are Felix's to program.
#pragma once

#include "bgp/policy/kernel_ways.h"
#include "config/desired/inventory.h"
#include "config/desired/self.h"

namespace config::desired {

bgp::policy::KernelWays kernel_ways(const Inventory& inventory, const Self& self);

}  // namespace config::desired
