// What calicoctl asks the store for: a resource by its key, and a whole kind only where that is needed.
#include "tests/ctl/cli/scene.h"

using namespace ctl::cli::testing;

namespace {

using config::store::StoreError;

// Counts what it is asked, and lets somebody else write between the reading and the commit.
struct CountingStore : config::store::MemStore {
  bgp::Result<std::optional<config::store::Entry>, StoreError> get(const std::string& key) override {
    ++gets;
    return MemStore::get(key);
  }
  bgp::Result<config::store::Listing, StoreError> list(const std::string& prefix) override {
    ++lists;
    return MemStore::list(prefix);
  }
  bgp::Result<uint64_t, StoreError> commit(const std::vector<config::store::Write>& writes) override {
    expected.clear();
    for (const config::store::Write& write : writes) expected.push_back(write.expected_revision);
    if (!rival.empty()) REQUIRE(MemStore::commit(std::exchange(rival, {})));
    return MemStore::commit(writes);
  }
  int gets = 0, lists = 0;
  std::vector<std::optional<uint64_t>> expected;  // of the last commit
  std::vector<config::store::Write> rival;
};

struct Counted {
  Counted() { calicoctl.store = store; }
  Result operator()(const std::string& line, const std::string& input = "") {
    store->gets = store->lists = 0;
    return calicoctl(line, input);
  }
  std::shared_ptr<CountingStore> store = std::make_shared<CountingStore>();
  Scene calicoctl;
};

std::string v3_peer(const std::string& name, const std::string& ip, const std::string& asn = "64567") {
  return "apiVersion: projectcalico.org/v3\nkind: BGPPeer\nmetadata: {name: " + name + "}\nspec: {peerIP: " + ip +
         ", asNumber: " + asn + "}\n";
}

const std::string kOne = v3_peer("one", "10.0.0.1");
const std::string kKey = "/calico/resources/v3/projectcalico.org/bgppeers/one";

}  // namespace

TEST_CASE("a v3 resource is written after one look at its own key") {
  Counted calicoctl;
  for (const char* line : {"create -f -", "apply -f -", "replace -f -", "delete -f -"}) {
    CAPTURE(line);
    CHECK(calicoctl(line, kOne).exit == 0);
    CHECK(calicoctl.store->gets == 1);
    CHECK(calicoctl.store->lists == 0);
  }
  calicoctl("create -f -", kOne);
  CHECK(calicoctl("delete bgpPeer one --api v3").exit == 0);
  CHECK(calicoctl.store->lists == 0);
}

TEST_CASE("a v1 resource is looked for in its kind only when nothing is under its key") {
  Counted calicoctl;
  CHECK(calicoctl("create -f -", global_peer("10.0.0.1")).exit == 0);
  CHECK(calicoctl.store->lists == 1);
  CHECK(calicoctl("apply -f -", global_peer("10.0.0.1", "5")).exit == 0);
  CHECK(calicoctl.store->lists == 0);
}

TEST_CASE("v1's identity finds a resource under another v3 name, also one that the same file planned") {
  Counted calicoctl;
  CHECK(calicoctl("create -f -", kOne).exit == 0);
  const std::string exists = "resource already exists: BGPPeer(global, ip=10.0.0.1)\n";
  CHECK(calicoctl("create -f -", global_peer("10.0.0.1")).out == "Failed to create 'bgpPeer' resource: " + exists);
  CHECK(calicoctl("create -f -", documents({v3_peer("two", "10.0.0.2"), global_peer("10.0.0.2")})).out ==
        "Partial success: created the first 1 out of 2 'BGPPeer' resources:\n"
        "Hit error: resource already exists: BGPPeer(global, ip=10.0.0.2)\n");
  CHECK(calicoctl("delete -f -", global_peer("10.0.0.1")).exit == 0);
  CHECK(calicoctl("delete -f -", kOne).out ==
        "Failed to delete 'BGPPeer' resource: resource does not exist: BGPPeer(global, ip=10.0.0.1)\n");
}

TEST_CASE("a file that names a v3 resource twice meets its first word") {
  Counted calicoctl;
  CHECK(calicoctl("create -f -", documents({kOne, kOne})).out ==
        "Partial success: created the first 1 out of 2 'BGPPeer' resources:\n"
        "Hit error: resource already exists: BGPPeer(global, ip=10.0.0.1)\n");
  CHECK(calicoctl.store->gets == 1);
  CHECK(calicoctl("delete -f -", documents({kOne, kOne})).out ==
        "Partial success: deleted the first 1 out of 2 'BGPPeer' resources:\n"
        "Hit error: resource does not exist: BGPPeer(global, ip=10.0.0.1)\n");
  CHECK(calicoctl.store->gets == 1);
}

TEST_CASE("a commit expects what was read under the key, and nothing where nothing was") {
  Counted calicoctl;
  calicoctl("create -f -", kOne);
  CHECK(calicoctl.store->expected == std::vector<std::optional<uint64_t>>{0});
  const uint64_t revision = (*calicoctl.store->get(kKey))->revision;
  calicoctl("apply -f -", kOne);
  CHECK(calicoctl.store->expected == std::vector<std::optional<uint64_t>>{revision});

  calicoctl.store->rival = {{kKey, std::nullopt, std::nullopt}};
  CHECK(calicoctl("replace -f -", kOne).out ==
        "Failed to replace 'BGPPeer' resource: resource does not exist: BGPPeer(global, ip=10.0.0.1)\n");
  CHECK(calicoctl.store->gets == 2);
}

TEST_CASE("a key that was read before its kind was listed is expected as it was read") {
  Counted calicoctl;
  CHECK(calicoctl("create -f -", kOne).exit == 0);
  const uint64_t revision = (*calicoctl.store->get(kKey))->revision;
  CHECK(calicoctl("apply -f -", documents({v3_peer("one", "10.0.0.1", "5"), global_peer("10.0.0.9")})).exit == 0);
  CHECK(calicoctl.store->expected == std::vector<std::optional<uint64_t>>{0, revision});
}

TEST_CASE("a file of many resources is compared with one listing instead of many looks") {
  std::vector<std::string> peers;
  for (int n = 1; n <= 100; ++n) peers.push_back(v3_peer("peer" + std::to_string(n), "10.0.0." + std::to_string(n)));
  Counted calicoctl;
  for (const char* line : {"create -f -", "apply -f -", "delete -f -"}) {
    CHECK(calicoctl(line, documents(peers)).exit == 0);
    CHECK(calicoctl.store->gets == 8);
    CHECK(calicoctl.store->lists == 1);
  }
}

TEST_CASE("what cannot be read is met by its key, too") {
  Counted calicoctl;
  for (const char* verb : {"apply", "replace", "delete"}) {
    CAPTURE(verb);
    REQUIRE(calicoctl.store->commit({{kKey, "no JSON", std::nullopt}}));
    CHECK(calicoctl("create -f -", kOne).out ==
          "Failed to create 'BGPPeer' resource: resource already exists: BGPPeer(global, ip=10.0.0.1)\n");
    CHECK(calicoctl(std::string(verb) + " -f -", kOne).exit == 0);
    CHECK(calicoctl("get bgpPeer").err.empty());
  }
}

TEST_CASE("get of one v3 name reads that one; its kind only when the key has nothing to show") {
  Counted calicoctl;
  calicoctl("create -f -", documents({kOne, v3_peer("two", "10.0.0.2")}));
  CHECK(calicoctl("get bgpPeer one --api v3 -o custom-columns=NAME").out == "NAME   \none    \n\n");
  CHECK(calicoctl.store->lists == 0);
  CHECK(calicoctl("get -f - -o custom-columns=PEERIP", kOne).out == "PEERIP     \n10.0.0.1   \n\n");
  CHECK(calicoctl.store->lists == 0);
  CHECK(calicoctl("get bgpPeer one --api v3 --scope=node -o custom-columns=NAME").out == "NAME   \n\n");
  CHECK(calicoctl.store->lists == 1);
  CHECK(calicoctl("get bgpPeer 10.0.0.2 -o custom-columns=PEERIP").out == "PEERIP     \n10.0.0.2   \n\n");
  CHECK(calicoctl.store->lists == 1);
}
