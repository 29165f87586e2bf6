// Fault 39: a thousand peers are configured and up, and one line of the configuration changes. Resources go through
// resolve() into one speaker, as in the daemon.
#include "tests/bgp/speaker/one_speaker.h"
#include "tests/support/stored.h"

using namespace bgp;
using namespace bgp::speaker;

namespace {

constexpr int kPeers = 1000;
constexpr int kChanged = 613;

std::string address(int peer) { return "10.1." + std::to_string(peer / 250) + "." + std::to_string(1 + peer % 250); }

// Passive, so that it is for the test to connect. `spec`, `annotations`: what it says besides its address and AS.
std::string peer_resource(int peer, const std::string& spec = "", const std::string& annotations = "") {
  return "- {apiVersion: projectcalico.org/v3, kind: BGPPeer, metadata: {name: p" + std::to_string(peer) +
         ", annotations: {calico-bgp/passive: 'true'" + annotations + "}}, spec: {peerIP: " + address(peer) + ", asNumber: 65001" + spec +
         "}}\n";
}

// All peers; the changed one is `other`, and `more` is there as well.
SpeakerConfig config_with(const std::string& other = peer_resource(kChanged), const std::string& more = "") {
  std::string yaml = kMeshOff + node("n1", "ipv4Address: 192.0.2.254") + block("n1", "192.168.1.0/26") + more;
  for (int peer = 0; peer < kPeers; ++peer) yaml += peer == kChanged ? other : peer_resource(peer);
  auto resolved = ::resolved(yaml);
  REQUIRE(!resolved.problem);
  return std::move(resolved.config);
}

struct Thousand {
  OneSpeaker one{config_with()};
  std::vector<ConnId> conns;

  Thousand() {
    REQUIRE(one.speaker.snapshot(one.now).peers.size() == kPeers);
    for (int peer = 0; peer < kPeers; ++peer) conns.push_back(one.establish(address(peer).c_str(), 65001));
    one.wait(1s);
    one.outputs.clear();
    one.heard.clear();
  }
  // Who heard anything, or lost its connection: "613 NOTIFICATION 6/6 closed".
  std::string touched_by(SpeakerConfig config) {
    one.reconfigure(std::move(config));
    one.wait(1s);
    std::map<uint32_t, std::string> touched = one.heard;
    for (const Output& output : one.outputs)
      if (const auto* close = std::get_if<output::Close>(&output)) touched[close->conn.value] += " closed";
    std::string text;
    for (int peer = 0; peer < kPeers; ++peer) {
      const auto found = touched.find(conns[static_cast<size_t>(peer)].value);
      if (found != touched.end()) text += std::to_string(peer) + " " + found->second + "\n";
    }
    return text;
  }
  int established() const {
    int up = 0;
    for (const PeerSnapshot& peer : one.speaker.snapshot(one.now).peers) up += peer.state == session::State::Established;
    return up;
  }
};

}  // namespace

TEST_CASE("fault 39: of a thousand peers, exactly the session of the one that changed is touched") {
  Thousand thousand;
  SUBCASE("nothing changed") {
    CHECK(thousand.touched_by(config_with()) == "");
    CHECK(thousand.established() == kPeers);
  }
  SUBCASE("a timer of its OPEN: reset, and told why") {
    CHECK(thousand.touched_by(config_with(peer_resource(kChanged, "", ", calico-bgp/hold-time: 30s"))) == "613 NOTIFICATION 6/6 closed\n");
    CHECK(thousand.established() == kPeers - 1);
    thousand.one.establish(address(kChanged).c_str(), 65001);
    CHECK(thousand.established() == kPeers);
  }
  SUBCASE("a timer that its session can follow: nobody hears of it") {
    CHECK(thousand.touched_by(config_with(peer_resource(kChanged, ", keepaliveTime: 20s"))) == "");
    CHECK(thousand.established() == kPeers);
  }
  SUBCASE("another AS: reset") {
    const std::string other = "- {apiVersion: v1, kind: bgpPeer, metadata: {scope: global, peerIP: " + address(kChanged) +
                              "}, spec: {asNumber: 65002}}\n";
    CHECK(thousand.touched_by(config_with(other)) == "613 NOTIFICATION 6/6 closed\n");
  }
  SUBCASE("a filter of what it is told: its session stays, and it alone is told the difference") {
    const std::string filter = v3("BGPFilter", "quiet", "exportV4: [{action: Reject}]");
    CHECK(thousand.touched_by(config_with(peer_resource(kChanged, ", filters: [quiet]"), filter)) == "613 UPDATE\n");
    CHECK(thousand.established() == kPeers);
  }
  SUBCASE("it is gone") {
    CHECK(thousand.touched_by(config_with("")) == "613 NOTIFICATION 6/3 closed\n");
    CHECK(thousand.established() == kPeers - 1);
  }
  SUBCASE("a new one beside it touches nobody") {
    CHECK(thousand.touched_by(config_with(peer_resource(kChanged), peer_resource(kPeers))) == "");
    CHECK(thousand.established() == kPeers);
  }
}
