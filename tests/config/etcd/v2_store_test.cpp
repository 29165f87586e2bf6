#include "config/etcd/v2_store.h"

#include <doctest/doctest.h>

#include "config/etcd/identity.h"
#include "config/store/mem_store.h"

using namespace config::etcd;
using config::store::Change;
using config::store::MemStore;
using config::store::StoreError;

namespace {

const std::string kNode = "/calico/resources/v3/projectcalico.org/nodes/n1";
const std::string kNodeValue =
    R"({"kind":"Node","apiVersion":"projectcalico.org/v3","metadata":{"name":"n1"},"spec":{"bgp":{"ipv4Address":"10.0.0.1/24"}}})";
const std::string kAddress = "/calico/bgp/v1/host/n1/ip_addr_v4";

// What stands in etcd, of which the test keeps hold.
struct Scene {
  MemStore* below = new MemStore;
  V2Store store{std::unique_ptr<config::store::Store>(below)};

  void put(const std::string& key, const std::string& value) { REQUIRE(below->commit({{key, value, std::nullopt}}).ok()); }
  std::string keys() {
    std::string text;
    const auto listing = below->list("");
    for (const auto& entry : listing->entries) text += entry.key + "=" + entry.value + "\n";
    return text;
  }
};

}  // namespace

TEST_CASE("a node is one resource above and several keys below, written at once") {
  Scene scene;
  auto revision = scene.store.commit({{kNode, kNodeValue, 0}});
  REQUIRE(revision.ok());
  CHECK(scene.keys() ==
        "/calico/bgp/v1/host/n1/ip_addr_v4=10.0.0.1\n/calico/bgp/v1/host/n1/ip_addr_v6=\n"
        "/calico/bgp/v1/host/n1/network_v4=10.0.0.0/24\n/calico/v1/host/n1/bird_ip=10.0.0.1\n"
        "/calico/v1/host/n1/metadata={}\n");
  CHECK(**scene.store.get(kNode) == config::store::Entry{kNode, kNodeValue, *revision});
  CHECK(scene.store.list("/calico/")->entries.size() == 1);
  CHECK(scene.store.list("/calico/resources/v3/projectcalico.org/bgppeers/")->entries.empty());
  REQUIRE(scene.store.commit({{kNode, std::nullopt, *revision}}).ok());
  CHECK(scene.keys() == "");
  CHECK_FALSE(scene.store.get(kNode)->has_value());
}

TEST_CASE("an expectation that does not hold is a conflict of the resource, also when a part changes in between") {
  Scene scene;
  REQUIRE(scene.store.commit({{kNode, kNodeValue, 0}}).ok());
  auto again = scene.store.commit({{kNode, kNodeValue, 0}});
  REQUIRE_FALSE(again.ok());
  CHECK(again.error().kind == StoreError::Kind::Conflict);
  CHECK(again.error().key == kNode);
  const uint64_t revision = (*scene.store.get(kNode))->revision;
  scene.put("/calico/bgp/v1/host/n1/as_num", "64513");
  auto stale = scene.store.commit({{kNode, kNodeValue, revision}});
  REQUIRE_FALSE(stale.ok());
  CHECK(stale.error().kind == StoreError::Kind::Conflict);
  CHECK(stale.error().key == kNode);
}

TEST_CASE("what v2 has no place for is refused, and nothing of the commit is written") {
  Scene scene;
  auto refused = scene.store.commit(
      {{kNode, kNodeValue, 0},
       {"/calico/resources/v3/projectcalico.org/bgpfilters/f",
        R"({"kind":"BGPFilter","apiVersion":"projectcalico.org/v3","metadata":{"name":"f"},"spec":{}})", 0}});
  REQUIRE_FALSE(refused.ok());
  CHECK(refused.error().reason == "Calico v2's layout (etcdv2) has no BGPFilter; use the datastore etcdv3");
  CHECK(scene.keys() == "");
}

TEST_CASE("keys of v2 itself and ClusterInformation pass through") {
  Scene scene;
  const std::string cluster(kClusterInformationKey);
  REQUIRE(scene.store.commit({{"/calico/bgp/v1/global/as_num", "64513", 0}, {cluster, "{}", 0}}).ok());
  CHECK((*scene.store.get("/calico/bgp/v1/global/as_num"))->value == "64513");
  CHECK((*scene.store.get(cluster))->value == "{}");
  CHECK(scene.store.list(cluster)->entries.size() == 1);
}

TEST_CASE("a watcher hears of resources, whichever of their parts changed") {
  Scene scene;
  std::vector<Change> heard;
  auto watch = scene.store.watch("/calico/", 0, [&](const std::vector<Change>& changes) {
    heard.insert(heard.end(), changes.begin(), changes.end());
  });
  REQUIRE(watch.ok());
  scene.put("/calico/v1/host/n1/workload/k8s/pod/endpoint/eth0", "{}");
  scene.put("/calico/bgp/v1/host/n1/as_num", "64513");
  scene.put(kAddress, "10.0.0.1");
  REQUIRE(scene.below->commit({{kAddress, std::nullopt, std::nullopt}}).ok());
  REQUIRE(heard.size() == 3);
  CHECK_FALSE(heard[0].value.has_value());  // an AS number makes no node
  CHECK(heard[1].key == kNode);
  CHECK(heard[1].value->find(R"("asNumber":64513,"ipv4Address":"10.0.0.1/32")") != std::string::npos);
  CHECK(heard[1].revision == 3);
  CHECK_FALSE(heard[2].value.has_value());
}
