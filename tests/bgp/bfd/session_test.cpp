#include "bgp/bfd/session.h"

#include "bfd_support.h"
#include "bgp/base/limits.h"

namespace bgp::bfd {
namespace {

TEST_CASE("the first packet is due at once: Down, one second, no discriminator of the neighbour's") {
  OneSession one;
  REQUIRE(one.session.next_deadline() == one.now);
  Packet first = *one.session.expire(one.now, one.prng);
  CHECK(first.state == State::Down);
  CHECK(first.your_discriminator == 0);
  CHECK(first.my_discriminator == 7);
  CHECK(first.desired_min_tx_us == 1'000'000);
  CHECK(first.required_min_rx_us == 100'000);
  CHECK_FALSE(first.poll);
}

TEST_CASE("while not Up it sends once a second, jittered to 75..100 % (RFC 5880 §6.8.3, §6.8.7)") {
  OneSession one;
  size_t sent = one.wait(100s).size();
  CHECK(sent > 100);
  CHECK(sent < 134);
}

TEST_CASE("jitter stays within 75..100 %, within 75..90 % with a multiplier of 1") {
  for (uint8_t multiplier : {uint8_t{1}, uint8_t{3}}) {
    Config config = fast();
    config.multiplier = multiplier;
    OneSession one(config);
    Duration least = 1h, most{};
    one.wait(2s);
    Instant before = one.now;
    for (int i = 0; i < 2000; ++i) {
      Duration gap = one.session.next_deadline() - before;
      if (i > 0) least = std::min(least, gap), most = std::max(most, gap);
      before = one.session.next_deadline();
      one.session.expire(before, one.prng);
    }
    CHECK(least >= 750ms);
    CHECK(least < 760ms);
    CHECK(most <= (multiplier == 1 ? 900ms : 1000ms));
    CHECK(most > (multiplier == 1 ? 890ms : 990ms));
  }
}

TEST_CASE("the three steps: Down, Init, Up; each is told at once") {
  OneSession one;
  one.wait(10ms);
  CHECK(one.hear(heard(State::Down, 0))->state == State::Init);
  Packet up = *one.hear(heard(State::Init));
  CHECK(up.state == State::Up);
  CHECK(up.poll);  // the interval changed from the slow one (§6.8.3)
  CHECK(up.desired_min_tx_us == 100'000);
  CHECK(one.session.diagnostic() == Diagnostic::None);
}

TEST_CASE("the detection time is theirs: multiplier times the slower of what we take and they send (§6.8.4)") {
  OneSession one;
  Packet packet = heard(State::Down, 0);
  packet.detect_multiplier = 5;
  packet.desired_min_tx_us = 250'000;
  one.hear(packet);
  CHECK(one.session.detection_time() == 1250ms);
  packet.desired_min_tx_us = 20'000;
  one.hear(packet);
  CHECK(one.session.detection_time() == 500ms);
}

TEST_CASE("silence for the detection time brings it down, with diagnostic 1; one packet less does not") {
  OneSession one;
  one.bring_up();
  REQUIRE(one.session.detection_time() == 300ms);
  one.wait(299ms);
  CHECK(one.session.state() == State::Up);
  one.hear(heard(State::Up));
  one.wait(299ms);
  CHECK(one.session.state() == State::Up);
  std::vector<Packet> sent = one.wait(1ms);
  CHECK(one.session.state() == State::Down);
  CHECK(one.session.last_diagnostic() == Diagnostic::ControlDetectionTimeExpired);
  REQUIRE(!sent.empty());
  CHECK(sent.back().state == State::Down);
  CHECK(sent.back().diagnostic == Diagnostic::ControlDetectionTimeExpired);
  CHECK(sent.back().your_discriminator == 0);  // §6.8.1: forgotten
  CHECK(sent.back().desired_min_tx_us == 1'000'000);
}

TEST_CASE("a neighbour that fell silent in Down is forgotten too (§6.8.1, bfd.RemoteDiscr)") {
  OneSession one;
  one.hear(heard(State::AdminDown, 0));
  REQUIRE(one.session.remote().discriminator == 99);
  one.wait(301ms);
  CHECK(one.session.remote().discriminator == 0);
  CHECK(one.session.state() == State::Down);
}

TEST_CASE("Up sends at the slower of what we want to send and they want to hear (§6.8.2)") {
  OneSession one;
  one.bring_up();
  Packet packet = heard(State::Up);
  packet.required_min_rx_us = 500'000;
  packet.desired_min_tx_us = 10'000'000;  // so that it stays up
  one.hear(packet);
  CHECK(one.session.tx_interval() == 500ms);
  size_t sent = one.wait(20s).size();
  CHECK(sent >= 39);
  CHECK(sent <= 54);
}

TEST_CASE("a neighbour that wants no packets gets none but the news (§6.8.7, RemoteMinRxInterval 0)") {
  OneSession one;
  one.bring_up();
  Packet packet = heard(State::Up);
  packet.required_min_rx_us = 0;
  packet.desired_min_tx_us = 10'000'000;
  one.hear(packet);
  CHECK(one.wait(29s).empty());
  CHECK(one.session.state() == State::Up);
  CHECK(one.wait(2s).front().state == State::Down);  // 30 s are over
}

TEST_CASE("a Poll is answered at once with a Final, and a Final is no Poll (§6.5)") {
  OneSession one;
  one.bring_up();
  Packet poll = heard(State::Up);
  poll.poll = true;
  Packet answer = *one.hear(poll);
  CHECK(answer.final);
  CHECK_FALSE(answer.poll);
  CHECK_FALSE(one.hear(heard(State::Up)));
}

TEST_CASE("a Poll Sequence lasts until its Final, in every packet") {
  OneSession one;
  one.hear(heard(State::Down, 0));
  one.hear(heard(State::Up));
  REQUIRE(one.session.is_polling());
  for (const Packet& packet : one.wait(250ms)) CHECK(packet.poll);
  Packet both = heard(State::Up);
  both.poll = true;  // ours is answered while theirs is asked: the answer to it must not poll
  both.final = true;
  Packet answer = *one.hear(both);
  CHECK(answer.final);
  CHECK_FALSE(answer.poll);
  CHECK_FALSE(one.session.is_polling());
  for (const Packet& packet : one.wait(250ms)) CHECK_FALSE(packet.poll);
}

TEST_CASE("while Up a slower tx and a faster rx wait for the Final; the opposite counts at once (§6.8.3)") {
  OneSession one;
  one.bring_up();
  Config config = fast();
  config.min_tx = 400ms;  // slower
  config.min_rx = 50ms;   // faster
  Packet told = *one.session.reconfigure(config, one.now, one.prng);
  CHECK(told.poll);
  CHECK(told.desired_min_tx_us == 400'000);
  CHECK(told.required_min_rx_us == 50'000);
  CHECK(one.session.tx_interval() == 100ms);
  CHECK(one.session.detection_time() == 300ms);
  Packet final = heard(State::Up);
  final.final = true;
  final.desired_min_tx_us = 50'000;
  one.hear(final);
  CHECK(one.session.tx_interval() == 400ms);
  CHECK(one.session.detection_time() == 150ms);

  one.session.reconfigure(fast(), one.now, one.prng);
  CHECK(one.session.tx_interval() == 100ms);
  CHECK(one.session.detection_time() == 300ms);
}

TEST_CASE("what changes during a Poll Sequence is asked about once more: the Final may be older than it") {
  OneSession one;
  one.bring_up();
  Config config = fast();
  config.min_tx = 400ms;
  one.session.reconfigure(config, one.now, one.prng);
  config.min_tx = 900ms;
  one.session.reconfigure(config, one.now, one.prng);
  Packet final = heard(State::Up);
  final.final = true;
  one.hear(final);
  CHECK(one.session.is_polling());
  CHECK(one.session.tx_interval() == 100ms);
  one.hear(final);
  CHECK_FALSE(one.session.is_polling());
  CHECK(one.session.tx_interval() == 900ms);
}

TEST_CASE("a neighbour in demand mode is left in peace while both are Up, but for Polls (§6.6, §6.8.7)") {
  OneSession one;
  one.bring_up();
  Packet demand = heard(State::Up);
  demand.demand = true;
  demand.desired_min_tx_us = 10'000'000;
  one.hear(demand);
  CHECK(one.wait(5s).empty());
  demand.poll = true;
  CHECK(one.hear(demand)->final);
  demand.poll = false;
  Config config = fast();
  config.min_tx = 200ms;
  one.session.reconfigure(config, one.now, one.prng);
  CHECK(one.wait(1s).size() >= 9);  // the Poll is repeated until it is answered
  demand.final = true;
  one.hear(demand);
  CHECK(one.wait(5s).empty());
}

TEST_CASE("a neighbour's AdminDown is a Down with diagnostic 3, and is not answered by Init") {
  OneSession one;
  one.bring_up();
  CHECK(one.hear(heard(State::AdminDown, 7))->state == State::Down);
  CHECK(one.session.last_diagnostic() == Diagnostic::NeighborSignaledSessionDown);
  one.hear(heard(State::AdminDown, 7));
  CHECK(one.session.state() == State::Down);
}

TEST_CASE("disabled it says AdminDown once a second and hears nothing; enabled it begins again (§6.8.16)") {
  OneSession one;
  one.bring_up();
  Packet bye = *one.session.disable(one.now, one.prng);
  CHECK(bye.state == State::AdminDown);
  CHECK(bye.diagnostic == Diagnostic::AdministrativelyDown);
  one.hear(heard(State::Up));
  CHECK(one.session.state() == State::AdminDown);
  for (const Packet& packet : one.wait(3s)) CHECK(packet.state == State::AdminDown);
  CHECK(one.session.enable(one.now, one.prng)->state == State::Down);
  one.bring_up();
}

TEST_CASE("what is configured beyond the limits is brought within them") {
  Session session({.min_tx = 1us, .min_rx = 1h, .multiplier = 0, .multihop = false}, 1, Instant{});
  CHECK(session.config().min_tx == limits::kBfdIntervalMin);
  CHECK(session.config().min_rx == limits::kBfdIntervalMax);
  CHECK(session.config().multiplier == 1);
}

TEST_CASE("the wildest intervals that a neighbour can name break nothing") {
  OneSession one;
  one.bring_up();
  Packet wild = heard(State::Up);
  wild.detect_multiplier = 255;
  wild.desired_min_tx_us = wild.required_min_rx_us = 0xffffffff;
  one.hear(wild);
  CHECK(one.session.tx_interval() == 4294967295us);
  CHECK(one.wait(2h).size() >= 1);
  CHECK(one.session.state() == State::Up);
  wild.desired_min_tx_us = 0;
  wild.required_min_rx_us = 1;
  wild.detect_multiplier = 1;
  one.hear(wild);
  CHECK(one.session.detection_time() == 100ms);
  CHECK(one.session.tx_interval() == 100ms);
}

}  // namespace
}  // namespace bgp::bfd
