// The bounds of what resources may say, beside those of limits.h: only the configuration's rooms include them.
#pragma once

#include <cstddef>
#include <cstdint>

namespace bgp::limits {

inline constexpr size_t kSelectorBytesMax = 16 * 1024;  // overflow of each: the document is refused
inline constexpr size_t kSelectorDepthMax = 64;
inline constexpr size_t kNamedCommunitiesMax = 500;     // of a BGPConfiguration, as upstream
inline constexpr size_t kFilterOperationsMax = 10;      // of a BGPFilter's rule, as upstream; ASes of a prepend too
inline constexpr size_t kPasswordBytesMax = 80;         // TCP_MD5SIG_MAXKEYLEN; overflow: the peer is held
inline constexpr uint32_t kNodeStatusPeriodMax_s = 86400;  // of a CalicoNodeStatus, as upstream; overflow: refused
inline constexpr size_t kAoKeysMax = 8;                 // of one peer, TCP-AO; overflow: refused, in the store: the peer is held
inline constexpr size_t kEndpointFilesMax = 4096;       // of Felix's endpoint-status; overflow: the rest is not read, a warning
inline constexpr size_t kEndpointFileBytesMax = 64 * 1024;  // of one; overflow: it is not read, a warning

}  // namespace bgp::limits
