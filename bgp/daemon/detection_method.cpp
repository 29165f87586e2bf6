#include "bgp/daemon/detection_method.h"

#include <algorithm>
#include <array>

#include "bgp/base/limits.h"

namespace bgp::daemon {
namespace {

using Kind = DetectionMethod::Kind;

// What calico/node passes over, and br-*, which Docker makes, and NodeLocal DNSCache's.
constexpr std::array<std::string_view, 19> kMadeForOthers = {
    "docker", "cbr", "dummy", "virbr", "lxcbr", "veth", "lo", "cali", "tunl", "flannel", "podman", "br-",
    "kube-ipvs", "cni", "vxlan.calico", "vxlan-v6.calico", "wireguard.cali", "wg-v6.cali", "nodelocaldns"};

std::vector<std::string> split(const std::string& text) {
  std::vector<std::string> parts;
  for (size_t at = 0; at <= text.size();) {
    const size_t comma = std::min(text.find(',', at), text.size());
    parts.push_back(trimmed(text.substr(at, comma - at)));
    at = comma + 1;
  }
  return parts;
}

std::string read_names(DetectionMethod& method, const std::string& list, const Given& given) {
  for (const std::string& part : split(list)) {
    if (part.empty()) return bad(given, "an interface name is missing between the commas");
    if (part.size() > limits::kNamePatternBytesMax)
      return bad(given, "an expression has at most " + std::to_string(limits::kNamePatternBytesMax) + " characters");
    try {  // the library reports by exception; it ends here
      method.names.emplace_back(part, std::regex::ECMAScript | std::regex::optimize);
    } catch (const std::regex_error&) {
      return bad(given, "'" + part + "' is no regular expression; write it like eth.* or ^eth0$");
    }
  }
  return {};
}

std::string read_cidrs(DetectionMethod& method, const std::string& list, const Given& given) {
  for (const std::string& part : split(list)) {
    const auto cidr = part.find('/') == std::string::npos ? std::nullopt : Prefix::parse_loose(part);
    if (!cidr) return bad(given, "'" + part + "' is no CIDR; write it like 10.0.0.0/8");
    method.cidrs.push_back(*cidr);
  }
  return {};
}

std::string read_destination(DetectionMethod& method, const std::string& text, const Given& given) {
  method.destination = trimmed(text);
  const bool is_name = !method.destination.empty() && method.destination.size() <= limits::kHostNameBytesMax &&
                       method.destination.find_first_of(" ,/[]") == std::string::npos;
  return is_name ? "" : bad(given, "give one address or host name after can-reach=");
}

bool is_named(const DetectionMethod& method, const std::string& interface) {
  return std::any_of(method.names.begin(), method.names.end(),
                     [&](const std::regex& name) { return std::regex_search(interface, name); });
}

std::string made_for_others(const std::string& interface) {
  const bool is = std::any_of(kMadeForOthers.begin(), kMadeForOthers.end(),
                              [&](std::string_view prefix) { return interface.starts_with(prefix); });
  if (interface == "lo") return "the loopback interface";
  return is ? "made for containers or tunnels" : "";
}

}  // namespace

Result<DetectionMethod, std::string> parse_detection_method(const Given& given) {
  struct Form {
    std::string_view prefix;
    Kind kind;
    std::string (*read)(DetectionMethod&, const std::string&, const Given&);
  };
  static constexpr Form kForms[] = {{"interface=", Kind::Interface, read_names},
                                    {"skip-interface=", Kind::SkipInterface, read_names},
                                    {"cidr=", Kind::Cidr, read_cidrs},
                                    {"can-reach=", Kind::CanReach, read_destination}};
  DetectionMethod method;
  method.text = given.text;
  if (given.text == "first-found") return method;
  if (given.text == "kubernetes-internal-ip") {
    method.kind = Kind::KubernetesInternalIp;
    return method;
  }
  for (const Form& form : kForms) {
    if (!given.text.starts_with(form.prefix)) continue;
    method.kind = form.kind;
    if (std::string reason = form.read(method, given.text.substr(form.prefix.size()), given); !reason.empty())
      return Err(std::move(reason));
    return method;
  }
  return Err(bad(given, "give first-found, can-reach=DESTINATION, interface=REGEX,..., skip-interface=REGEX,..., "
                        "cidr=CIDR,... or kubernetes-internal-ip"));
}

std::string passed_over_for_name(const DetectionMethod& method, const std::string& interface) {
  switch (method.kind) {
    case Kind::FirstFound: return made_for_others(interface);
    case Kind::Interface: return is_named(method, interface) ? "" : "not named by the method";
    case Kind::SkipInterface: return is_named(method, interface) ? "skipped by the method" : made_for_others(interface);
    case Kind::Cidr:
    case Kind::CanReach:
    case Kind::KubernetesInternalIp: return {};
  }
  return {};
}

}  // namespace bgp::daemon
