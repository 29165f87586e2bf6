// What an earlier life left in the kernel, asked before anything else is.
#pragma once

#include "bgp/base/numbers.h"
#include "fib/io/kernel_driver.h"

namespace fib::io {

// The families in which the table holds routes of ours: the agent died and forwarding went on (RFC 4724's F bit). Opens
// a netlink socket of its own and blocks until the kernel was read, or until a route of each family was seen. A dump that
// the kernel interrupts shows what is there well enough.
bgp::Result<bgp::FamilySet, KernelError> find_own_routes(const KernelOptions& options);

}  // namespace fib::io
