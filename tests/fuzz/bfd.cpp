// BFD: one packet by itself, then a stream of them into the sessions of a node, under a virtual clock. Our discriminator
// is filled in where a packet asks for it, so that mutations reach what lies behind the demultiplexing.
//
//   | how: 1 = multihop, 2 = intervals of 10 ms | { tenths of a second u8 | flags: 1 = ours, 2 = stranger, 4 = TTL 64 | length u8 | payload } ...
#include "bgp/bfd/sessions.h"
#include "harness/harness.h"

namespace fuzz {
namespace {

using namespace bgp;
using namespace std::chrono_literals;

const IpAddress kPeer = IpAddress::v4(0xc0000201), kStranger = IpAddress::v4(0xc0000203);
const IpAddress kUs = IpAddress::v4(0xc00002fe);
constexpr size_t kPacketsMax = 200;

void check_packet(ByteView payload) {
  Result<bfd::Packet, bfd::Discard> packet = bfd::decode(payload);
  if (!packet) return;
  Result<bfd::Packet, bfd::Discard> again = bfd::decode(bfd::encode(*packet));
  BGP_ASSERT(again.ok() && *again == *packet);
  (void)bfd::to_string(packet->diagnostic);
}

class Run {
 public:
  explicit Run(uint8_t how) : multihop_((how & 1) != 0) {
    Duration interval = (how & 2) != 0 ? 10ms : 300ms;
    sessions_.start({kPeer, kUs, {interval, interval, 3, multihop_, 0}}, now_);
    take();
  }
  void wait(Duration duration) {
    Instant end = now_ + duration;
    for (; sessions_.next_deadline() <= end; take()) {
      now_ = std::max(now_, sessions_.next_deadline());
      sessions_.expire(now_);
      BGP_ASSERT(sessions_.next_deadline() > now_);
    }
    now_ = end;
  }
  void receive(ByteView payload, uint8_t flags) {
    check_packet(payload);
    Bytes bytes(payload.begin(), payload.end());
    if ((flags & 1) != 0 && bytes.size() >= 12) put_our_discriminator(bytes);
    const auto ttl = static_cast<uint8_t>((flags & 4) != 0 ? 64 : 255);
    sessions_.receive({(flags & 2) != 0 ? kStranger : kPeer, kUs, ttl, multihop_, bytes}, now_);
    take();
  }
  void end() {
    sessions_.stop_all(now_);
    take();
  }

 private:
  void put_our_discriminator(Bytes& bytes) const {
    uint32_t ours = sessions_.status(kPeer)->discriminator;
    for (size_t i = 0; i < 4; ++i) bytes[8 + i] = static_cast<uint8_t>(ours >> (24 - 8 * i));
  }
  // What we send is a packet; what we log is inert.
  void take() {
    for (const bfd::Output& output : sessions_.take_output()) {
      if (const auto* send = std::get_if<bfd::Send>(&output)) BGP_ASSERT(bfd::decode(send->payload).ok());
      if (const auto* record = std::get_if<LogRecord>(&output)) BGP_ASSERT(is_inert(to_text(*record)));
    }
  }

  Instant now_ = Instant{} + 1h;
  bool multihop_;
  bfd::Sessions sessions_{1};
};

}  // namespace

void one(ByteView input) {
  check_packet(input);
  ByteReader in(input);
  Run run(in.u8());
  for (size_t i = 0; i < kPacketsMax && !in.empty(); ++i) {
    run.wait(in.u8() * 100ms);
    uint8_t flags = in.u8();
    run.receive(in.take(std::min<size_t>(in.u8(), in.remaining())), flags);
  }
  run.end();
}

}  // namespace fuzz
