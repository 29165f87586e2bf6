#include "config/model/endpoint_status.h"

#include <doctest/doctest.h>

using namespace config::model;

TEST_CASE("localWorkloadSelector: the BGPPeer that Felix names, and the first address of each family") {
  const auto status = parse_endpoint_status(
      "f", R"({"ifaceName":"cali1","mac":"ee:ee:ee:ee:ee:ee","ipv4Nets":["10.65.0.2/32","10.65.0.3/32"],"ipv6Nets":["fd00::2/128"],)"
           R"("bgpPeerName":"pods","later":{"field":1}})");
  REQUIRE(status.ok());
  CHECK(*status == EndpointStatus{"f", "pods", bgp::IpAddress::parse("10.65.0.2"), bgp::IpAddress::parse("fd00::2")});
  CHECK(*parse_endpoint_status("f", "{}") == EndpointStatus{"f", "", {}, {}});
}

TEST_CASE("an endpoint's status that makes no sense says why") {
  const auto error = [](const char* json) {
    const auto status = parse_endpoint_status("f", json);
    return status ? std::string() : status.error().reason;
  };
  CHECK(error("").starts_with("value is no JSON"));
  CHECK(error("[]") == "fields are wanted here, not a value or a list");
  CHECK(error(R"({"ipv4Nets":["x"]})") == "error with field ipv4Nets = 'x' (must be an IPv4 CIDR)");
  CHECK(error(R"({"ipv6Nets":["10.0.0.1/32"]})") == "error with field ipv6Nets = '10.0.0.1/32' (must be an IPv6 CIDR)");
  CHECK(error(R"({"bgpPeerName":["p"]})") == "bgpPeerName must be one value, not a list or fields");
}
