#include "bgp/daemon/autodetect.h"

#include <algorithm>

namespace bgp::daemon {
namespace {

using Kind = DetectionMethod::Kind;

std::string to_word(Family family) { return family == Family::IPv4 ? "IPv4" : "IPv6"; }

// Why no node could be reached by it; empty: it could.
std::string unfit(const IpAddress& address) {
  if (address.is_loopback()) return "a loopback address";
  if (address.is_link_local()) return "a link-local address";
  return address.is_multicast() || address.is_unspecified() ? "no unicast address" : "";
}

// Of one address; empty: it would do.
std::string passed_over(const DetectionMethod& method, const Interface& interface) {
  if (std::string reason = passed_over_for_name(method, interface.name); !reason.empty()) return reason;
  const IpAddress& address = interface.address.address;
  if (std::string reason = unfit(address); !reason.empty()) return reason;
  const bool is_inside = method.kind != Kind::Cidr ||
                         std::any_of(method.cidrs.begin(), method.cidrs.end(),
                                     [&](const Prefix& cidr) { return cidr.contains(address); });
  return is_inside ? "" : "outside the method's CIDRs";
}

Detection first_acceptable(const DetectionMethod& method, Family family, const Machine& machine) {
  Detection found;
  for (const Interface& interface : machine.interfaces) {
    if (interface.address.address.family() != family) continue;
    std::string reason = passed_over(method, interface);
    if (reason.empty() && !found.address) {
      found.address = interface.address;
      found.interface = interface.name;
      continue;
    }
    if (reason.empty()) reason = interface.name == found.interface ? "a further address" : "an older interface";
    found.passed_over.push_back(interface.name + " " + interface.address.to_string() + ": " + reason);
  }
  if (!found.address) found.reason = "no interface that is up has an " + to_word(family) + " address that the method takes";
  return found;
}

Detection on_interface(const Machine& machine, const IpAddress& address, const std::string& who_says) {
  const Interface* interface = machine.find(address);
  if (std::string reason = unfit(address); !reason.empty()) return {{}, {}, who_says + " " + address.to_string() + ", " + reason, {}};
  if (!interface) return {{}, {}, who_says + " " + address.to_string() + ", which no interface that is up has", {}};
  return {interface->address, interface->name, {}, {}};
}

Detection by_reach(const DetectionMethod& method, Family family, const Machine& machine) {
  const std::optional<Reach>& reach = machine.reach(family);
  if (!reach) return {{}, {}, "nobody asked the kernel", {}};
  if (!reach->ok()) return {{}, {}, reach->error(), {}};
  return on_interface(machine, **reach, "to " + method.destination + " the kernel would send from");
}

Detection by_internal_ip(Family family, const Machine& machine, const config::model::Node& stored) {
  for (const IpAddress& address : stored.internal_ips)
    if (address.family() == family) return on_interface(machine, address, "the node resource has the InternalIP");
  return {{}, {}, "the stored node resource has no " + to_word(family) + " InternalIP in spec.addresses, and this agent asks "
                  "no Kubernetes; give another method, or the address itself", {}};
}

}  // namespace

const Interface* Machine::find(const IpAddress& address) const {
  auto it = std::find_if(interfaces.begin(), interfaces.end(),
                         [&](const Interface& i) { return i.address.address == address; });
  return it == interfaces.end() ? nullptr : &*it;
}

Detection detect(const DetectionMethod& method, Family family, const Machine& machine, const config::model::Node& stored) {
  switch (method.kind) {
    case Kind::FirstFound:
    case Kind::Interface:
    case Kind::SkipInterface:
    case Kind::Cidr: return first_acceptable(method, family, machine);
    case Kind::CanReach: return by_reach(method, family, machine);
    case Kind::KubernetesInternalIp: return by_internal_ip(family, machine, stored);
  }
  return {};
}

bool accepts(const DetectionMethod& method, const Machine& machine, const config::model::Node& stored,
             const IpAddress& address) {
  if (method.kind == Kind::CanReach || method.kind == Kind::KubernetesInternalIp) {
    const Detection answer = detect(method, address.family(), machine, stored);
    return answer.address && answer.address->address == address;
  }
  return std::any_of(machine.interfaces.begin(), machine.interfaces.end(), [&](const Interface& i) {
    return i.address.address == address && passed_over(method, i).empty();
  });
}

}  // namespace bgp::daemon
