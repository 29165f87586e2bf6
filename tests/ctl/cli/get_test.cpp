#include "tests/ctl/cli/scene.h"

using namespace ctl::cli::testing;

namespace {
Scene with_peers() {
  Scene calicoctl;
  calicoctl("create -f -", documents({node_peer("10.0.0.3", "node1"), global_peer("aa:bb::ff"),
                                      global_peer("192.20.30.40"), node_peer("192.20.30.40", "node2")}));
  return calicoctl;
}

// The PEERIP and NODE cells of a table, without its heading.
std::string peers(const std::string& table) {
  std::istringstream lines(table);
  std::string line, text;
  std::getline(lines, line);
  while (std::getline(lines, line) && !line.empty()) {
    std::istringstream cells(line);
    std::string scope, ip, third, fourth;
    cells >> scope >> ip >> third >> fourth;
    text += ip + (fourth.empty() ? "" : "@" + third) + " ";
  }
  return text;
}
}  // namespace

TEST_CASE("get lists global peers first, v4 before v6, then by node") {
  Scene calicoctl = with_peers();
  CHECK(peers(calicoctl("get bgpPeer").out) == "192.20.30.40 aa:bb::ff 10.0.0.3@node1 192.20.30.40@node2 ");
}

TEST_CASE("get filters by scope, node and address") {
  Scene calicoctl = with_peers();
  CHECK(peers(calicoctl("get bgpPeer --scope=global").out) == "192.20.30.40 aa:bb::ff ");
  CHECK(peers(calicoctl("get bgpPeer --scope=node").out) == "10.0.0.3@node1 192.20.30.40@node2 ");
  CHECK(peers(calicoctl("get bgpPeer --node=node1").out) == "10.0.0.3@node1 ");
  CHECK(peers(calicoctl("get bgpPeer 192.20.30.40").out) == "192.20.30.40 192.20.30.40@node2 ");
  CHECK(peers(calicoctl("get bgpPeer AA:BB::FF").out) == "aa:bb::ff ");
  CHECK(peers(calicoctl("get bgpPeer --scope=global --node=node1").out) == "");
  for (const char* alias : {"bgppeer", "BGPPEERS", "bgpp", "bgpps", "bp", "bps"})
    CHECK_MESSAGE(peers(calicoctl(std::string("get ") + alias + " --node=node1").out) == "10.0.0.3@node1 ", alias);
}

TEST_CASE("what is absent is an empty table and no error") {
  Scene calicoctl;
  auto absent = calicoctl("get bgpPeer 1.2.3.4");
  CHECK(absent.out == "SCOPE   PEERIP   NODE   ASN   \n\n");
  CHECK(absent.exit == 0);
  CHECK(calicoctl("get bgpPeer -o yaml").out == "[]\n");
  CHECK(calicoctl("get bgpPeer -o json").out == "[]\n");
}

TEST_CASE("YAML and JSON are the v1 tool's, and can be fed back") {
  Scene calicoctl;
  calicoctl("create -f -", node_peer("aa:bb::ff", "node1"));
  auto yaml = calicoctl("get bgpPeer -o yaml").out;
  CHECK(yaml ==
        "- apiVersion: v1\n  kind: bgpPeer\n  metadata:\n    node: node1\n    peerIP: aa:bb::ff\n    scope: node\n"
        "  spec:\n    asNumber: 64514\n");
  auto json = calicoctl("get bgpPeer -o json").out;
  CHECK(json ==
        "[\n  {\n    \"kind\": \"bgpPeer\",\n    \"apiVersion\": \"v1\",\n    \"metadata\": {\n      \"scope\": "
        "\"node\",\n"
        "      \"node\": \"node1\",\n      \"peerIP\": \"aa:bb::ff\"\n    },\n    \"spec\": {\n      \"asNumber\": "
        "64514\n"
        "    }\n  }\n]\n");
  CHECK(calicoctl("replace -f -", yaml).exit == 0);
  CHECK(calicoctl("delete -f -", json).exit == 0);
}

TEST_CASE("get -f shows what a file names: a table for each, or one flat list") {
  Scene calicoctl = with_peers();
  std::string file = documents({global_peer("192.20.30.40", "1"), node_peer("10.0.0.3", "node1")});
  CHECK(calicoctl("get -f -", file).out ==
        "SCOPE    PEERIP         NODE   ASN     \nglobal   192.20.30.40          64567   \n\n"
        "SCOPE   PEERIP     NODE    ASN     \nnode    10.0.0.3   node1   64514   \n\n");
  auto yaml = calicoctl("get -o yaml -f -", file).out;
  CHECK(yaml.find("192.20.30.40") != std::string::npos);
  CHECK(yaml.find("10.0.0.3") != std::string::npos);
  auto bad = calicoctl("get -f -", "kind: [");
  CHECK(bad.out.starts_with("Failed to execute command: "));
  CHECK(bad.exit == 1);
}

TEST_CASE("wide shows what a node inherits in parentheses") {
  Scene calicoctl;
  calicoctl("create -f -",
            "apiVersion: v1\nkind: node\nmetadata:\n  name: node1\nspec:\n  bgp:\n    ipv4Address: 10.0.0.1\n");
  CHECK(calicoctl("get node").out == "NAME    \nnode1   \n\n");
  CHECK(calicoctl("get node -o wide").out.find("(64512)") != std::string::npos);
  calicoctl("config set asNumber 64600");
  CHECK(calicoctl("get node -o wide").out.find("(64600)") != std::string::npos);
}

TEST_CASE("columns may be chosen; an unknown one is named, with exit 0") {
  Scene calicoctl = with_peers();
  CHECK(calicoctl("get bgpPeer 10.0.0.3 -o custom-columns=ASN,PEERIP").out ==
        "ASN     PEERIP     \n64514   10.0.0.3   \n\n");
  auto unknown = calicoctl("get bgpPeer -o custom-columns=NONE");
  CHECK(unknown.out == "Unknown heading NONE, valid values are: SCOPE, PEERIP, NODE, ASN\n");
  CHECK(unknown.exit == 0);
}

TEST_CASE("what get cannot do it says") {
  Scene calicoctl;
  struct Case {
    const char* line;
    const char* out;
  };
  for (const Case& c : {Case{"get x", "Failed to get resources: Resource type 'x' is not supported\n"},
                        Case{"get bgpPeer --scope=x",
                             "Failed to get resources: Unrecognized scope 'x', must be one of: global, node\n"},
                        Case{"get bgpPeer -o x", "unrecognized output format 'x'\n"},
                        Case{"get bgpPeer -o go-template=", "need to specify a template\n"},
                        Case{"get bgpPeer -o go-template-file=", "need to specify a template file\n"},
                        Case{"get bgpPeer -o custom-columns=", "need to specify at least one column\n"}}) {
    auto result = calicoctl(c.line);
    CHECK(result.out == c.out);
    CHECK(result.exit == 1);
  }
}

TEST_CASE("in v3 clothes a list is an object, and tables have v3's columns") {
  Scene calicoctl = with_peers();
  CHECK(calicoctl("get bgppeer --api v3 --node=node1").out.starts_with("NAME"));
  calicoctl.environment["CALICO_API"] = "v3";
  auto yaml = calicoctl("get bgppeer -o yaml").out;
  CHECK(yaml.find("kind: BGPPeerList\n") != std::string::npos);
  CHECK(yaml.find("apiVersion: projectcalico.org/v3\n") != std::string::npos);
}
