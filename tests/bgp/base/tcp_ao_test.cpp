#include "bgp/base/tcp_ao.h"

#include <doctest/doctest.h>

#include <string>

using namespace bgp;

namespace {

AoKey key(uint8_t id, const char* secret = "s") { return {id, id, AoAlgorithm::HmacSha1_96, Secret(secret)}; }

// "add 2, prefer 2, delete 1"
std::string steps(const AoKeys& from, const AoKeys& to) {
  static constexpr const char* kWords[] = {"add ", "prefer ", "delete "};
  std::string out;
  for (const AoStep& step : roll_over_steps(from, to))
    out += (out.empty() ? "" : ", ") + std::string(kWords[static_cast<size_t>(step.what)]) + std::to_string(step.key.send_id);
  return out;
}

}  // namespace

TEST_CASE("keys roll over on a connection that a common key carries meanwhile") {
  CHECK(can_roll_over({key(1)}, {key(1)}));
  CHECK(can_roll_over({key(1)}, {key(2), key(1)}));
  CHECK(can_roll_over({key(2), key(1)}, {key(2)}));
  CHECK(can_roll_over({}, {}));
  CHECK_FALSE(can_roll_over({key(1)}, {key(2)}));
  CHECK_FALSE(can_roll_over({key(1)}, {}));
  CHECK_FALSE(can_roll_over({}, {key(1)}));
}

TEST_CASE("no id comes to mean another key while a connection lives") {
  CHECK_FALSE(can_roll_over({key(1), key(2)}, {key(1), key(2, "other")}));
  AoKey same_send{2, 3, AoAlgorithm::HmacSha1_96, Secret("t")}, same_recv{3, 2, AoAlgorithm::HmacSha1_96, Secret("t")};
  CHECK_FALSE(can_roll_over({key(1), key(2)}, {key(1), same_send}));
  CHECK_FALSE(can_roll_over({key(1), key(2)}, {key(1), same_recv}));
  AoKey cmac = key(2);
  cmac.algorithm = AoAlgorithm::Aes128Cmac96;
  CHECK_FALSE(can_roll_over({key(1), key(2)}, {key(1), cmac}));
}

TEST_CASE("new keys come first, then one is asked for, and old ones go last (RFC 5925 §6.1)") {
  CHECK(steps({key(1)}, {key(1)}) == "");
  CHECK(steps({key(1)}, {key(1), key(2)}) == "add 2");
  CHECK(steps({key(1)}, {key(2), key(1)}) == "add 2, prefer 2");
  CHECK(steps({key(2), key(1)}, {key(2)}) == "delete 1");
  CHECK(steps({key(1), key(2), key(3)}, {key(4), key(2)}) == "add 4, prefer 4, delete 1, delete 3");
}

TEST_CASE("the algorithms are called as RFC 5926 calls them") {
  CHECK(to_string(AoAlgorithm::HmacSha1_96) == std::string("hmac-sha-1-96"));
  CHECK(to_string(AoAlgorithm::Aes128Cmac96) == std::string("aes-128-cmac-96"));
}
