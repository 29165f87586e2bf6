// A path: what one peer said about one prefix. 16 octets, in lists hung on the prefix, the best one in front.
#pragma once

#include <cstdint>

#include "bgp/rib/chunked_array.h"

namespace bgp::rib {

using AttrId = uint32_t;    // an interned attribute set; 0 = none
using PathIndex = uint32_t; // 0 = none: the end of a list
using DestinationId = uint32_t;
using PeerId = uint16_t;    // a slot of the speaker; kLocalPeer = this node
inline constexpr PeerId kLocalPeer = 0;

// What a local path stands for; used as its path identifier, so that a prefix can be both.
enum class LocalKind : uint32_t { Block = 1, Kernel = 2, Service = 3 };

// Why a path is kept but never chosen. Kept, so that `node routes` can say why, and counts are true.
enum class Rejection : uint8_t { None, Policy, AsLoop, OriginatorLoop, ClusterLoop, OwnNextHop, RouteLeak };
const char* to_string(Rejection rejection);

struct Path {
  PathIndex next = 0;
  AttrId attr = 0;
  uint32_t path_id = 0;  // RFC 7911; LocalKind for local paths
  PeerId peer = 0;
  Rejection rejection = Rejection::None;
  bool is_stale = false;  // said before the peer's restart (RFC 4724) or refresh (RFC 7313), and not again since
};
static_assert(sizeof(Path) == 16);

// The pool of all paths of one family. Index 0 is never handed out.
class PathPool {
 public:
  PathPool() { paths_.push(); }
  Path& operator[](PathIndex i) { return paths_[i]; }
  const Path& operator[](PathIndex i) const { return paths_[i]; }
  PathIndex take() {
    ++in_use_;
    if (free_ == 0) return paths_.push();
    PathIndex i = free_;
    free_ = paths_[i].next;
    paths_[i] = Path{};
    return i;
  }
  void give_back(PathIndex i) {
    --in_use_;
    paths_[i] = Path{.next = free_};
    free_ = i;
  }

  // Most of it is free: worth to be copied into a smaller one.
  bool is_sparse() const { return paths_.size() > 2 * in_use_ + kSmall; }

 private:
  static constexpr uint32_t kSmall = 16 * 1024;
  ChunkedArray<Path> paths_;
  uint32_t in_use_ = 0;
  PathIndex free_ = 0;
};

}  // namespace bgp::rib
