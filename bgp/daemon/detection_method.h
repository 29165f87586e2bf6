// How the node's address is found: IP_AUTODETECTION_METHOD and IP6_AUTODETECTION_METHOD, in calico/node's words.
//
//   first-found                  the first interface that nobody made for containers or tunnels
//   interface=RE,...             the first whose name one of the expressions is found in (^eth0$ is exact)
//   skip-interface=RE,...        as first-found, without those
//   cidr=CIDR,...                the first address inside, whatever the interface
//   can-reach=DESTINATION        the address that the kernel would send from; a name is resolved
//   kubernetes-internal-ip       the InternalIP that the stored node resource has; no Kubernetes is asked
#pragma once

#include <regex>
#include <string>
#include <vector>

#include "bgp/base/prefix.h"
#include "bgp/base/result.h"
#include "bgp/daemon/environment.h"

namespace bgp::daemon {

struct DetectionMethod {
  enum class Kind : uint8_t { FirstFound, Interface, SkipInterface, Cidr, CanReach, KubernetesInternalIp };
  Kind kind = Kind::FirstFound;
  std::string text = "first-found";  // as given
  std::vector<std::regex> names;     // of Interface and SkipInterface
  std::vector<Prefix> cidrs;
  std::string destination;           // of CanReach
};

// The error is a whole line.
Result<DetectionMethod, std::string> parse_detection_method(const Given& given);

// Why the method does not look at an interface of this name; empty: it does.
std::string passed_over_for_name(const DetectionMethod& method, const std::string& interface);

}  // namespace bgp::daemon
