#include "bgp/bfd/sessions.h"

#include "bfd_support.h"
#include "bgp/base/limits.h"

namespace bgp::bfd {
namespace {

constexpr Instant kNow = Instant{} + 1h;

struct World {
  Sessions sessions{1};
  World() { sessions.start({ip("192.0.2.1"), {}, fast()}, kNow); }
  void hear(Packet packet, const char* from = "192.0.2.1", uint8_t ttl = 255, bool multihop = false) {
    Bytes bytes = encode(packet);
    sessions.receive({ip(from), ip("192.0.2.254"), ttl, multihop, bytes}, kNow);
  }
  uint32_t discriminator(const char* peer = "192.0.2.1") { return sessions.status(ip(peer))->discriminator; }
  uint64_t received() { return sessions.status(ip("192.0.2.1"))->counters.received; }
};

TEST_CASE("a first packet finds its session by the address it comes from (RFC 5880 §6.8.6)") {
  World world;
  world.hear(heard(State::Down, 0));
  CHECK(world.sessions.status(ip("192.0.2.1"))->state == State::Init);
  world.hear(heard(State::Down, 0), "192.0.2.9");
  CHECK(world.sessions.discarded(Discard::NoSession) == 1);
}

TEST_CASE("a packet that knows a discriminator of ours must know the right one") {
  World world;
  world.hear(heard(State::Init, world.discriminator() + 1));
  CHECK(world.sessions.discarded(Discard::NoSession) == 1);
  world.hear(heard(State::Init, world.discriminator()));
  CHECK(world.sessions.status(ip("192.0.2.1"))->state == State::Up);
}

TEST_CASE("one peer does not speak for another, nor over another port") {
  World world;
  world.sessions.start({ip("192.0.2.2"), {}, fast()}, kNow);
  world.hear(heard(State::Init, world.discriminator()), "192.0.2.2");
  CHECK(world.sessions.discarded(Discard::WrongAddress) == 1);
  world.hear(heard(State::Init, world.discriminator()), "192.0.2.1", 255, true);
  CHECK(world.sessions.discarded(Discard::NoSession) == 1);
  CHECK(world.received() == 0);
  CHECK(world.sessions.status(ip("192.0.2.2"))->counters.discarded == 1);
}

TEST_CASE("on the link only TTL 255 counts (RFC 5881 §5); over routers any does (RFC 5883)") {
  World world;
  world.hear(heard(State::Down, 0), "192.0.2.1", 254);
  CHECK(world.sessions.discarded(Discard::Ttl) == 1);
  CHECK(world.received() == 0);
  Config multihop = fast();
  multihop.multihop = true;
  world.sessions.start({ip("192.0.2.1"), {}, multihop}, kNow);
  world.hear(heard(State::Down, 0), "192.0.2.1", 60, true);
  CHECK(world.received() == 1);
}

TEST_CASE("over routers a minimum may be demanded (RFC 5883 §5), which changes without a new session") {
  World world;
  Config multihop = fast();
  multihop.multihop = true;
  multihop.minimum_ttl = 254;
  world.sessions.start({ip("192.0.2.1"), {}, multihop}, kNow);
  world.hear(heard(State::Down, 0), "192.0.2.1", 253, true);
  CHECK(world.sessions.discarded(Discard::Ttl) == 1);
  CHECK(world.sessions.status(ip("192.0.2.1"))->counters.discarded == 1);
  CHECK(world.sessions.status(ip("192.0.2.1"))->state == State::Down);
  world.hear(heard(State::Down, 0), "192.0.2.1", 254, true);
  CHECK(world.sessions.status(ip("192.0.2.1"))->state == State::Init);
  uint32_t before = world.discriminator();
  multihop.minimum_ttl = 255;
  world.sessions.start({ip("192.0.2.1"), {}, multihop}, kNow);
  world.hear(heard(State::Init, before), "192.0.2.1", 254, true);
  CHECK(world.sessions.status(ip("192.0.2.1"))->state == State::Init);
  world.hear(heard(State::Init, before), "192.0.2.1", 255, true);
  CHECK(world.sessions.status(ip("192.0.2.1"))->state == State::Up);
  CHECK(world.discriminator() == before);
}

TEST_CASE("with a local address configured, packets must come to it") {
  World world;
  world.sessions.start({ip("192.0.2.1"), ip("192.0.2.253"), fast()}, kNow);
  world.hear(heard(State::Down, 0));
  CHECK(world.sessions.discarded(Discard::WrongAddress) == 1);
}

TEST_CASE("two machines come up in their three steps and then poll each other down to the fast interval") {
  TwoMachines two(1);
  two.start(0);
  two.start(1);
  two.run(3s);
  CHECK(two.are_up());
  CHECK(two.status(0).tx_interval == 100ms);
  CHECK(two.status(1).detection_time == 300ms);
  CHECK(two.events.size() == 2);
}

TEST_CASE("the one that starts later finds the other, whoever it is") {
  for (int first : {0, 1}) {
    TwoMachines two(2);
    two.start(first);
    two.run(20s);
    CHECK_FALSE(two.is_up(first));
    two.start(1 - first);
    two.run(2s);
    CHECK(two.are_up());
  }
}

TEST_CASE("a cut wire is noticed within 3 x 100 ms by both, and heals") {
  TwoMachines two(3);
  two.start(0);
  two.start(1);
  two.run(5s);
  two.events.clear();
  two.is_cut[0] = two.is_cut[1] = true;
  two.run(303ms);
  CHECK(two.events.size() == 2);
  for (const std::string& event : two.events) CHECK(event.ends_with("down: control detection time expired"));
  two.run(60s);
  two.is_cut[0] = two.is_cut[1] = false;
  two.run(3s);
  CHECK(two.are_up());
}

TEST_CASE("a wire that is cut one way brings both down: the deaf one tells the other") {
  TwoMachines two(4);
  two.start(0);
  two.start(1);
  two.run(5s);
  two.events.clear();
  two.is_cut[0] = true;
  two.run(310ms);
  CHECK(two.events == std::vector<std::string>{"2 down: control detection time expired",
                                               "1 down: neighbor signaled session down"});
  two.run(60s);
  CHECK(two.events.size() == 2);  // and no half of it flaps
}

TEST_CASE("stop() is heard as administrative, is not told, and forgets the session when it was said often enough") {
  TwoMachines two(5);
  two.start(0);
  two.start(1);
  two.run(5s);
  two.events.clear();
  two.stop(0);
  CHECK_FALSE(two.machine[0].status(TwoMachines::address(1)));
  two.run(100ms);
  CHECK(two.events == std::vector<std::string>{"2 down: neighbor signaled session down (administrative)"});
  two.run(2s);
  CHECK(two.machine[0].size() == 1);
  two.run(2s);
  CHECK(two.machine[0].size() == 0);
  CHECK(two.machine[0].next_deadline() == kNever);
}

TEST_CASE("start() takes back a stop() that is still being said") {
  TwoMachines two(6);
  two.start(0);
  two.start(1);
  two.run(5s);
  two.stop(0);
  two.run(500ms);
  two.start(0);
  two.run(3s);
  CHECK(two.are_up());
  two.run(10s);
  CHECK(two.machine[0].size() == 1);
}

TEST_CASE("stop_all() says AdminDown three times over") {
  TwoMachines two(7);
  two.start(0);
  two.start(1);
  two.run(5s);
  two.events.clear();
  two.act(0, [&](Sessions& m) { m.stop_all(two.now); });
  CHECK(two.wire.size() >= 3);
  two.run(50ms);
  CHECK(two.events == std::vector<std::string>{"2 down: neighbor signaled session down (administrative)"});
}

TEST_CASE("other intervals are taken over by Poll Sequences, without a flap, also at a loss of 20 %") {
  for (uint64_t seed = 1; seed <= 50; ++seed) {
    CAPTURE(seed);
    TwoMachines two(seed);
    Config tough = fast();
    tough.multiplier = 20;
    two.start(0, tough);
    two.start(1, tough);
    two.run(10s);
    two.loss = 0.2;
    REQUIRE(two.are_up());
    Config slow = tough;
    slow.min_tx = 700ms;
    slow.min_rx = 50ms;
    two.start(0, slow);
    two.run(10s);
    two.start(1, slow);
    two.run(20s);
    CHECK(two.events.size() == 2);
    CHECK(two.status(0).tx_interval == 700ms);
    CHECK(two.status(1).detection_time == 14s);
  }
}

TEST_CASE("whatever is lost, both come up when the loss ends, and then stay (by seed)") {
  for (uint64_t seed = 1; seed <= 200; ++seed) {
    CAPTURE(seed);
    TwoMachines two(seed);
    two.loss = two.chance.between(0.1, 0.9);
    two.start(0);
    two.start(1);
    two.run(60s);
    if (seed % 3 == 0) two.stop(1), two.run(1s), two.start(1);
    two.run(30s);
    two.loss = 0;
    two.run(5s);
    REQUIRE(two.are_up());
    two.events.clear();
    two.run(120s);
    REQUIRE(two.events.empty());
  }
}

TEST_CASE("another hop count is another session: the other port, another discriminator") {
  World world;
  uint32_t before = world.discriminator();
  Config multihop = fast();
  multihop.multihop = true;
  world.sessions.start({ip("192.0.2.1"), {}, multihop}, kNow);
  CHECK(world.discriminator() != before);
  world.sessions.take_output();
  world.sessions.expire(kNow);
  for (const Output& output : world.sessions.take_output())
    if (const auto* send = std::get_if<Send>(&output)) CHECK(send->multihop);
}

TEST_CASE("sessions beyond kBfdSessionsMax are refused, and the log says so") {
  Sessions sessions(1);
  auto address = [](size_t i) { return IpAddress::v4(0x0a000000U + static_cast<uint32_t>(i)); };
  for (size_t i = 0; i < limits::kBfdSessionsMax; ++i) sessions.start({address(i), {}, fast()}, kNow);
  CHECK(sessions.take_output().empty());
  sessions.start({address(limits::kBfdSessionsMax), {}, fast()}, kNow);
  CHECK(sessions.size() == limits::kBfdSessionsMax);
  std::vector<Output> output = sessions.take_output();
  REQUIRE(output.size() == 1);
  CHECK(std::get<LogRecord>(output[0]).event == "bfd_refused");
}

TEST_CASE("hostile datagrams change nothing, and fill no log") {
  World world;
  world.hear(heard(State::Init, world.discriminator()));
  world.sessions.take_output();
  Prng prng(3);
  for (int i = 0; i < 20'000; ++i) {
    Bytes bytes(prng.below(40));
    for (uint8_t& byte : bytes) byte = static_cast<uint8_t>(prng.next());
    world.sessions.receive({ip("192.0.2.1"), ip("192.0.2.254"), 255, prng.below(2) == 0, bytes}, kNow);
  }
  CHECK(world.sessions.status(ip("192.0.2.1"))->state == State::Up);
  CHECK(world.sessions.take_output().size() == 1);
}

}  // namespace
}  // namespace bgp::bfd
