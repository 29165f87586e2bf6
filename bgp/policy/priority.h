// Calico's route priorities. A priority is a kernel metric, so less is better; BGP tells it as LOCAL_PREF, where more is
// better, as 2147483647 less the priority (calico/node from v3.32 on). Within an AS every node so knows which of two
// equal routes is the one of a workload that has just moved (512) and which the usual one (1024).
#pragma once

#include <cstdint>

namespace bgp::policy {

inline constexpr uint32_t kPriorityMax = 2147483647;
inline constexpr uint32_t kNormalPriority = 1024;  // Felix's, and the kernel's own for IPv6

// Both ways; what lies outside is as good or as bad as can be said.
constexpr uint32_t local_pref_of(uint32_t priority) { return priority > kPriorityMax ? 0 : kPriorityMax - priority; }
constexpr uint32_t priority_of(uint32_t local_pref) { return local_pref > kPriorityMax ? 0 : kPriorityMax - local_pref; }

}  // namespace bgp::policy
