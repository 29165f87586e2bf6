// A transcript reproduces what a speaker did, keeps no secret, and is read back as it was written.
#include "bgp/speaker/transcript/recorder.h"
#include "bgp/speaker/transcript/replay.h"
#include "one_speaker.h"

namespace bgp::speaker::transcript {
namespace {

template <class T>
Bytes written(const T& value) {
  Bytes out;
  Secrets secrets;
  Writer(out, secrets).all(value);
  return out;
}

// Written, read and written again.
template <class T>
void check_round_trip(const T& value) {
  Bytes bytes = written(value);
  T again;
  Reader reader(bytes);
  reader.all(again);
  CHECK(reader.is_done());
  CHECK(written(again) == bytes);
  for (size_t cut = 0; cut < bytes.size(); ++cut) {
    Reader shorter(ByteView(bytes).first(cut));
    T part;
    shorter.all(part);
    CHECK_FALSE(shorter.is_done());
  }
}

SpeakerConfig rich_config() {
  PeerSettings peer = neighbour("192.0.2.1", 65001);
  peer.session.password = Secret("canary-one");
  peer.session.tcp_ao = {{1, 2, AoAlgorithm::Aes128Cmac96, Secret("canary-ao")}};
  peer.session.local_address = ip("2001:db8::1");
  peer.session.send_hold_time_s = 7;
  peer.session.role = wire::Role::Customer;
  peer.session.hostname = "node1";
  peer.bfd = BfdConfig{};
  peer.import = policy::reject_martians();
  SpeakerConfig config = config_of({peer});
  config.dynamic_peers = {{prefix("10.0.0.0/24"), 4, neighbour("0.0.0.0", 65002)}};
  config.own_blocks = {prefix("192.168.1.0/26"), prefix("2001:db8::/64")};
  return config;
}

// What the daemon's driver does, with one neighbour in it; the transcript lands in `file`.
struct Recorded {
  Instant now = Instant{} + 1h;
  Speaker::Options options{.seed = 7, .has_fib = true};
  SpeakerConfigPtr config;
  Speaker speaker;
  Bytes file;
  std::vector<std::string> ended;
  Recorder recorder;
  Tap tap;

  explicit Recorded(SpeakerConfig c, size_t bytes_max = limits::kTranscriptBytesMax)
      : config(std::make_shared<SpeakerConfig>(std::move(c))),
        speaker(config, options, now),
        recorder({"calico-bgpd test", options, config, now},
                 [this](ByteView bytes) {
                   file.insert(file.end(), bytes.begin(), bytes.end());
                   return std::string();
                 },
                 [this](const std::string& reason) { ended.push_back(reason); }, bytes_max),
        tap(speaker, &recorder) {
    settle();
  }
  void handle(const Input& input) {
    tap.handle(input, now);
    settle();
  }
  void settle() {
    while (tap.run(now)) {}
    for (ConnId conn : tap.take_writable())
      for (ByteView bytes = tap.bytes_to_send(conn, 50); !bytes.empty(); bytes = tap.bytes_to_send(conn, 50))
        tap.sent(conn, bytes.size(), now);
    while (tap.has_output()) (void)tap.take_output();  // carried out by nobody
  }
  void session() {
    ConnId conn{input::kFirstAcceptedConn};
    handle(input::Accepted{conn, ip("192.0.2.1"), ip("192.0.2.254")});
    wire::Open open;
    open.my_as = Asn{65001};
    open.identifier = BgpIdentifier{1};
    open.capabilities.multiprotocol = FamilySet::both();
    open.capabilities.four_octet_as = Asn{65001};
    Bytes bytes = wire::encode(open);
    handle(input::Received{conn, bytes});
    bytes = wire::encode_keepalive();
    handle(input::Received{conn, bytes});
    bytes = announcement("10.0.0.0/8 11.0.0.0/8");
    handle(input::Received{conn, bytes});
    handle(input::NextHopStates{{{ip("192.0.2.1"), true, 0}}});
    now += 40s;
    tap.expire(now);
    settle();
    SpeakerConfig other = *config;
    other.peers[0].change().session.password = Secret("canary-two");
    handle(input::Reconfigure{std::make_shared<SpeakerConfig>(other)});
    handle(input::Shutdown{"the end"});
  }
};

bool contains(const Bytes& bytes, std::string_view text) {
  return std::search(bytes.begin(), bytes.end(), text.begin(), text.end()) != bytes.end();
}

}  // namespace

TEST_CASE("every input and every output is read as it was written, and a part of one is no whole one") {
  Bytes octets = {1, 2, 3};
  ConnId conn{0x80000001};
  for (const Input& in : std::vector<Input>{
           input::Connected{conn, ip("10.0.0.1")}, input::ConnectFailed{conn, "Connection refused"},
           input::Accepted{conn, ip("fe80::1"), ip("10.0.0.1")}, input::Received{conn, octets},
           input::Closed{conn, "Connection closed"},
           input::LocalRoutes{{prefix("10.0.0.0/8")}, {prefix("2001:db8::/32")}},
           input::NextHopStates{{{ip("10.0.0.1"), true, 5, 6}}},
           input::Reconfigure{std::make_shared<SpeakerConfig>(rich_config())},
           input::BfdState{ip("10.0.0.1"), true, bfd::Diagnostic::PathDown, true, true}, input::Shutdown{"text"},
           input::ConnectHint{ip("10.0.0.1"), "TCP-MD5"}, input::MemoryUse{uint64_t{1} << 40, 7}})
    check_round_trip(in);
  for (const Output& out : std::vector<Output>{
           output::Connect{conn, ip("10.0.0.1"), 1790, ip("10.0.0.2"), Secret("x"), {}, uint8_t{3}},
           output::Rekey{conn, ip("10.0.0.1"), {{1, 2, AoAlgorithm::Aes128Cmac96, Secret("x")}}, {}}, output::Close{conn, octets},
           output::Listen{{{prefix("10.0.0.0/8"), Secret("x"), {{3, 4, AoAlgorithm::HmacSha1_96, Secret("y")}}, uint8_t{2}}}, uint8_t{1}, std::nullopt},
           output::Routes{{{prefix("10.0.0.0/8"), rib::RouteChange::Kind::Unicast, {{{ip("fe80::1"), 3}, 7}}}}},
           output::WatchNextHop{ip("fe80::1"), 3}, output::UnwatchNextHop{ip("10.0.0.1"), 0}, output::Converged{},
           output::BfdStart{{ip("10.0.0.1"), ip("10.0.0.2"), {}}}, output::BfdStop{ip("10.0.0.1")}, output::FreeMemory{},
           output::Log{{LogLevel::Warn, "event", "10.0.0.1", {{"a", "b"}}}}}) {
    Bytes bytes = written(out);
    Output again;
    Reader reader(bytes);
    reader.all(again);
    CHECK(reader.is_done());
    CHECK(written(again) == bytes);
  }
}

TEST_CASE("a replayed transcript has every output that was recorded") {
  Recorded recorded(rich_config());
  recorded.session();
  auto replayed = replay(recorded.file);
  REQUIRE_MESSAGE(replayed.ok(), (replayed ? "" : replayed.error()));
  CHECK_MESSAGE(!replayed->difference, (replayed->difference ? to_text(*replayed->difference) : ""));
  CHECK_FALSE(replayed->is_cut);
  CHECK(replayed->outputs > 15);
  CHECK(replayed->duration == 40s);
  CHECK(replayed->program == "calico-bgpd test");
}

TEST_CASE("no password is in a transcript, and one that changed is still another one") {
  Recorded recorded(rich_config());
  recorded.session();
  CHECK_FALSE(contains(recorded.file, "canary"));
  Secrets secrets;
  CHECK(secrets.number_of(Secret("a")) == 1);
  CHECK(secrets.number_of(Secret("b")) == 2);
  CHECK(secrets.number_of(Secret("a")) == 1);
  CHECK(secrets.number_of(Secret()) == 0);
}

TEST_CASE("a transcript ends at its limit, and says so once") {
  Recorded recorded(rich_config(), 2000);
  recorded.session();
  CHECK(recorded.file.size() <= 2000);
  CHECK(recorded.recorder.is_over());
  CHECK(recorded.ended == std::vector<std::string>{"the transcript has reached its largest size"});
  auto replayed = replay(recorded.file);
  REQUIRE(replayed.ok());
  CHECK_FALSE(replayed->difference);
}

TEST_CASE("a difference is found, and told with its call and time") {
  Recorded recorded(rich_config());
  recorded.session();
  std::string_view said = "peer_added";  // a log record
  auto at = std::search(recorded.file.begin(), recorded.file.end(), said.begin(), said.end());
  REQUIRE(at != recorded.file.end());
  *at = 'q';
  auto replayed = replay(recorded.file);
  REQUIRE(replayed.ok());
  REQUIRE(replayed->difference.has_value());
  CHECK(to_text(*replayed->difference).find("take_output, 0 ms after the start") != std::string::npos);
}

TEST_CASE("a transcript that was cut anywhere replays up to there; what is none is refused") {
  Recorded recorded(rich_config());
  recorded.session();
  for (size_t size = 0; size < recorded.file.size(); size += 97) {
    auto replayed = replay(ByteView(recorded.file).first(size));
    if (replayed) CHECK_FALSE(replayed->difference.has_value());
  }
  CHECK_FALSE(replay({}).ok());
  Bytes other = recorded.file;
  other[kMagic.size() + 1] = 99;
  CHECK(replay(other).error() == "it is of version 99, this program replays version 1");
  other = recorded.file;
  other[kMagic.size() + 2] ^= 1;
  CHECK(replay(other).error() == "it was recorded by calico-bgpd test, another build than this one: replay it with that");
}

}  // namespace bgp::speaker::transcript
