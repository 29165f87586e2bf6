#include "config/etcd/replica.h"

#include <doctest/doctest.h>

#include "bgp/base/limits.h"
#include "config/etcd/cache.h"
#include "config/store/mem_store.h"

using namespace config::etcd;
using config::store::Change;
using config::store::Entry;

namespace {

const std::string kPeers = "/calico/resources/v3/projectcalico.org/bgppeers/";
const std::string kCluster(kClusterInformationKey);

std::string peer(const std::string& ip) {
  return R"({"kind":"BGPPeer","apiVersion":"projectcalico.org/v3","metadata":{"name":"p"},"spec":{"peerIP":")" + ip +
         R"(","asNumber":64512}})";
}

Replica new_replica() { return Replica({"/calico/"}); }

Snapshot listing(uint64_t revision, std::vector<Entry> entries, const std::string& cluster = "1") {
  entries.push_back({kCluster, make_cluster_information("guid"), 1});
  return {{cluster, revision}, std::move(entries)};
}

WatchAnswer events(std::vector<Change> changes) {
  WatchAnswer answer;
  answer.events = std::move(changes);
  return answer;
}

std::string shown(const std::vector<Change>& changes) {
  std::string out;
  for (const Change& change : changes)
    if (change.key != kCluster)
      out += change.key.substr(change.key.rfind('/') + 1) + (change.value ? "+" : "-") + std::to_string(change.revision) + " ";
  return out;
}

}  // namespace

TEST_CASE("a listing after an outage tells the difference, by revision, and nothing else") {
  Replica replica = new_replica();
  CHECK(shown(replica.take(listing(5, {{kPeers + "a", peer("10.0.0.1"), 3}, {kPeers + "b", peer("10.0.0.2"), 4}})).changes) == "a+3 b+4 ");
  CHECK(replica.take(listing(9, {{kPeers + "a", peer("10.0.0.1"), 3}, {kPeers + "b", peer("10.0.0.2"), 4}})).changes.empty());
  auto verdict = replica.take(listing(12, {{kPeers + "a", peer("10.0.0.9"), 11}, {kPeers + "c", peer("10.0.0.3"), 10}}));
  CHECK(shown(verdict.changes) == "c+10 a+11 b-12 ");
  CHECK(replica.revision() == 12);
}

TEST_CASE("a value written again unchanged is no change, but its revision counts for the next commit") {
  Replica replica = new_replica();
  (void)replica.take(listing(5, {{kPeers + "a", peer("10.0.0.1"), 3}}));
  auto verdict = replica.take(events({{kPeers + "a", peer("10.0.0.1"), 7}}));
  CHECK(verdict.changes.empty());
  CHECK(shown(verdict.rows) == "a+7 ");
  CHECK(replica.entries().at(kPeers + "a").revision == 7);
}

TEST_CASE("events apply in order, those of other keys only move the revision") {
  Replica replica({kPeers, kCluster});
  (void)replica.take(listing(5, {}));
  auto verdict = replica.take(events({{kPeers + "a", peer("10.0.0.1"), 6}, {"/calico/x", "junk", 7}, {kPeers + "a", std::nullopt, 8},
                                      {kPeers + "never", std::nullopt, 8}}));
  CHECK(shown(verdict.changes) == "a+6 a-8 ");
  CHECK(replica.revision() == 8);
  CHECK_FALSE(replica.entries().contains("/calico/x"));
}

TEST_CASE("an unusable value is skipped, said once, shown, and leaves the old one in force until it is mended") {
  Replica replica = new_replica();
  (void)replica.take(listing(5, {{kPeers + "a", peer("10.0.0.1"), 3}}));
  const std::string too_long = peer("10.0.0.1") + std::string(bgp::limits::kEtcdValueBytesMax, ' ');
  for (const std::string& bad : {std::string("junk\x1b"), too_long, peer("10.0.0.256"), std::string()}) {
    const uint64_t revision = replica.revision() + 1;
    auto verdict = replica.take(events({{kPeers + "a", bad, revision}, {kPeers + "b", peer("10.0.0.2"), revision}}));
    CHECK(shown(verdict.changes).find("a") == std::string::npos);
    REQUIRE(verdict.skipped.size() == 1);
    CHECK(verdict.skipped[0].key == kPeers + "a");
    CHECK(verdict.skipped[0].reason.find('\x1b') == std::string::npos);
    CHECK(replica.entries().at(kPeers + "a").value == peer("10.0.0.1"));
    CHECK(replica.skipped().size() == 1);
    auto again = replica.take(listing(revision, {{kPeers + "a", bad, revision}, {kPeers + "b", peer("10.0.0.2"), revision}}));
    CHECK(again.skipped.empty());
    CHECK(again.changes.empty());
  }
  CHECK(shown(replica.take(events({{kPeers + "a", peer("10.0.0.7"), 99}})).changes) == "a+99 ");
  CHECK(replica.skipped().empty());
}

TEST_CASE("a value of just the largest size is taken, and no more than a bounded number of skipped keys is remembered") {
  CHECK_FALSE(find_fault({"/calico/bgp/v1/x", std::string(bgp::limits::kEtcdValueBytesMax, 'x'), 1}).has_value());
  CHECK(find_fault({"/calico/bgp/v1/x", std::string(bgp::limits::kEtcdValueBytesMax + 1, 'x'), 1}).has_value());
  Replica replica = new_replica();
  std::vector<Entry> junk;
  for (size_t i = 0; i <= bgp::limits::kEtcdSkippedMax; ++i) junk.push_back({kPeers + std::to_string(i), "junk", 2});
  CHECK(replica.take(listing(3, junk)).skipped.size() == bgp::limits::kEtcdSkippedMax);
  CHECK(replica.entries().size() == 1);
}

TEST_CASE("an emptied or foreign etcd is refused, and nothing of it applied") {
  Replica replica = new_replica();
  (void)replica.take(listing(5, {{kPeers + "a", peer("10.0.0.1"), 3}}));
  auto refused = [&](const Snapshot& snapshot) {
    auto verdict = replica.take(snapshot);
    CHECK(verdict.changes.empty());
    CHECK(replica.entries().size() == 2);
    return verdict.refusal.value_or("(applied)");
  };
  CHECK(refused({{"1", 1}, {}}) == "Calico's ClusterInformation is gone: this etcd was emptied");
  CHECK(refused(listing(9, {}, "2")) == "this is another etcd cluster: its id is 2, known is 1");
  CHECK(refused({{"1", 9}, {{kCluster, make_cluster_information("other"), 2}}}) ==
        "this is another Calico datastore: its clusterGUID is other, known is guid");
  CHECK(refused({{"1", 9}, {{kCluster, R"({"spec":{"clusterGUID":"guid","datastoreReady":false}})", 2}}}) ==
        "the datastore says that it is not ready (ClusterInformation, datastoreReady: false)");
  CHECK_FALSE(replica.take(listing(9, {})).refusal.has_value());  // the peer alone was deleted: somebody's right
  CHECK(replica.entries().size() == 1);
}

TEST_CASE("a batch that deletes everything is refused whole, the ready flag's loss and a new GUID too") {
  Replica replica = new_replica();
  (void)replica.take(listing(5, {{kPeers + "a", peer("10.0.0.1"), 3}}));
  CHECK(replica.take(events({{kPeers + "a", std::nullopt, 6}, {kCluster, std::nullopt, 6}})).refusal.has_value());
  CHECK(replica.take(events({{kCluster, make_cluster_information("other"), 6}})).refusal.has_value());
  CHECK(replica.take(events({{kCluster, R"({"spec":{"datastoreReady":false}})", 6}})).refusal.has_value());
  CHECK(replica.entries().size() == 2);
  CHECK_FALSE(replica.take(events({{kPeers + "a", std::nullopt, 6}})).refusal.has_value());
}

TEST_CASE("without a ClusterInformation, the emptied etcd is known by holding nothing at all") {
  Replica replica = new_replica();
  (void)replica.take(Snapshot{{"1", 5}, {{kPeers + "a", peer("10.0.0.1"), 3}}});
  CHECK(replica.take(Snapshot{{"1", 6}, {}}).refusal == "there is nothing of Calico's any more: this etcd was emptied");
  CHECK_FALSE(replica.take(listing(7, {{kPeers + "a", peer("10.0.0.1"), 3}})).refusal.has_value());
  CHECK(replica.identity().guid == "guid");
}

TEST_CASE("what is remembered on disk is the same etcd, with its revisions") {
  auto disk = std::make_unique<config::store::MemStore>();
  config::store::MemStore* store = disk.get();
  Cache cache(std::move(disk));
  CHECK(cache.load()->entries.empty());
  const std::string zeros("\0\xff", 2);
  REQUIRE(cache.save({{"/calico/a", zeros, 0x0102030405060708}, {"/calico/b", "", 9}}, {"123", "guid", true}, 77).ok());
  REQUIRE(cache.save({{"/calico/b", std::nullopt, 80}}, {"123", "guid", true}, 80).ok());
  auto remembered = cache.load();
  REQUIRE(remembered.ok());
  CHECK(remembered->entries == std::vector<Entry>{{"/calico/a", zeros, 0x0102030405060708}});
  CHECK(remembered->identity == Identity{"123", "guid", true});
  CHECK(remembered->revision == 80);
  REQUIRE(store->commit({{"/calico/short", "1234567", std::nullopt}}).ok());  // no row of ours
  CHECK(cache.load()->entries.size() == 1);
}
