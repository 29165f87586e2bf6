#include "config/etcd/messages.h"

#include <doctest/doctest.h>

#include "config/etcd/base64.h"
#include "config/etcd/failure.h"

using namespace config::etcd;

TEST_CASE("base64 is RFC 4648's: its own vectors, every octet, and nothing that is not canonical") {
  for (auto [plain, text] : {std::pair{"", ""}, {"f", "Zg=="}, {"fo", "Zm8="}, {"foo", "Zm9v"}, {"foob", "Zm9vYg=="},
                             {"fooba", "Zm9vYmE="}, {"foobar", "Zm9vYmFy"}}) {
    CHECK(to_base64(plain) == text);
    CHECK(from_base64(text) == std::string(plain));
  }
  std::string all;
  for (int i = 0; i < 256; ++i) all += static_cast<char>(i);
  CHECK(from_base64(to_base64(all)) == all);
  for (const char* bad : {"Zg", "Zg=", "Z===", "====", "Zh==", "Zm9=", "Zm=v", "Zm9v\n", "Zm9-", "Zg==Zg=="}) {
    CHECK_MESSAGE(!from_base64(bad).has_value(), std::string(bad));
  }
}

TEST_CASE("a prefix becomes a range, also where its successor needs care") {
  const std::string zero(1, '\0');
  CHECK(range_of_prefix("/a/") == KeyRange{"/a/", "/a0"});
  CHECK(range_of_prefix("") == KeyRange{zero, zero});
  CHECK(range_of_prefix("\xff") == KeyRange{"\xff", zero});
  CHECK(range_over({"/c/", "/a/"}) == KeyRange{"/a/", "/c0"});
  CHECK(range_over({"/c/", ""}) == KeyRange{zero, zero});
}

TEST_CASE("requests are what the gateway reads: base64, numbers as text") {
  CHECK(range_request({.range = {"a", ""}}) == R"({"key":"YQ=="})");
  CHECK(range_request({.range = {"a", "b"}, .revision = 7, .limit = 2}) ==
        R"({"key":"YQ==","limit":"2","range_end":"Yg==","revision":"7"})");
  CHECK(watch_request({"a", "b"}, 9) ==
        R"({"create_request":{"key":"YQ==","progress_notify":true,"range_end":"Yg==","start_revision":"9"}})");
  CHECK(authenticate_request("u\"", bgp::Secret("p\\")) == R"({"name":"u\"","password":"p\\"})");
}

TEST_CASE("a listing is read as etcd 3.4 writes it; what is zero it leaves out") {
  auto answer = parse_range(R"({"header":{"cluster_id":"14841639068965178418","revision":"12"},"more":true,
    "kvs":[{"key":"YQ==","mod_revision":"7","value":"MQ=="},{"key":"Yg==","mod_revision":"8"}],"count":"2"})");
  REQUIRE(answer.ok());
  CHECK(answer->header == Header{"14841639068965178418", 12});
  CHECK(answer->entries == std::vector<config::store::Entry>{{"a", "1", 7}, {"b", "", 8}});
  CHECK(answer->more);
  CHECK(parse_range(R"({"header":{"cluster_id":5,"revision":6}})")->header == Header{"5", 6});  // numbers as numbers
  CHECK(parse_range("{}")->entries.empty());
}

TEST_CASE("a refused transaction has no field `succeeded`, and says what is stored") {
  auto answer = parse_txn(R"({"header":{"revision":"9"},"responses":[
    {"response_range":{"kvs":[{"key":"YQ==","mod_revision":"7","value":"MQ=="}]}},{"response_range":{}}]})");
  REQUIRE(answer.ok());
  CHECK_FALSE(answer->succeeded);
  CHECK(answer->present == std::vector<config::store::Entry>{{"a", "1", 7}});
  CHECK(parse_txn(R"({"succeeded":true,"responses":[{"response_put":{}}]})")->succeeded);
}

TEST_CASE("a watch's lines: created, events, compaction, errors") {
  CHECK(parse_watch_line(R"({"result":{"header":{"cluster_id":"1","revision":"2"},"created":true}})")->created);
  auto events = parse_watch_line(R"({"result":{"header":{"cluster_id":"1","revision":"9"},"events":[
    {"kv":{"key":"YQ==","mod_revision":"8","value":"MQ=="}},{"type":"DELETE","kv":{"key":"Yg==","mod_revision":"9"}}]}})");
  REQUIRE(events.ok());
  REQUIRE(events->events.size() == 2);
  CHECK(events->events[0].value == "1");
  CHECK(events->events[0].revision == 8);
  CHECK_FALSE(events->events[1].value.has_value());
  auto compacted = parse_watch_line(R"({"result":{"header":{},"canceled":true,"compact_revision":"5"}})");
  CHECK(compacted->canceled);
  CHECK(compacted->compact_revision == 5);
  auto error = parse_watch_line(R"({"error":{"grpc_code":14,"http_code":503,"message":"etcdserver: no leader"}})");
  REQUIRE_FALSE(error.ok());
  CHECK(error.error().code == kUnavailable);
  CHECK(error.error().message == "etcdserver: no leader");
}

TEST_CASE("what is no answer of etcd's is an error, never an empty answer") {
  for (const char* junk : {"", "junk", "[]", "null", "\"x\"", R"({"kvs":7})", R"({"kvs":[7]})", R"({"kvs":[{"key":"!"}]})",
                           R"({"header":7})", R"({"header":{"revision":"x"}})", R"({"header":{"revision":-1}})",
                           R"({"kvs":[{"key":"YQ==","mod_revision":"99999999999999999999"}]})", R"({"more":"yes"})",
                           R"({"error":7})", R"({"kvs":[{"key":"YQ==","value":{}}]})"}) {
    auto answer = parse_range(junk);
    CHECK_MESSAGE((!answer.ok() && answer.error().code == kUnreadable), std::string(junk));
  }
  CHECK_FALSE(parse_watch_line("{}").ok());
  CHECK_FALSE(parse_watch_line(R"({"result":{"events":[{}]}})").ok());
  auto hostile = parse_range("\x1b[31m{");
  CHECK(hostile.error().message.find('\x1b') == std::string::npos);
}

TEST_CASE("errors go by gRPC's code, not by HTTP's status, and a proxy's page is none of etcd's") {
  auto wrong = parse_error(400, R"({"error":"etcdserver: authentication failed, invalid user ID or password","code":3})");
  CHECK(wrong.code == 3);
  CHECK(parse_error(502, "<html>").message == "HTTP status 502, which is not etcd's way to answer");
  // A token must never get into a message.
  auto token = parse_token(R"({"token":"CANARY)");
  REQUIRE_FALSE(token.ok());
  CHECK(token.error().message.find("CANARY") == std::string::npos);
}

TEST_CASE("only a refusal is certain to have changed nothing") {
  CHECK(leaves_doubt({kUnavailable, "etcdserver: request timed out"}));
  CHECK(leaves_doubt({kDeadlineExceeded, "context deadline exceeded"}));
  CHECK(leaves_doubt({2, "context deadline exceeded"}));
  CHECK(leaves_doubt({kUnreadable, "HTTP status 502"}));
  CHECK_FALSE(leaves_doubt({kUnavailable, "etcdserver: no leader"}));
  CHECK_FALSE(leaves_doubt({kPermissionDenied, "etcdserver: permission denied"}));
  CHECK_FALSE(leaves_doubt({kResourceExhausted, "etcdserver: mvcc: database space exceeded"}));
  using Kind = config::store::StoreError::Kind;
  CHECK(to_store_error({"x", kUnavailable, true}).kind == Kind::Unknown);
  CHECK(to_store_error({"x", kUnavailable, false}).kind == Kind::Unreachable);
  CHECK(to_store_error({"permission denied", kPermissionDenied, false}).kind == Kind::NotPermitted);
  CHECK(to_store_error({"authentication failed, invalid user ID", 3, false}).kind == Kind::NotPermitted);
  CHECK(to_store_error({"mvcc: database space exceeded", kResourceExhausted, false}).kind == Kind::ReadOnly);
}
