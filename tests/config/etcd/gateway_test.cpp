// The calls over a real socket, to a member that answers from a script.
#include <doctest/doctest.h>

#include <future>

#include "bgp/base/limits.h"
#include "config/etcd/etcd_store.h"
#include "config/etcd/follower.h"
#include "tests/config/etcd/fake_gateway.h"

using namespace config::etcd;
using namespace std::chrono_literals;
using config::store::StoreError;
using test::FakeGateway;

namespace {

Deadline soon() { return std::chrono::steady_clock::now() + 10s; }
const std::string kHeader = R"("header":{"cluster_id":"1","revision":"9"})";
const std::string kWritten = "{" + kHeader + R"(,"succeeded":true})";
// Of key a, value 1.
const std::string kRefusedButThere = "{" + kHeader + R"(,"responses":[{"response_range":{"kvs":[{"key":"YQ==","mod_revision":"9","value":"MQ=="}]}}]})";
const config::store::Write kWrite{"a", "1", 0};

bool has(const std::string& text, const std::string& words) { return text.find(words) != std::string::npos; }

std::string chunk(const std::string& text) {
  char size[20];
  std::snprintf(size, sizeof size, "%zx\r\n", text.size());
  return size + text + "\r\n";
}
const std::string kEndless = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";

}  // namespace

TEST_CASE("an answer reads the same however it is cut, and the request asks for a leader") {
  test::Step step = test::answer("{" + kHeader + R"(,"kvs":[{"key":"YQ==","value":"MQ=="}]})");
  step.piece = 1;
  FakeGateway gateway({step});
  EtcdStore store(gateway.settings(), 10s);
  auto entry = store.get("a");
  REQUIRE(entry.ok());
  CHECK((*entry)->value == "1");
  CHECK(has(gateway.requests().at(0), "Grpc-Metadata-hasleader: true\r\n"));
}

TEST_CASE("a commit without an answer is sent again; refused then with all in place, it had happened") {
  FakeGateway gateway({test::hangs_up(), test::answer(kRefusedButThere)});
  EtcdStore store(gateway.settings(), 10s);
  auto revision = store.commit({kWrite});
  REQUIRE_MESSAGE(revision.ok(), (revision ? "" : revision.error().reason));
  CHECK(*revision == 9);
  CHECK(gateway.requests().size() == 2);
}

TEST_CASE("a first commit that is refused is a conflict, whatever is stored") {
  FakeGateway gateway({test::answer(kRefusedButThere)});
  EtcdStore store(gateway.settings(), 10s);
  CHECK(store.commit({kWrite}).error().kind == StoreError::Kind::Conflict);
}

TEST_CASE("a commit that could overwrite somebody is never sent twice: its outcome is unknown") {
  FakeGateway gateway({test::hangs_up(), test::answer(kWritten)});
  EtcdStore store(gateway.settings(), 10s);
  auto revision = store.commit({{"a", "1", std::nullopt}});
  REQUIRE_FALSE(revision.ok());
  CHECK(revision.error().kind == StoreError::Kind::Unknown);
  CHECK(has(revision.error().reason, "whether the change was made is unknown"));
  CHECK(gateway.requests().size() == 1);
}

TEST_CASE("in doubt twice is unknown; refused by etcd is not, and not tried again") {
  FakeGateway silent({test::answer(R"({"error":"etcdserver: request timed out","code":14})", 503),
                      test::answer(R"({"error":"etcdserver: request timed out","code":14})", 503)});
  EtcdStore in_doubt(silent.settings(), 10s);
  CHECK(in_doubt.commit({kWrite}).error().kind == StoreError::Kind::Unknown);
  FakeGateway strict({test::answer(R"({"error":"etcdserver: permission denied","code":7})", 403), test::answer(kWritten)});
  EtcdStore refused(strict.settings(), 10s);
  CHECK(refused.commit({kWrite}).error().kind == StoreError::Kind::NotPermitted);
  CHECK(strict.requests().size() == 1);
}

TEST_CASE("a read goes on to the next endpoint, whether the first is dead, silent or a proxy's error page") {
  for (const test::Step& bad : {test::hangs_up(), test::says_nothing(), test::answer("<html>", 502)}) {
    FakeGateway first({bad}), second({test::answer("{" + kHeader + "}")});
    Settings settings = first.settings();
    settings.endpoints.push_back(second.endpoint());
    EtcdStore store(settings, 100ms);
    auto listing = store.list("");
    CHECK_MESSAGE(listing.ok(), (listing ? "" : listing.error().reason));
    CHECK(second.requests().size() == 1);
  }
}

TEST_CASE("a token that is no longer good is renewed once, and the call repeated") {
  FakeGateway gateway({test::answer(R"({"token":"old"})"), test::answer(R"({"error":"etcdserver: invalid auth token","code":16})", 401),
                       test::answer(R"({"token":"new"})"), test::answer("{" + kHeader + "}"),
                       test::answer(R"({"error":"etcdserver: invalid auth token","code":16})", 401), test::answer(R"({"token":"x"})"),
                       test::answer(R"({"error":"etcdserver: invalid auth token","code":16})", 401)});
  Settings settings = gateway.settings();
  settings.user = "calico";
  settings.password = bgp::Secret("CANARY");
  EtcdStore store(settings, 10s);
  CHECK(store.list("").ok());
  CHECK(has(gateway.requests().at(1), "Authorization: old\r\n"));
  CHECK(has(gateway.requests().at(3), "Authorization: new\r\n"));
  auto refused = store.list("");
  REQUIRE_FALSE(refused.ok());
  CHECK(refused.error().kind == StoreError::Kind::NotPermitted);
  CHECK_FALSE(has(refused.error().reason, "CANARY"));
}

TEST_CASE("a watch's lines come whole, however they are cut; the last one needs no line end") {
  FakeGateway gateway({{kEndless + chunk("one\ntw") + chunk("o\n") + chunk("\nthree") + "0\r\n\r\n", 1}});
  Connection connection;
  REQUIRE(connection.open(gateway.endpoint(), gateway.settings(), soon()).ok());
  REQUIRE(connection.start({"/v3/watch", "", "{}"}, soon()).ok());
  for (const char* line : {"one", "two", "", "three"}) CHECK(connection.next_line(soon())->value_or("?") == line);
  CHECK_FALSE(connection.next_line(soon()).ok());
}

TEST_CASE("no line yet is no failure, a line without end is") {
  FakeGateway gateway({{kEndless + chunk("begun")}});
  Connection connection;
  REQUIRE(connection.open(gateway.endpoint(), gateway.settings(), soon()).ok());
  REQUIRE(connection.start({"/v3/watch", "", "{}"}, soon()).ok());
  for (int i = 0; i < 2; ++i) {
    auto line = connection.next_line(std::chrono::steady_clock::now() + 20ms);
    REQUIRE(line.ok());
    CHECK_FALSE(line->has_value());
  }
  FakeGateway loud({{kEndless + chunk(std::string(bgp::limits::kEtcdAnswerBytesMax + 1, 'x')) + chunk("\n")}});
  REQUIRE(connection.open(loud.endpoint(), loud.settings(), soon()).ok());
  REQUIRE(connection.start({"/v3/watch", "", "{}"}, soon()).ok());
  auto too_much = connection.next_line(soon());
  REQUIRE_FALSE(too_much.ok());
  CHECK(too_much.error().is_too_large);
}

TEST_CASE("cancelling ends a call from another thread, and every later one") {
  FakeGateway gateway({test::says_nothing()});
  Connection connection;
  REQUIRE(connection.open(gateway.endpoint(), gateway.settings(), soon()).ok());
  std::thread other([&] { connection.cancel(); });
  auto answer = connection.post({"/v3/kv/range", "", "{}"}, std::chrono::steady_clock::now() + 60s);
  other.join();
  REQUIRE_FALSE(answer.ok());
  CHECK(has(answer.error().reason, "stopped"));
  CHECK_FALSE(connection.open(gateway.endpoint(), gateway.settings(), soon()).ok());
}

TEST_CASE("a follower asks every member before it says that etcd is away, and waits") {
  FakeGateway works({{kEndless + chunk(R"({"result":{)" + kHeader + R"(,"created":true}})" "\n")}});
  FakeGateway leaderless({test::answer(R"({"error":{"message":"etcdserver: no leader","grpc_code":14}})", 503)});
  Settings settings = leaderless.settings();
  settings.endpoints.push_back({false, "127.0.0.1", "1"});
  settings.endpoints.push_back(works.endpoint());
  std::promise<std::string> first;
  bool is_said = false;  // the follower's thread's
  auto say = [&](const std::string& text) {
    if (!std::exchange(is_said, true)) first.set_value(text);
  };
  Follower follower(settings, {"/p/"}, {"1", 9}, 1,
                    {[](const Snapshot&) { return std::nullopt; }, [](const WatchAnswer&) { return std::nullopt; },
                     [&](const Endpoint& endpoint) { say("level with " + endpoint.to_string()); },
                     [&](const std::string& reason, bool) { say(reason); }});
  CHECK(first.get_future().get() == "level with " + works.endpoint().to_string());
}
