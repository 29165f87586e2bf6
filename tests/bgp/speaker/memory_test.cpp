// A bound on memory as a whole: RFC 4486, Cease 6/8. How much is used is an input; who goes is decided here.
#include "one_speaker.h"

namespace bgp::speaker {
namespace {

const char* const kSmall = "192.0.2.1";
const char* const kBig = "192.0.2.2";
const char* const kThird = "192.0.2.3";
constexpr uint64_t kBound = 10'000;  // "octets": what the tables of these tests really take is of that size

// `count` prefixes 10.N.0.0/16.
std::string blocks(int from, int count) {
  std::string out;
  for (int i = from; i < from + count; ++i) out += (out.empty() ? "10." : " 10.") + std::to_string(i) + ".0.0/16";
  return out;
}

struct Short : OneSpeaker {
  explicit Short(std::vector<PeerSettings> peers = {neighbour(kSmall, 65001), neighbour(kBig, 65001), neighbour(kThird, 65001)},
                 bool has_fib = false)
      : OneSpeaker(config_of(std::move(peers)), has_fib) {}
  // Per cent of the bound.
  void use(unsigned percent) { handle(input::MemoryUse{kBound / 100 * percent, kBound}); }
  ConnId with_routes(const char* from, int first, int count) {
    ConnId conn = establish(from, 65001);
    say(conn, announcement(blocks(first, count)));
    return conn;
  }
  bool was_told(ConnId conn, const char* notification) { return heard[conn.value].ends_with(notification); }
  bool is_up(const char* address) { return peer(address).state == session::State::Established; }
};

TEST_CASE("fault 36: when memory is full the peer with most routes is told 6/8, its routes go, and nobody else's") {
  Short one;
  ConnId small = one.with_routes(kSmall, 1, 2);
  ConnId big = one.with_routes(kBig, 100, 20);
  ConnId third = one.with_routes(kThird, 50, 3);
  one.use(limits::kMemoryFullPercent - 1);
  CHECK(one.is_up(kBig));
  one.use(limits::kMemoryFullPercent);
  CHECK(one.was_told(big, "NOTIFICATION 6/8"));
  CHECK_FALSE(one.was_told(small, "NOTIFICATION 6/8"));
  CHECK_FALSE(one.was_told(third, "NOTIFICATION 6/8"));
  CHECK(one.peer(kBig).ipv4.received == 0);
  CHECK(one.peer(kSmall).ipv4.received == 2);
  CHECK(one.peer(kThird).ipv4.received == 3);
  CHECK(one.logged("memory_full") == 1);
}

TEST_CASE("octets count, not routes: few routes with large attributes of their own are more than many that share one set") {
  Short one;
  ConnId many = one.with_routes(kBig, 100, 8);
  ConnId few = one.establish(kSmall, 65001);
  for (int i = 1; i <= 4; ++i) {  // COMMUNITIES of 400 octets, another one each
    std::string communities = "c0 08 fc";
    for (int n = 0; n < 63; ++n) communities += " 0001000" + std::to_string(i);
    one.say(few, announcement(blocks(i, 1), "02 01 0000fde9", communities));
  }
  REQUIRE(one.peer(kSmall).ipv4.received == 4);
  one.use(limits::kMemoryFullPercent);
  CHECK(one.was_told(few, "NOTIFICATION 6/8"));
  CHECK_FALSE(one.was_told(many, "NOTIFICATION 6/8"));
}

TEST_CASE("of two that take the same it is always the one with the lower address") {
  for (auto [first, second] : {std::pair(kBig, kThird), std::pair(kThird, kBig)}) {
    Short one;
    one.with_routes(first, first == kBig ? 1 : 101, 9);
    one.with_routes(second, second == kBig ? 1 : 101, 9);
    one.use(90);
    CHECK_FALSE(one.is_up(kBig));
    CHECK(one.is_up(kThird));
  }
}

TEST_CASE("the next one goes only when memory grew all the same, or has not come back after a while") {
  Short one;
  one.with_routes(kSmall, 1, 9), one.with_routes(kBig, 100, 20), one.with_routes(kThird, 50, 15);
  one.use(50);
  one.use(54);
  CHECK(one.is_up(kThird));
  one.use(55);
  CHECK_FALSE(one.is_up(kThird));
  CHECK(one.is_up(kSmall));
  one.wait(limits::kMemorySettle - 1s);
  one.use(55);
  CHECK(one.is_up(kSmall));
  one.wait(2s);
  one.use(55);
  CHECK_FALSE(one.is_up(kSmall));
}

TEST_CASE("while memory is tight new sessions are refused with 6/8, those that are up stay, and all is well afterwards") {
  Short one;
  ConnId small = one.with_routes(kSmall, 1, 20);
  one.use(limits::kMemoryTightPercent);
  CHECK(one.logged("memory_short") == 1);
  CHECK(one.heard[one.connect(kBig).value] == "NOTIFICATION 6/8");
  CHECK(one.heard[one.connect("203.0.113.9").value] == "");  // a stranger hears no word
  CHECK(one.peer(kBig).is_kept_out_by_memory);
  CHECK(one.speaker.snapshot(one.now).is_memory_tight);
  one.use(limits::kMemoryEasedPercent);
  CHECK(one.heard[one.connect(kBig).value] == "NOTIFICATION 6/8");
  one.use(limits::kMemoryEasedPercent - 1);
  CHECK(one.logged("memory_eased") == 1);
  one.with_routes(kBig, 100, 5);
  CHECK(one.is_up(kBig));
  CHECK_FALSE(one.peer(kBig).is_kept_out_by_memory);
  CHECK_FALSE(one.was_told(small, "NOTIFICATION 6/8"));
}

TEST_CASE("sessions are welcome while it is not routes that fill the memory, as in a control group with others in it") {
  Short one;
  one.use(limits::kMemoryTightPercent);
  CHECK_FALSE(one.speaker.snapshot(one.now).is_memory_tight);
  one.with_routes(kSmall, 1, 2);
  CHECK(one.is_up(kSmall));
  one.with_routes(kBig, 100, 20);
  one.use(limits::kMemoryTightPercent + 1);
  CHECK(one.heard[one.connect(kThird).value] == "NOTIFICATION 6/8");
}

TEST_CASE("a connection of ours that is answered while memory is tight ends at once, and is tried again") {
  PeerSettings active = neighbour(kSmall, 65001);
  active.session.passive = false;
  Short one({active, neighbour(kBig, 65001)});
  one.with_routes(kBig, 100, 20);
  const auto* connect = std::get_if<output::Connect>(&one.outputs.back());
  for (const Output& output : one.outputs)
    if (const auto* c = std::get_if<output::Connect>(&output)) connect = c;
  REQUIRE(connect);
  ConnId conn = connect->conn;
  one.use(47);
  one.handle(input::Connected{conn, ip("192.0.2.254")});
  CHECK(one.heard[conn.value] == "NOTIFICATION 6/8");
  int dials = one.count<output::Connect>();
  one.wait(120s);
  CHECK(one.count<output::Connect>() > dials);
}

TEST_CASE("a peer whose routes are kept over its restart may return while memory is tight, and can be the one that goes") {
  Short one({neighbour(kSmall, 65001), neighbour(kBig, 65001)});
  auto graceful = [](wire::Capabilities& c) {
    c.graceful_restart = wire::GracefulRestart{};
    c.graceful_restart->restart_time_s = 120;
    c.graceful_restart->families = FamilySet::both();
    c.graceful_restart->forwarding = FamilySet::both();
  };
  SpeakerConfig config = one.speaker.config();
  ConnId conn = one.establish(kBig, 65001, graceful);
  one.say(conn, announcement(blocks(1, 20)));
  one.handle(input::Closed{conn, "Connection reset by peer"});
  REQUIRE(one.peer(kBig).ipv4.stale == 20);
  one.use(47);
  CHECK(one.heard[one.connect(kBig).value] == "OPEN");
  CHECK(one.heard[one.connect(kSmall).value] == "NOTIFICATION 6/8");
  one.use(50);
  CHECK(one.peer(kBig).ipv4.received == 0);
}

TEST_CASE("who was told 6/8 stays out for a time that doubles up to an hour: no loop of crash, or of sessions") {
  Short one({neighbour(kBig, 65001)});
  Duration hold = limits::kMemoryHoldMin;
  for (int round = 0; round < 9; ++round) {
    ConnId conn = one.with_routes(kBig, 1, 100);
    one.use(80);
    REQUIRE(one.was_told(conn, "NOTIFICATION 6/8"));
    REQUIRE(one.peer(kBig).memory_hold.has_value());
    CHECK(one.peer(kBig).memory_hold->routes == 100);
    one.use(10);
    one.wait(hold - 1s);
    CHECK(one.heard[one.connect(kBig).value] == "");
    one.wait(1s);
    CHECK_FALSE(one.peer(kBig).memory_hold.has_value());
    hold = std::min(2 * hold, limits::kMemoryHoldMax);
  }
  CHECK(hold == limits::kMemoryHoldMax);
  ConnId conn = one.with_routes(kBig, 1, 100);
  // KEEPALIVEs, so that the session lives through the hour that makes it a good one again.
  for (Duration up{}; up <= limits::kMemoryHoldMax; up += 30s) one.wait(30s), one.say(conn, wire::encode_keepalive());
  one.use(80);
  CHECK(one.peer(kBig).memory_hold->until - one.now == limits::kMemoryHoldMin);
}

TEST_CASE("a configuration that changes lets the peer in again at once") {
  Short one({neighbour(kBig, 65001)});
  one.with_routes(kBig, 1, 100);
  one.use(80);
  one.use(10);
  PeerSettings limited = neighbour(kBig, 65001);
  limited.session.max_prefix.limit = 50;
  one.reconfigure(config_of({limited}));
  one.wait(1ms);
  ConnId conn = one.with_routes(kBig, 1, 100);
  CHECK(one.was_told(conn, "NOTIFICATION 6/1"));
}

TEST_CASE("RFC 8538: 6/8 is a hard reset, so that the routes are kept on neither side") {
  PeerSettings peer = neighbour(kBig, 65001);
  Short one({peer});
  ConnId conn = one.establish(kBig, 65001, [](wire::Capabilities& c) {
    c.graceful_restart = wire::GracefulRestart{};
    c.graceful_restart->notification = true;
    c.graceful_restart->restart_time_s = 120;
    c.graceful_restart->families = FamilySet::both();
  });
  one.say(conn, announcement(blocks(1, 100)));
  one.use(80);
  CHECK(one.was_told(conn, "NOTIFICATION 6/9"));
  CHECK(one.peer(kBig).ipv4.received == 0);
}

TEST_CASE("nobody goes while routes are not what fills the memory, and own blocks count for nobody") {
  SpeakerConfig config = config_of({neighbour(kSmall, 65001)});
  for (int i = 1; i < 200; ++i) config.own_blocks.push_back(prefix("10." + std::to_string(i) + ".0.0/16"));
  std::sort(config.own_blocks.begin(), config.own_blocks.end());
  OneSpeaker one(config);
  ConnId conn = one.establish(kSmall, 65001);
  one.say(conn, announcement("192.168.0.0/16"));
  for (int i = 0; i < 5; ++i) one.handle(input::MemoryUse{99'000, 100'000}), one.wait(limits::kMemorySettle);
  CHECK(one.peer(kSmall).state == session::State::Established);
  CHECK(one.logged("memory_full") == 1);
  one.wait(limits::kMemoryLogInterval);
  one.handle(input::MemoryUse{99'000, 100'000});
  CHECK(one.logged("memory_full") == 2);
}

TEST_CASE("while tight, memory is given back and measured once a second; without a bound nothing happens") {
  Short one;
  one.handle(input::MemoryUse{uint64_t{1} << 50, 0});
  one.wait(10s);
  CHECK(one.count<output::FreeMemory>() == 0);
  CHECK_FALSE(one.speaker.snapshot(one.now).is_memory_tight);
  one.with_routes(kBig, 100, 20);
  one.use(47);
  one.wait(10s);
  CHECK(one.count<output::FreeMemory>() == 10);
  one.use(30);
  one.wait(10s);
  CHECK(one.count<output::FreeMemory>() == 10);
}

TEST_CASE("own blocks and what the FIB has of others are not touched by it") {
  Short one({neighbour(kSmall, 65001), neighbour(kBig, 65001)}, true);
  SpeakerConfig config = one.speaker.config();
  config.own_blocks = {prefix("172.16.0.0/24")};
  one.reconfigure(config);
  one.with_routes(kSmall, 1, 2), one.with_routes(kBig, 100, 20);
  one.handle(input::NextHopStates{{{ip("192.0.2.1"), true, 0}}});
  one.outputs.clear();
  one.use(80);
  for (const Output& output : one.outputs)
    if (const auto* routes = std::get_if<output::Routes>(&output))
      for (const rib::RouteChange& change : routes->changes) {
        CHECK(change.kind == rib::RouteChange::Kind::None);
        CHECK(change.prefix >= prefix("10.100.0.0/16"));
      }
  CHECK(one.routes() == "10.1.0.0/16 best 192.0.2.1; 10.2.0.0/16 best 192.0.2.1; 172.16.0.0/24 best local");
}

}  // namespace
}  // namespace bgp::speaker
