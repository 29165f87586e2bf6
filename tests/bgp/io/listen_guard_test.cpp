// What the listening sockets are told of keys, on a kernel that the test plays.
#include "bgp/io/listen_guard.h"

#include <doctest/doctest.h>

#include <cerrno>
#include <set>
#include <string>
#include <tuple>

using namespace bgp;
using namespace bgp::io;
using speaker::output::Listen;
using speaker::output::PeerGuard;

namespace {

Prefix prefix(const char* text) { return *Prefix::parse(text); }
AoKey key(uint8_t id, const char* secret = "s") { return {id, id, AoAlgorithm::HmacSha1_96, Secret(secret)}; }
PeerGuard md5(const char* range, const char* password) { return {prefix(range), Secret(password), {}, {}}; }
PeerGuard ao(const char* range, AoKeys keys) { return {prefix(range), {}, std::move(keys), {}}; }

struct World {
  std::string said;           // since the last told()
  std::set<uint8_t> refuses;  // ids
  std::set<std::tuple<int, std::string, uint8_t>> keys;  // what the kernel has
  ListenGuard guard{{[this](int fd, const Prefix& range, const Secret& password) {
                       note(fd, password.empty() ? "-md5" : "+md5", range);
                       return 0;
                     },
                     [this](int fd, const Prefix& range, const AoKey& k) {
                       note(fd, "+" + std::to_string(k.send_id), range);
                       if (refuses.contains(k.send_id)) return ENOMEM;
                       return keys.emplace(fd, range.to_string(), k.send_id).second ? 0 : EEXIST;
                     },
                     [this](int fd, const Prefix& range, const AoKey& k) {
                       note(fd, "-" + std::to_string(k.send_id), range);
                       return keys.erase({fd, range.to_string(), k.send_id}) > 0 ? 0 : ENOENT;
                     }}};
  World() {
    guard.add_listener(4, Family::IPv4);
    guard.add_listener(6, Family::IPv6);
  }
  void note(int fd, const std::string& what, const Prefix& range) {
    said += (said.empty() ? "" : ", ") + std::to_string(fd) + " " + what + " " + range.to_string();
  }
  std::string told(std::vector<PeerGuard> guards, size_t warnings = 0) {
    said.clear();
    std::vector<LogRecord> records = guard.apply({std::move(guards), {}, {}});
    CHECK(records.size() == warnings);
    for (const LogRecord& record : records) said += "; " + to_text(record);
    return said;
  }
};

}  // namespace

TEST_CASE("a key is added, another beside it, and the first taken away: each time the difference is told") {
  World world;
  CHECK(world.told({ao("10.0.0.1/32", {key(1)})}) == "4 +1 10.0.0.1/32");
  CHECK(world.told({ao("10.0.0.1/32", {key(1)})}) == "");
  CHECK(world.told({ao("10.0.0.1/32", {key(2), key(1)})}) == "4 +2 10.0.0.1/32");
  CHECK(world.told({ao("10.0.0.1/32", {key(1), key(2)})}) == "");  // a listening socket prefers none
  CHECK(world.told({ao("10.0.0.1/32", {key(2)})}) == "4 -1 10.0.0.1/32");
  CHECK(world.told({}) == "4 -2 10.0.0.1/32");
  CHECK(world.keys.empty());
}

TEST_CASE("another secret of the same id: the old one goes first, for the kernel takes no id twice") {
  World world;
  world.told({ao("fd00::/64", {key(1)})});
  CHECK(world.told({ao("fd00::/64", {key(1, "other")})}) == "6 -1 fd00::/64, 6 +1 fd00::/64");
}

TEST_CASE("from TCP-MD5 to TCP-AO and back, never both at a time") {
  World world;
  CHECK(world.told({md5("10.0.0.1/32", "a")}) == "4 +md5 10.0.0.1/32");
  CHECK(world.told({ao("10.0.0.1/32", {key(1)})}) == "4 -md5 10.0.0.1/32, 4 +1 10.0.0.1/32");
  CHECK(world.told({md5("10.0.0.1/32", "b")}) == "4 -1 10.0.0.1/32, 4 +md5 10.0.0.1/32");
  CHECK(world.told({md5("10.0.0.1/32", "c")}) == "4 +md5 10.0.0.1/32");
}

TEST_CASE("a chain that the kernel refuses closes the door, leaves nothing behind, and is tried again") {
  World world;
  world.refuses = {2};
  std::string said = world.told({ao("10.0.0.1/32", {key(1), key(2), key(3)})}, 1);
  CHECK(said.find("event=listener_refuses peer=10.0.0.1") != std::string::npos);
  CHECK(said.find("what=TCP-AO") != std::string::npos);
  CHECK(world.keys.empty());
  CHECK_FALSE(world.guard.may_connect(*IpAddress::parse("10.0.0.1")));
  CHECK(world.guard.may_connect(*IpAddress::parse("10.0.0.2")));
  world.refuses.clear();
  CHECK(world.told({ao("10.0.0.1/32", {key(1), key(2), key(3)})}) ==
        "4 +1 10.0.0.1/32, 4 +2 10.0.0.1/32, 4 +3 10.0.0.1/32");
  CHECK(world.guard.may_connect(*IpAddress::parse("10.0.0.1")));
}

TEST_CASE("a key that is refused beside others that are taken takes them along, and comes with all of them") {
  World world;
  world.told({ao("10.0.0.1/32", {key(1)})});
  world.refuses = {2};
  world.told({ao("10.0.0.1/32", {key(2), key(1)})}, 1);
  CHECK(world.keys.empty());
  world.refuses.clear();
  world.told({ao("10.0.0.1/32", {key(2), key(1)})});
  CHECK(world.keys.size() == 2);
}

TEST_CASE("a refusal names no secret") {
  World world;
  world.refuses = {1};
  CHECK(world.told({ao("10.0.0.1/32", {key(1, "CANARY")})}, 1).find("CANARY") == std::string::npos);
}
