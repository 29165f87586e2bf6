#include "bgp/rib/path.h"

namespace bgp::rib {

const char* to_string(Rejection rejection) {
  switch (rejection) {
    case Rejection::None: return "accepted";
    case Rejection::Policy: return "rejected by the import policy";
    case Rejection::AsLoop: return "our own AS is in the path";
    case Rejection::OriginatorLoop: return "we are the originator";
    case Rejection::ClusterLoop: return "our cluster is in the cluster list";
    case Rejection::OwnNextHop: return "the next hop is ourselves";
    case Rejection::RouteLeak: return "a route leak (ONLY_TO_CUSTOMER, RFC 9234)";
  }
  return "?";
}

}  // namespace bgp::rib
