#include "bgp/daemon/autodetect.h"

#include <doctest/doctest.h>

#include "bgp/base/limits.h"

using namespace bgp;
using namespace bgp::daemon;
using config::model::InterfaceAddress;
using config::model::Node;

namespace {

InterfaceAddress address(const char* text) { return *InterfaceAddress::parse(text); }
DetectionMethod method(const std::string& text) { return *parse_detection_method({text, "$IP_AUTODETECTION_METHOD"}); }

Node node() { return {.name = "n1", .as_number = {}, .ipv4 = {}, .ipv6 = {}}; }

// The newest interface first, as machine.h reads them.
Machine machine() {
  return {.interfaces = {{"cali123", address("10.9.0.1/32")},   {"docker0", address("172.17.0.1/16")},
                         {"eth1", address("10.1.0.5/24")},      {"eth1", address("10.1.0.6/24")},
                         {"eth1", address("fe80::5/64")},       {"eth1", address("fd00::5/64")},
                         {"eth0", address("192.0.2.5/24")},     {"lo", address("127.0.0.1/8")},
                         {"lo", address("203.0.113.9/32")}}};
}

std::string found(const std::string& how, Family family = Family::IPv4, const Node& stored = node()) {
  const Detection detection = detect(method(how), family, machine(), stored);
  return detection.address ? detection.interface + " " + detection.address->to_string() : detection.reason;
}

}  // namespace

TEST_CASE("first-found takes the first address of the newest interface that nobody made for containers or tunnels") {
  CHECK(found("first-found") == "eth1 10.1.0.5/24");
  CHECK(found("first-found", Family::IPv6) == "eth1 fd00::5/64");
}

TEST_CASE("first-found passes over what calico/node passes over") {
  for (const char* name : {"docker0", "cbr0", "dummy0", "virbr0", "lxcbr0", "veth1", "lo", "cali1", "tunl0", "flannel.1",
                           "podman0", "br-1", "kube-ipvs0", "cni0", "vxlan.calico", "vxlan-v6.calico", "wireguard.cali",
                           "wg-v6.cali", "nodelocaldns"})
    CHECK_MESSAGE(!passed_over_for_name(method("first-found"), name).empty(), name);
  for (const char* name : {"eth0", "ens3", "bond0", "br0", "vxlan0"})
    CHECK_MESSAGE(passed_over_for_name(method("first-found"), name).empty(), name);
}

TEST_CASE("interface= takes names in which an expression is found, also such that first-found passes over") {
  CHECK(found("interface=eth0") == "eth0 192.0.2.5/24");
  CHECK(found("interface=^docker") == "docker0 172.17.0.1/16");
  CHECK(found("interface=ens.*, th0$") == "eth0 192.0.2.5/24");
  CHECK(found("interface=^lo$") == "lo 203.0.113.9/32");  // its loopback address is no node's
  CHECK(found("interface=bond") == "no interface that is up has an IPv4 address that the method takes");
}

TEST_CASE("skip-interface= is first-found without those") {
  CHECK(found("skip-interface=eth1") == "eth0 192.0.2.5/24");
  CHECK(found("skip-interface=eth0,bond.*") == "eth1 10.1.0.5/24");
}

TEST_CASE("cidr= takes the first address inside, whatever the interface") {
  CHECK(found("cidr=192.0.2.0/24") == "eth0 192.0.2.5/24");
  CHECK(found("cidr=10.9.0.0/16, 192.0.2.0/24") == "cali123 10.9.0.1/32");
  CHECK(found("cidr=10.1.0.6/32") == "eth1 10.1.0.6/24");
  CHECK(found("cidr=fd00::/16", Family::IPv6) == "eth1 fd00::5/64");
}

TEST_CASE("can-reach= takes what the kernel would send from, with the subnet of its interface") {
  Machine asked = machine();
  asked.reach4 = *IpAddress::parse("192.0.2.5");
  Detection detection = detect(method("can-reach=198.51.100.1"), Family::IPv4, asked, node());
  CHECK(detection.address == address("192.0.2.5/24"));
  CHECK(detection.interface == "eth0");
  asked.reach4 = *IpAddress::parse("192.0.2.77");
  CHECK(detect(method("can-reach=198.51.100.1"), Family::IPv4, asked, node()).reason ==
        "to 198.51.100.1 the kernel would send from 192.0.2.77, which no interface that is up has");
  asked.reach4 = *IpAddress::parse("127.0.0.1");
  CHECK(detect(method("can-reach=localhost"), Family::IPv4, asked, node()).reason ==
        "to localhost the kernel would send from 127.0.0.1, a loopback address");
  asked.reach4 = Err(std::string("can-reach: no way to 198.51.100.1: Network is unreachable"));
  CHECK(detect(method("can-reach=198.51.100.1"), Family::IPv4, asked, node()).reason ==
        "can-reach: no way to 198.51.100.1: Network is unreachable");
}

TEST_CASE("kubernetes-internal-ip takes the InternalIP of the stored node, and says that no Kubernetes is asked") {
  Node stored = node();
  stored.internal_ips = {*IpAddress::parse("fd00::5"), *IpAddress::parse("192.0.2.5")};
  CHECK(found("kubernetes-internal-ip", Family::IPv4, stored) == "eth0 192.0.2.5/24");
  CHECK(found("kubernetes-internal-ip", Family::IPv6, stored) == "eth1 fd00::5/64");
  CHECK(found("kubernetes-internal-ip") ==
        "the stored node resource has no IPv4 InternalIP in spec.addresses, and this agent asks no Kubernetes; give another "
        "method, or the address itself");
}

TEST_CASE("why the others were passed over is told of each") {
  CHECK(detect(method("first-found"), Family::IPv4, machine(), node()).passed_over ==
        std::vector<std::string>{"cali123 10.9.0.1/32: made for containers or tunnels",
                                 "docker0 172.17.0.1/16: made for containers or tunnels", "eth1 10.1.0.6/24: a further address",
                                 "eth0 192.0.2.5/24: an older interface", "lo 127.0.0.1/8: the loopback interface",
                                 "lo 203.0.113.9/32: the loopback interface"});
  CHECK(detect(method("cidr=10.1.0.0/16"), Family::IPv6, machine(), node()).passed_over ==
        std::vector<std::string>{"eth1 fe80::5/64: a link-local address", "eth1 fd00::5/64: outside the method's CIDRs"});
  CHECK(detect(method("interface=eth0"), Family::IPv4, machine(), node()).passed_over.at(0) ==
        "cali123 10.9.0.1/32: not named by the method");
  CHECK(detect(method("skip-interface=eth1"), Family::IPv4, machine(), node()).passed_over.at(2) ==
        "eth1 10.1.0.5/24: skipped by the method");
}

TEST_CASE("a method is content with any address that it could have chosen") {
  const IpAddress old = *IpAddress::parse("192.0.2.5");
  CHECK(accepts(method("first-found"), machine(), node(), old));
  CHECK_FALSE(accepts(method("interface=eth1"), machine(), node(), old));
  CHECK_FALSE(accepts(method("first-found"), machine(), node(), *IpAddress::parse("172.17.0.1")));
  CHECK_FALSE(accepts(method("first-found"), machine(), node(), *IpAddress::parse("192.0.2.6")));
  Machine asked = machine();
  asked.reach4 = *IpAddress::parse("10.1.0.5");
  CHECK_FALSE(accepts(method("can-reach=198.51.100.1"), asked, node(), old));  // one destination, one answer
  CHECK(accepts(method("can-reach=198.51.100.1"), asked, node(), *IpAddress::parse("10.1.0.5")));
}

TEST_CASE("a method that is none is one line that names the variable and what is allowed") {
  auto refused = [](const std::string& text) { return parse_detection_method({text, "$IP_AUTODETECTION_METHOD"}).error(); };
  CHECK(refused("last-found") ==
        "$IP_AUTODETECTION_METHOD: 'last-found' is not allowed; give first-found, can-reach=DESTINATION, interface=REGEX,..., "
        "skip-interface=REGEX,..., cidr=CIDR,... or kubernetes-internal-ip");
  CHECK(refused("interface=eth(") ==
        "$IP_AUTODETECTION_METHOD: 'interface=eth(' is not allowed; 'eth(' is no regular expression; write it like eth.* or ^eth0$");
  CHECK(refused("interface=eth0,,eth1").ends_with("an interface name is missing between the commas"));
  CHECK(refused("skip-interface=").ends_with("an interface name is missing between the commas"));
  CHECK(refused("cidr=10.0.0.1").ends_with("'10.0.0.1' is no CIDR; write it like 10.0.0.0/8"));
  CHECK(refused("can-reach=").ends_with("give one address or host name after can-reach="));
  CHECK(refused("can-reach=a b").ends_with("give one address or host name after can-reach="));
}

TEST_CASE("an expression and a host name have a longest length") {
  const std::string longest(limits::kNamePatternBytesMax, 'e');
  CHECK(parse_detection_method({"interface=" + longest, "x"}).ok());
  CHECK_FALSE(parse_detection_method({"interface=" + longest + "e", "x"}).ok());
  const std::string name(limits::kHostNameBytesMax, 'h');
  CHECK(parse_detection_method({"can-reach=" + name, "x"}).ok());
  CHECK_FALSE(parse_detection_method({"can-reach=" + name + "h", "x"}).ok());
}
