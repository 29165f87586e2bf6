// What the page "Configuring BGP Peers" shows, byte for byte (trailing blanks are the table writer's).
#include "tests/ctl/cli/scene.h"

using namespace ctl::cli::testing;

TEST_CASE("the user's page: the default AS number") {
  Scene calicoctl;
  auto set = calicoctl("config set asNumber 64513");
  CHECK(set.exit == 0);
  CHECK(set.out.empty());
  CHECK(calicoctl("config get asNumber").out == "64513\n");
}

TEST_CASE("the user's page: the mesh goes off and on") {
  Scene calicoctl;
  CHECK(calicoctl("config get nodeToNodeMesh").out == "on\n");
  CHECK(calicoctl("config set nodeToNodeMesh off").out.empty());
  CHECK(calicoctl("config get nodeToNodeMesh").out == "off\n");
  CHECK(calicoctl("config set nodeToNodeMesh on").exit == 0);
  CHECK(calicoctl("config get nodeToNodeMesh").out == "on\n");
}

TEST_CASE("the user's page: a global peer") {
  Scene calicoctl;
  auto created = calicoctl("create -f -", global_peer("192.20.30.40"));
  CHECK(created.out == "Successfully created 1 'bgpPeer' resource(s)\n");
  CHECK(created.exit == 0);
  CHECK(calicoctl("get bgpPeer --scope=global").out ==
        "SCOPE    PEERIP         NODE   ASN     \n"
        "global   192.20.30.40          64567   \n"
        "\n");
  auto deleted = calicoctl("delete bgpPeer 192.20.30.40 --scope=global");
  CHECK(deleted.out == "Successfully deleted 1 'bgpPeer' resource(s)\n");
  CHECK(deleted.exit == 0);
  CHECK(calicoctl("get bgpPeer").out == "SCOPE   PEERIP   NODE   ASN   \n\n");
}

TEST_CASE("the user's page: a node specific peer") {
  Scene calicoctl;
  CHECK(calicoctl("create -f -", node_peer("aa:bb::ff", "node1")).exit == 0);
  CHECK(calicoctl("get bgpPeer --node=node1").out ==
        "SCOPE   PEERIP      NODE    ASN     \n"
        "node    aa:bb::ff   node1   64514   \n"
        "\n");
  CHECK(calicoctl("delete bgpPeer aa:bb::ff --scope=node --node=node1").out ==
        "Successfully deleted 1 'bgpPeer' resource(s)\n");
}
