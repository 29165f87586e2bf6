// create, apply, replace, delete: every text and exit status of the v1 tool.
#include "bgp/base/limits.h"
#include "tests/ctl/cli/scene.h"

using namespace ctl::cli::testing;

namespace {
const std::string kNode =
    "apiVersion: v1\nkind: node\nmetadata:\n  name: node1\nspec:\n  bgp:\n    ipv4Address: 10.0.0.1\n";
const std::string kPeer = global_peer("192.20.30.40");

// Commits lose against somebody quicker, so many times.
struct Rival : config::store::MemStore {
  bgp::Result<uint64_t, config::store::StoreError> commit(const std::vector<config::store::Write>& writes) override {
    if (losses-- > 0)
      return bgp::Err(config::store::StoreError{config::store::StoreError::Kind::Conflict, "", writes[0].key, 0});
    return MemStore::commit(writes);
  }
  int losses = 0;
};
}  // namespace

TEST_CASE("what went well is counted, with the kind when there is one") {
  Scene calicoctl;
  CHECK(calicoctl("create -f -", documents({kPeer, global_peer("10.0.0.2")})).out ==
        "Successfully created 2 'bgpPeer' resource(s)\n");
  CHECK(calicoctl("apply -f -", documents({kPeer, kNode})).out == "Successfully applied 2 resource(s)\n");
  CHECK(calicoctl("replace -f -", kPeer).out == "Successfully replaced 1 'bgpPeer' resource(s)\n");
  auto deleted = calicoctl("delete -f -", documents({kPeer, kNode}));
  CHECK(deleted.out == "Successfully deleted 2 resource(s)\n");
  CHECK(deleted.exit == 0);
}

TEST_CASE("what exists cannot be created, unless that is to be skipped") {
  Scene calicoctl;
  calicoctl("create -f -", kPeer);
  auto again = calicoctl("create -f -", kPeer);
  CHECK(again.out ==
        "Failed to create 'bgpPeer' resource: resource already exists: BGPPeer(global, ip=192.20.30.40)\n");
  CHECK(again.err.empty());
  CHECK(again.exit == 1);
  auto skipped = calicoctl("create --skip-exists -f -", kPeer);
  CHECK(skipped.out == "Successfully created 1 'bgpPeer' resource(s)\n");
  CHECK(skipped.exit == 0);
}

TEST_CASE("what does not exist can neither be replaced nor deleted") {
  Scene calicoctl;
  CHECK(calicoctl("replace -f -", kPeer).out ==
        "Failed to replace 'bgpPeer' resource: resource does not exist: BGPPeer(global, ip=192.20.30.40)\n");
  auto deleted = calicoctl("delete bgpPeer aa:bb::ff --scope=node --node=node1");
  CHECK(deleted.out ==
        "Failed to delete 'bgpPeer' resource: resource does not exist: BGPPeer(node=node1, ip=aa:bb::ff)\n");
  CHECK(deleted.exit == 1);
  CHECK(calicoctl("delete -s bgppeer 192.20.30.40 --scope=global").out ==
        "Successfully deleted 1 'bgpPeer' resource(s)\n");
}

TEST_CASE("the first of several fails: none is written") {
  Scene calicoctl;
  calicoctl("create -f -", kPeer);
  auto one_kind = calicoctl("create -f -", documents({kPeer, global_peer("10.0.0.2")}));
  CHECK(one_kind.out ==
        "Failed to create any 'bgpPeer' resources: resource already exists: BGPPeer(global, ip=192.20.30.40)\n");
  CHECK(one_kind.exit == 1);
  CHECK(calicoctl("create -f -", documents({kPeer, kNode})).out ==
        "Failed to create any resources: resource already exists: BGPPeer(global, ip=192.20.30.40)\n");
  CHECK(calicoctl("get bgpPeer 10.0.0.2").out.find("10.0.0.2") == std::string::npos);
}

TEST_CASE("a later one fails: those before it are written") {
  Scene calicoctl;
  calicoctl("create -f -", kPeer);
  auto partial = calicoctl("create -f -", documents({global_peer("10.0.0.2"), kPeer, global_peer("10.0.0.3")}));
  CHECK(partial.out ==
        "Partial success: created the first 1 out of 3 'bgpPeer' resources:\n"
        "Hit error: resource already exists: BGPPeer(global, ip=192.20.30.40)\n");
  CHECK(partial.exit == 1);
  CHECK(calicoctl("create -f -", documents({kNode, kPeer})).out ==
        "Partial success: created the first 1 out of 2 resources:\n"
        "Hit error: resource already exists: BGPPeer(global, ip=192.20.30.40)\n");
  CHECK(calicoctl("get bgpPeer -o custom-columns=PEERIP").out ==
        "PEERIP         \n10.0.0.2       \n192.20.30.40   \n\n");
}

TEST_CASE("the same peer twice in a file: the second meets the first") {
  Scene calicoctl;
  CHECK(calicoctl("create -f -", documents({kPeer, kPeer})).out ==
        "Partial success: created the first 1 out of 2 'bgpPeer' resources:\n"
        "Hit error: resource already exists: BGPPeer(global, ip=192.20.30.40)\n");
  CHECK(calicoctl("apply -f -", documents({global_peer("10.0.0.9", "1"), global_peer("10.0.0.9", "1")})).exit == 0);
  CHECK(calicoctl("get bgpPeer 10.0.0.9 -o custom-columns=ASN").out == "ASN   \n1     \n\n");
}

TEST_CASE("fault 40: peers that contradict each other are refused, the whole file of them, with both lines") {
  Scene calicoctl;
  const std::string contradictory = documents({kPeer, global_peer("10.0.0.9", "1"), global_peer("10.0.0.9", "2")});
  const std::string refusal =
      "Failed to execute command: -:17: bgpPeer 10.0.0.9: contradicts the one of line 9: asNumber is 1 there and 2 here; "
      "keep one of them\n";
  for (const char* verb : {"create", "apply", "replace"}) {
    auto refused = calicoctl(std::string(verb) + " -f -", contradictory);
    CHECK(refused.out == refusal);
    CHECK(refused.exit == 1);
  }
  CHECK(calicoctl("get bgpPeer").out == "SCOPE   PEERIP   NODE   ASN   \n\n");
  // One node's peer beside everybody's is no contradiction: that node has both, and follows the global one.
  CHECK(calicoctl("apply -f -", documents({global_peer("10.0.0.9", "1"), node_peer("10.0.0.9", "n1", "2")})).exit == 0);
  CHECK(calicoctl("delete -f -", contradictory).out.find("contradicts") == std::string::npos);
}

TEST_CASE("nothing is written when any document of a file is bad") {
  Scene calicoctl;
  auto bad = calicoctl("create -f -", documents({kPeer, global_peer("192.168.0.256")}));
  CHECK(bad.out.starts_with("Failed to execute command: "));
  CHECK(bad.out.find("192.168.0.256") != std::string::npos);
  CHECK(bad.exit == 1);
  CHECK(calicoctl("get bgpPeer").out == "SCOPE   PEERIP   NODE   ASN   \n\n");
}

TEST_CASE("a file that is not there, or says nothing") {
  Scene calicoctl;
  auto missing = calicoctl("create -f /nonexistent/peers.yaml");
  CHECK(missing.out == "Failed to execute command: open /nonexistent/peers.yaml: No such file or directory\n");
  CHECK(missing.exit == 1);
  auto empty = calicoctl("apply -f -", "[]\n");
  CHECK(empty.out == "No resources specified in file\n");
  CHECK(empty.exit == 1);
}

TEST_CASE("a file is read to its end, up to the longest that a document may be") {
  Scene calicoctl;
  const std::string pad = "# " + std::string(100'000, 'x') + "\n";
  CHECK(calicoctl("create -f -", documents({kPeer, pad + global_peer("10.0.0.2")})).out ==
        "Successfully created 2 'bgpPeer' resource(s)\n");
  const std::string longest = "[]\n" + std::string(bgp::limits::kDocumentBytesMax - 3, '\n');
  CHECK(calicoctl("apply -f -", longest).out == "No resources specified in file\n");
  for (const std::string& more : {longest + "\n", longest + longest}) {
    CHECK(calicoctl("apply -f -", more).out.find("document is larger than 4194304 bytes") != std::string::npos);
  }
}

TEST_CASE("a delete that identifies nothing says what the v1 tool says, and why on stderr") {
  Scene calicoctl;
  for (auto [line, why] : {std::pair("delete nonsense x", "Resource type 'nonsense' is not supported\n"),
                           std::pair("delete bgpPeer 1.2.3.4 --scope=both",
                                     "Unrecognized scope 'both', must be one of: global, node\n")}) {
    auto result = calicoctl(line);
    CHECK(result.out == "No resources specified in file\n");
    CHECK(result.err == why);
    CHECK(result.exit == 1);
  }
  CHECK(calicoctl("delete bgpPeer 1.2.3.400 --scope=global").out == "No resources specified in file\n");
  CHECK(calicoctl("delete bgpPeer 1.2.3.4").out ==
        "Failed to delete 'bgpPeer' resource: insufficient identifiers, missing 'scope'\n");
}

TEST_CASE("a write that loses against another is tried again on what is there now") {
  Scene calicoctl;
  auto rival = std::make_shared<Rival>();
  calicoctl.store = rival;
  rival->losses = 3;
  CHECK(calicoctl("create -f -", kPeer).exit == 0);
  rival->losses = 1000;
  CHECK(calicoctl("apply -f -", kPeer).out ==
        "Failed to apply 'bgpPeer' resource: update conflict: 'BGPPeer(global, ip=192.20.30.40)'\n");
  CHECK(calicoctl("config set asNumber 5").out == "Error executing command: update conflict: 'asNumber'\n");
}

TEST_CASE("deleting a node takes what hangs on it, not its peers") {
  Scene calicoctl;
  calicoctl("create -f -",
            documents({kNode, node_peer("10.0.0.9", "node1"),
                       "apiVersion: v1\nkind: blockAffinity\nmetadata:\n  node: node1\n  cidr: 192.168.1.0/26\n"}));
  CHECK(calicoctl("get blockAffinity").out.find("192.168.1.0/26") != std::string::npos);
  CHECK(calicoctl("delete node node1").exit == 0);
  CHECK(calicoctl("get blockAffinity").out.find("192.168.1.0/26") == std::string::npos);
  CHECK(calicoctl("get bgpPeer --node=node1").out.find("10.0.0.9") != std::string::npos);
}
