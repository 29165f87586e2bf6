// The fields of IPPool and BlockAffinity by their names: what is refused.
#include <doctest/doctest.h>

#include "config/model/document.h"

using namespace config::model;

namespace {

std::string error_of(const std::string& kind, const std::string& spec) {
  const auto read = parse_document("{apiVersion: projectcalico.org/v3, kind: " + kind + ", metadata: {name: p}, spec: {" + spec + "}}", "-");
  return read ? "" : read.error().reason.substr(read.error().reason.find(": ") + 2);
}
std::string pool_error(const std::string& spec) { return error_of("IPPool", "cidr: 10.0.0.0/16, " + spec); }

}  // namespace

TEST_CASE("cidr of a pool: not link-local, strictly masked, no smaller than a block unless it is disabled") {
  CHECK(error_of("IPPool", "ipipMode: Never") == "insufficient identifiers, missing 'cidr'");
  CHECK(error_of("IPPool", "cidr: 169.254.1.0/24") ==
        "error with field cidr = '169.254.1.0/24' (IP pool range overlaps with IPv4 Link Local range 169.254.0.0/16)");
  CHECK(error_of("IPPool", "cidr: 'fe80::/64'") ==
        "error with field cidr = 'fe80::/64' (IP pool range overlaps with IPv6 Link Local range fe80::/10)");
  CHECK(error_of("IPPool", "cidr: 10.0.0.0/27") == "error with field cidr = '10.0.0.0/27' (IP pool is too small)");
  CHECK(error_of("IPPool", "cidr: 10.0.0.0/27, disabled: true").empty());
}

TEST_CASE("blockSize") {
  CHECK(pool_error("blockSize: 19") == "error with field blockSize = '19' (IPv4 block size must be between 20 and 32)");
  CHECK(pool_error("blockSize: 33") == "error with field blockSize = '33' (IPv4 block size must be between 20 and 32)");
  CHECK(error_of("IPPool", "cidr: 'fd00::/64', blockSize: 115") ==
        "error with field blockSize = '115' (IPv6 block size must be between 116 and 128)");
}

TEST_CASE("ipipMode, vxlanMode") {
  CHECK(pool_error("ipipMode: Sometimes") == "error with field ipipMode = 'Sometimes' (must be Always, CrossSubnet or Never)");
  CHECK(pool_error("ipipMode: Always, vxlanMode: Always") ==
        "error with field vxlanMode = 'Always' (ipipMode and vxlanMode cannot both be in use)");
}

TEST_CASE("allowedUses: LoadBalancer alone, and without a tunnel") {
  CHECK(pool_error("allowedUses: [LoadBalancer]").empty());
  CHECK(pool_error("allowedUses: [Pods]") == "error with field allowedUses = 'Pods' (must be Workload, Tunnel or LoadBalancer)");
  CHECK(pool_error("allowedUses: [LoadBalancer, Tunnel]") ==
        "error with field allowedUses = 'LoadBalancer' (LoadBalancer excludes Workload and Tunnel)");
  CHECK(pool_error("allowedUses: [LoadBalancer], ipipMode: Always") ==
        "error with field ipipMode = 'Always' (not in a pool for LoadBalancer)");
  CHECK(pool_error("allowedUses: [LoadBalancer], vxlanMode: Always") ==
        "error with field vxlanMode = 'Always' (not in a pool for LoadBalancer)");
}

TEST_CASE("assignmentMode, nodeSelector, namespaceSelector, and v1's fields in v3") {
  CHECK(pool_error("assignmentMode: Sometimes") == "error with field assignmentMode = 'Sometimes' (must be Automatic or Manual)");
  CHECK(pool_error("nodeSelector: 'a ='").starts_with("error with field nodeSelector = 'a ='"));
  CHECK(pool_error("namespaceSelector: 'a ='").starts_with("error with field namespaceSelector = 'a ='"));
  CHECK(pool_error("nat-outgoing: true") == "error with field nat-outgoing = 'true' (is a field of v1)");
}

TEST_CASE("BlockAffinity: type host alone, and no deletion by document") {
  CHECK(error_of("BlockAffinity", "node: n, cidr: 10.0.0.0/26, type: host").empty());
  CHECK(error_of("BlockAffinity", "node: load-balancer, cidr: 10.0.0.0/26, type: virtual") ==
        "error with field type = 'virtual' (must be host)");
  CHECK(error_of("BlockAffinity", "node: n, cidr: 10.0.0.0/26, deleted: 'true'") ==
        "error with field deleted = 'true' (spec.Deleted cannot be set to \"true\")");
}
