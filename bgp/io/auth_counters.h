// TCP-MD5 and TCP-AO fail in silence: a wrong key looks like a host that is gone. Only the kernel's counters tell. Private to the room.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace bgp::io {

// Segments of this network namespace that were dropped, since it exists.
struct AuthCounters {
  uint64_t not_found = 0;   // TCP-MD5: unsigned, where a key is expected
  uint64_t unexpected = 0;  // signed, where none is expected
  uint64_t failure = 0;     // signed with another key
  uint64_t ao_required = 0;       // TCP-AO: unsigned, where a key is expected
  uint64_t ao_key_not_found = 0;  // signed with a key id that nobody knows
  uint64_t ao_bad = 0;            // signed with another key
  bool operator==(const AuthCounters&) const = default;
};

// Of the text of /proc/net/netstat; what is not there is 0.
AuthCounters parse_auth_counters(std::string_view netstat);
AuthCounters read_auth_counters();

// What we expect of a peer.
enum class Auth : uint8_t { None, TcpMd5, TcpAo };

// What may be wrong with a peer that did not answer while the counters went from `before` to `now`. Empty: nothing to
// see. A hint, for the counters do not say whose segments they were.
std::string auth_hint(const AuthCounters& before, const AuthCounters& now, Auth auth);

}  // namespace bgp::io
