// A stored object that makes no sense must not take its kind away from calicoctl; and what of a stored one must not change.
#include "tests/ctl/cli/scene.h"

using namespace ctl::cli::testing;

namespace {

const std::string kPeers = "/calico/resources/v3/projectcalico.org/bgppeers/";

// One good peer, and one as a careless tool may have stored it.
Scene scene_with(const std::string& value) {
  Scene calicoctl;
  calicoctl("create -f -", global_peer("192.0.2.1"));
  REQUIRE(calicoctl.store->commit({{kPeers + "10-0-0-1", value, 0}}));
  return calicoctl;
}

const std::string kBad = R"({"metadata":{"name":"10-0-0-1","uid":"u-1"},"spec":{"peerIP":"10.0.0.1","reachableBy":"there"}})";

}  // namespace

TEST_CASE("get shows what can be read, and says of the other what, where and why") {
  Scene calicoctl = scene_with(kBad);
  const Result got = calicoctl("get bgpPeer");
  CHECK(got.exit == 0);
  CHECK(got.out == "SCOPE    PEERIP      NODE   ASN     \nglobal   192.0.2.1          64567   \n\n");
  CHECK(got.err == "Warning: BGPPeer 10-0-0-1 is not shown, it cannot be read: error with field reachableBy = 'there' (ReachableBy "
                   "is invalid address) (key " + kPeers + "10-0-0-1); replace it, or delete it with --api v3\n");
}

TEST_CASE("an unreadable object is deleted by its name or its v1 identity") {
  for (const char* line : {"delete bgpPeer 10-0-0-1 --api v3", "delete bgpPeer 10.0.0.1 --scope=global"}) {
    CAPTURE(line);
    for (const std::string& value : {kBad, std::string("no JSON"), std::string()}) {
      Scene calicoctl = scene_with(value);
      CHECK(calicoctl(line).exit == 0);
      CHECK(calicoctl("get bgpPeer").err.empty());
    }
  }
}

TEST_CASE("an unreadable object is replaced and applied over; create says that it exists") {
  for (const char* verb : {"replace", "apply"}) {
    Scene calicoctl = scene_with(kBad);
    CHECK(calicoctl("create -f -", global_peer("10.0.0.1")).out ==
          "Failed to create 'bgpPeer' resource: resource already exists: BGPPeer(global, ip=10.0.0.1)\n");
    CHECK(calicoctl(std::string(verb) + " -f -", global_peer("10.0.0.1")).exit == 0);
    const Result got = calicoctl("get bgpPeer 10.0.0.1");
    CHECK(got.err.empty());
    CHECK(got.out.find("10.0.0.1") != std::string::npos);
  }
}

TEST_CASE("other resources of the kind are written while one cannot be read") {
  Scene calicoctl = scene_with(kBad);
  CHECK(calicoctl("create -f -", global_peer("192.0.2.2")).exit == 0);
  CHECK(calicoctl("delete bgpPeer 192.0.2.1 --scope=global").exit == 0);
}

TEST_CASE("a pool's cidr and blockSize cannot be modified, its other fields can") {
  Scene calicoctl;
  const auto pool = [](const std::string& spec) {
    return "apiVersion: projectcalico.org/v3\nkind: IPPool\nmetadata: {name: pool}\nspec: {" + spec + "}\n";
  };
  REQUIRE(calicoctl("create -f -", pool("cidr: 10.1.0.0/16, blockSize: 26")).exit == 0);
  for (const char* verb : {"replace", "apply"}) {
    const std::string line = std::string(verb) + " -f -";
    CHECK(calicoctl(line, pool("cidr: 10.2.0.0/16, blockSize: 26")).out ==
          "Failed to " + std::string(verb) + " 'IPPool' resource: error with field cidr = '10.2.0.0/16' (IPPool CIDR cannot be modified)\n");
    CHECK(calicoctl(line, pool("cidr: 10.1.0.0/16, blockSize: 27")).out ==
          "Failed to " + std::string(verb) + " 'IPPool' resource: error with field blockSize = '27' (IPPool BlockSize cannot be modified)\n");
    CHECK(calicoctl(line, pool("cidr: 10.1.0.0/16, natOutgoing: true, disabled: true")).exit == 0);
  }
}
