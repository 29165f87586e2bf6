#include "bgp/base/tcp_ao.h"

#include <algorithm>

#include "bgp/base/assert.h"

namespace bgp {

const char* to_string(AoAlgorithm algorithm) {
  switch (algorithm) {
    case AoAlgorithm::HmacSha1_96: return "hmac-sha-1-96";
    case AoAlgorithm::Aes128Cmac96: return "aes-128-cmac-96";
  }
  return "?";
}

bool has_key(const AoKeys& keys, const AoKey& key) { return std::find(keys.begin(), keys.end(), key) != keys.end(); }

bool can_roll_over(const AoKeys& from, const AoKeys& to) {
  auto is_kept = [&](const AoKey& key) { return has_key(to, key); };
  auto clashes = [&](const AoKey& key) {
    if (has_key(from, key)) return false;
    return std::any_of(from.begin(), from.end(), [&](const AoKey& old) {
      return old.send_id == key.send_id || old.recv_id == key.recv_id;
    });
  };
  if (from == to) return true;
  return std::any_of(from.begin(), from.end(), is_kept) && std::none_of(to.begin(), to.end(), clashes);
}

std::vector<AoStep> roll_over_steps(const AoKeys& from, const AoKeys& to) {
  BGP_ASSERT(can_roll_over(from, to));
  std::vector<AoStep> steps;
  for (const AoKey& key : to)
    if (!has_key(from, key)) steps.push_back({AoStep::What::Add, key});
  if (!to.empty() && from.front() != to.front()) steps.push_back({AoStep::What::Prefer, to.front()});
  for (const AoKey& key : from)
    if (!has_key(to, key)) steps.push_back({AoStep::What::Delete, key});
  return steps;
}

}  // namespace bgp
