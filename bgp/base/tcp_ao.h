// The keys of TCP-AO (RFC 5925) that one peer is spoken to with.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "bgp/base/secret.h"

namespace bgp {

// The two that RFC 5926 §3 wants of everybody: each names a MAC and the way to its traffic keys.
enum class AoAlgorithm : uint8_t { HmacSha1_96, Aes128Cmac96 };
inline constexpr std::array kAoAlgorithms = {AoAlgorithm::HmacSha1_96, AoAlgorithm::Aes128Cmac96};
// "hmac-sha-1-96", "aes-128-cmac-96"
const char* to_string(AoAlgorithm algorithm);

// A master key tuple, RFC 5925 §3.1, without its connection identifier.
struct AoKey {
  uint8_t send_id = 0;  // KeyID of our segments
  uint8_t recv_id = 0;  // KeyID of the peer's
  AoAlgorithm algorithm = AoAlgorithm::HmacSha1_96;
  Secret secret;
  bool operator==(const AoKey&) const = default;
};

// The first is preferred: we sign with it from the start, and ask the peer for it. All of them are taken. The ids of each
// direction differ. Empty: no TCP-AO.
using AoKeys = std::vector<AoKey>;

bool has_key(const AoKeys& keys, const AoKey& key);

// Can a connection that lives go over from one chain to the other? Only if a key that both have carries it meanwhile, and
// no id comes to mean another secret: what is on its way could not be told apart.
bool can_roll_over(const AoKeys& from, const AoKeys& to);

// What a connection is told for that, in this order: both sides have the new keys before one is asked for, and the old ones
// go last (RFC 5925 §6.1, §7.2).
struct AoStep {
  enum class What : uint8_t { Add, Prefer, Delete };
  What what;
  AoKey key;
  bool operator==(const AoStep&) const = default;
};
// Requires can_roll_over().
std::vector<AoStep> roll_over_steps(const AoKeys& from, const AoKeys& to);

}  // namespace bgp
