#include "config/etcd/mirror.h"

#include <doctest/doctest.h>

#include "config/store/mem_store.h"
#include "tests/config/etcd/fake_gateway.h"

using namespace config::etcd;
using namespace std::chrono_literals;
using config::store::StoreError;

namespace {

const std::string kNode = "/calico/resources/v3/projectcalico.org/nodes/node1";
const std::string kNodeValue =
    R"({"kind":"Node","apiVersion":"projectcalico.org/v3","metadata":{"name":"node1"},"spec":{"bgp":{"ipv4Address":"10.0.0.1/24"}}})";

// What an earlier life left on disk: one node, of cluster 1.
std::unique_ptr<config::store::Store> remembered() {
  auto disk = std::make_unique<config::store::MemStore>();
  const std::string revision("\0\0\0\0\0\0\0\7", 8);
  REQUIRE(disk->commit({{kNode, revision + kNodeValue, std::nullopt}, {"etcd", "1\nguid\n9\n", std::nullopt}}).ok());
  return disk;
}

std::unique_ptr<Mirror> mirror_of(const Settings& settings, std::unique_ptr<config::store::Store> disk) {
  return std::make_unique<Mirror>(Mirror::Options{.settings = settings, .seed = 1, .cache_dir = "/cache"}, std::move(disk),
                                  Mirror::Events{});
}

Settings nobody() {
  Settings settings;
  settings.endpoints = {{false, "127.0.0.1", "1"}};
  return settings;
}

}  // namespace

TEST_CASE("with etcd away, what is remembered is there at once, and a commit fails at once and says so") {
  auto mirror = mirror_of(nobody(), remembered());
  CHECK(mirror->wait_for_entries(30s));
  CHECK(mirror->status().state == MirrorStatus::State::Away);
  auto entry = mirror->get(kNode);
  REQUIRE(entry.ok());
  CHECK(**entry == config::store::Entry{kNode, kNodeValue, 7});
  CHECK(mirror->list("/calico/")->entries.size() == 1);
  CHECK(mirror->list("/calico/")->revision == 9);
  auto refused = mirror->commit({{kNode, "x", 7}});
  REQUIRE_FALSE(refused.ok());
  CHECK(refused.error().kind == StoreError::Kind::Unreachable);
  CHECK(refused.error().reason.starts_with("etcd is not in use, nothing was written: etcd http://127.0.0.1:1: cannot connect"));
}

TEST_CASE("with etcd away and nothing remembered, there is nothing to work with") {
  auto mirror = mirror_of(nobody(), std::make_unique<config::store::MemStore>());
  CHECK_FALSE(mirror->wait_for_entries(50ms));
}

TEST_CASE("another cluster at the same address is refused, and the advice names what to remove") {
  test::FakeGateway gateway(std::vector<test::Step>(20, test::answer(R"({"header":{"cluster_id":"2","revision":"5"}})")));
  auto mirror = mirror_of(gateway.settings(), remembered());
  CHECK(mirror->wait_for_entries(30s));
  const MirrorStatus status = mirror->status();
  CHECK(status.state == MirrorStatus::State::Refused);
  CHECK(status.reason == "this is another etcd cluster: its id is 2, known is 1; nothing of it is applied. Restore etcd; or, if "
                         "this is meant, stop the agent, remove /cache and start it again");
  CHECK((**mirror->get(kNode)).value == kNodeValue);
}

TEST_CASE("what others keep in etcd, workloads and Felix's reports above all, is not watched") {
  const KeyRange watched = range_over(Mirror::own_prefixes());
  CHECK(watched.first > "/calico/felix/v2/");
  CHECK(watched.end <= "/calico/resources/v3/projectcalico.org/workloadendpoints/");
}
