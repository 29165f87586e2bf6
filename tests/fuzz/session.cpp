// A whole session as a stream of bytes, under a virtual clock: a speaker with a peer that the input plays and a second,
// well-behaved one, which hears what becomes of it. What we send must be messages that a peer can read without fault.
//
//   | how: see configure() | { step: see Step | its arguments } ...
#include <map>

#include "bgp/speaker/speaker.h"
#include "harness/harness.h"

namespace fuzz {
namespace {

using namespace bgp;
using namespace bgp::speaker;
using namespace std::chrono_literals;

const IpAddress kUs = IpAddress::v4(0xc00002fe);        // 192.0.2.254
const IpAddress kPlayed = IpAddress::v4(0xc0000201);    // 192.0.2.1: the input
const IpAddress kListener = IpAddress::v4(0xc0000202);  // 192.0.2.2
constexpr size_t kStepsMax = 400;

enum class Step : uint8_t {
  Bytes, Message, Wait, WaitLong, Close, Accept, Answer, Refuse, LocalRoutes, NextHops, Reconfigure, Establish, Stall,
  Status, Shutdown, kCount,
};

PeerSettings peer(const IpAddress& address, bool is_ibgp, uint8_t how) {
  PeerSettings p;
  p.session.address = address;
  p.session.local_as = Asn{65000};
  p.session.peer_as = Asn{is_ibgp ? 65000U : 65001U};
  p.session.identifier = BgpIdentifier{99};
  p.session.families = FamilySet::both();
  p.session.passive = (how & 2) != 0;
  p.session.local_address = kUs;
  p.route_reflector_client = (how & 4) != 0;
  p.session.graceful_restart.restart_time_s = (how & 8) != 0 ? 120 : 0;
  p.session.graceful_restart.long_lived_stale_s = (how & 8) != 0 ? 60 : 0;
  p.session.add_path = {(how & 16) != 0, (how & 16) != 0};
  p.session.max_prefix.limit = (how & 32) != 0 ? 3 : 0;
  p.session.hold_time_s = 9;
  return p;
}

SpeakerConfigPtr configure(uint8_t how) {
  SpeakerConfig config;
  config.local_as = Asn{65000};
  config.identifier = BgpIdentifier{99};
  config.peers = {peer(kPlayed, (how & 1) != 0, how), peer(kListener, true, static_cast<uint8_t>((how & 28) | 2))};
  config.own_blocks = {Prefix(IpAddress::v4(0xc0a80100), 26)};
  config.export_filter = policy::accept_all();
  config.graceful_shutdown = (how & 128) != 0;
  return std::make_shared<SpeakerConfig>(std::move(config));
}

// One connection as its other end sees it: everything we say on it must read without fault.
struct Heard {
  IpAddress from;
  wire::Framer framer = {};
  void take(ByteView bytes, const std::optional<wire::CodecContext>& ours) {
    framer.feed(bytes);
    while (std::optional<wire::Frame> frame = framer.next())
      if (frame->type == wire::MessageType::Update && ours) read_update(frame->body, *ours);
    BGP_ASSERT(!framer.error());
  }
  static void read_update(ByteView body, wire::CodecContext context) {
    std::swap(context.local_as, context.peer_as);
    std::swap(context.add_path_receive, context.add_path_send);
    context.enforce_first_as = true;
    context.reject_as_sets = false;  // we pass on what we accept
    wire::DecodedUpdate update;
    BGP_ASSERT(wire::decode_update(body, context, update).ok());
    BGP_ASSERT(update.faults.empty() && !update.treat_as_withdraw);
  }
};

class Run {
 public:
  explicit Run(uint8_t how)
      : how_(how), speaker_(configure(how), {.seed = 1, .has_fib = (how & 64) != 0}, now_) {
    settle();
    establish(kListener, 65000);
  }

  void step(Step step, ByteReader& in) {
    switch (step) {
      case Step::Bytes: receive(in.take(std::min<size_t>(in.u8() * 8U, in.remaining()))); break;
      case Step::Message: receive(message(in)); break;
      case Step::Wait: wait(Duration(1ms) * (in.u8() + 1)); break;
      case Step::WaitLong: wait(Duration(1s) * (in.u8() + 1)); break;
      case Step::Close: if (conn_) handle(input::Closed{*std::exchange(conn_, {}), "Connection reset by peer"}); break;
      case Step::Accept: conn_ = accept(kPlayed); break;
      case Step::Answer: answer(in.u8()); break;
      case Step::Refuse: refuse(in.u8()); break;
      case Step::LocalRoutes: local_routes(in.u8()); break;
      case Step::NextHops: handle(input::NextHopStates{{{kPlayed, (in.u8() & 1) != 0, in.u8()}}}); break;
      case Step::Reconfigure: handle(input::Reconfigure{configure(in.u8())}); break;
      case Step::Establish: conn_ = establish(kPlayed, (how_ & 1) != 0 ? 65000 : 65001); break;
      case Step::Stall: stalled_ = !stalled_; break;
      case Step::Status: look(); break;
      case Step::Shutdown: handle(input::Shutdown{"the end"}); break;
      case Step::kCount: break;
    }
  }
  void look() {
    for (const PeerSnapshot& p : speaker_.snapshot(now_).peers) (void)speaker_.peer_detail(p.address);
    (void)speaker_.routes(std::nullopt, 100, [](const Prefix&) { return true; });
  }

 private:
  void handle(const Input& input) {
    speaker_.handle(input, now_);
    settle();
  }
  // What came in one read goes in as one chunk.
  void receive(ByteView bytes) {
    if (conn_) handle(input::Received{*conn_, bytes});
  }
  // | type u8 | length u8, times 1 + (type >> 4) | body, cut off by the end of the input |
  ByteView message(ByteReader& in) {
    uint8_t type = in.u8();
    size_t length = std::min<size_t>(in.u8() * (1U + (type >> 4)), in.remaining());
    ByteView body = in.take(length);
    message_.assign(16, 0xff);
    ByteWriter writer(message_);
    writer.u16(static_cast<uint16_t>(19 + body.size()));
    writer.u8(type & 0x0f);
    writer.bytes(body);
    return message_;
  }
  void wait(Duration duration) {
    Instant end = now_ + duration;
    for (; speaker_.next_deadline() <= end; settle()) {
      now_ = std::max(now_, speaker_.next_deadline());
      speaker_.expire(now_);
      BGP_ASSERT(speaker_.next_deadline() > now_);  // or the daemon would spin
    }
    now_ = end;
  }
  ConnId accept(const IpAddress& from) {
    ConnId conn{next_conn_++};
    heard_[conn] = {from};
    handle(input::Accepted{conn, from, kUs});
    return conn;
  }
  // Up to Established, if our side takes part.
  ConnId establish(const IpAddress& from, uint32_t as) {
    ConnId conn = accept(from);
    wire::Open open;
    open.my_as = Asn{as};
    open.hold_time_s = 240;
    open.identifier = BgpIdentifier{from.bytes()[3]};
    open.capabilities.multiprotocol = FamilySet::both();
    open.capabilities.route_refresh = open.capabilities.extended_messages = true;
    open.capabilities.four_octet_as = Asn{as};
    open.capabilities.enhanced_route_refresh = true;
    if ((how_ & 16) != 0) open.capabilities.add_path_receive = open.capabilities.add_path_send = FamilySet::both();
    if ((how_ & 8) != 0) open.capabilities.graceful_restart = {{false, true, 60, FamilySet::both(), FamilySet::both()}};
    handle(input::Received{conn, wire::encode(open)});
    handle(input::Received{conn, wire::encode_keepalive()});
    return conn;
  }
  void answer(uint8_t which) {
    if (dialled_.empty()) return;
    conn_ = take_dialled(which);
    handle(input::Connected{*conn_, kUs});
  }
  void refuse(uint8_t which) {
    if (!dialled_.empty()) handle(input::ConnectFailed{take_dialled(which), "Connection refused"});
  }
  ConnId take_dialled(uint8_t which) {
    auto it = dialled_.begin() + which % static_cast<ptrdiff_t>(dialled_.size());
    ConnId conn = *it;
    dialled_.erase(it);
    return conn;
  }
  void local_routes(uint8_t which) {
    Prefix prefix(IpAddress::v4(0xc0a80200U + which), 32);
    handle((which & 1) != 0 ? input::LocalRoutes{{prefix}, {}} : input::LocalRoutes{{}, {prefix}});
  }

  // A turn of the rim: decide, carry out, write.
  void settle() {
    while (speaker_.run(now_)) {}
    while (speaker_.has_output())
      for (const Output& output : speaker_.take_output()) carry_out(output);
    std::vector<ConnId> writable = speaker_.take_writable();
    if (!stalled_)
      for (ConnId conn : std::exchange(unread_, {})) read(conn);
    for (ConnId conn : writable) {
      if (stalled_) unread_.push_back(conn);
      else read(conn);
    }
    while (speaker_.has_output())
      for (const Output& output : speaker_.take_output()) carry_out(output);
  }
  void carry_out(const Output& output) {
    if (const auto* connect = std::get_if<output::Connect>(&output)) {
      dialled_.push_back(connect->conn);
      heard_[connect->conn] = {connect->remote};
    }
    if (const auto* log = std::get_if<output::Log>(&output)) BGP_ASSERT(is_inert(to_text(log->record)));
    const auto* close = std::get_if<output::Close>(&output);
    if (!close) return;
    heard_.at(close->conn).take(close->last_words, std::nullopt);
    std::erase(dialled_, close->conn);
    if (conn_ == close->conn) conn_.reset();
  }
  void read(ConnId conn) {
    for (ByteView view = speaker_.bytes_to_send(conn, 1000); !view.empty(); view = speaker_.bytes_to_send(conn, 1000)) {
      heard_.at(conn).take(Bytes(view.begin(), view.end()), context_of(conn));
      speaker_.sent(conn, view.size(), now_);
    }
  }
  std::optional<wire::CodecContext> context_of(ConnId conn) const {
    std::optional<PeerDetailSnapshot> detail = speaker_.peer_detail(heard_.at(conn).from);
    if (!detail || !detail->peer.negotiated) return std::nullopt;
    return detail->peer.negotiated->codec;
  }

  uint8_t how_;
  Instant now_ = Instant{} + 1h;
  Speaker speaker_;
  std::optional<ConnId> conn_;  // the one that the input plays now
  std::vector<ConnId> dialled_;
  std::map<ConnId, Heard> heard_;
  std::vector<ConnId> unread_;
  Bytes message_;
  uint32_t next_conn_ = input::kFirstAcceptedConn;
  bool stalled_ = false;
};

}  // namespace

void one(ByteView input) {
  ByteReader in(input);
  Run run(in.u8());
  for (size_t i = 0; i < kStepsMax && !in.empty(); ++i)
    run.step(static_cast<Step>(in.u8() % static_cast<uint8_t>(Step::kCount)), in);
  run.look();
}

}  // namespace fuzz
