// TCP-MD5 fails in silence: a wrong key looks like a host that is gone. Only the kernel's counters tell. Private to the room.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace bgp::io {

// Segments of this network namespace that were dropped, since it exists.
struct Md5Counters {
  uint64_t not_found = 0;   // unsigned, where a key is expected
  uint64_t unexpected = 0;  // signed, where none is expected
  uint64_t failure = 0;     // signed with another key
  bool operator==(const Md5Counters&) const = default;
};

// Of the text of /proc/net/netstat; what is not there is 0.
Md5Counters parse_md5_counters(std::string_view netstat);
Md5Counters read_md5_counters();

// What may be wrong with a peer that did not answer while the counters went from `before` to `now`. Empty: nothing to
// see. A hint, for the counters do not say whose segments they were.
std::string md5_hint(const Md5Counters& before, const Md5Counters& now, bool has_password);

}  // namespace bgp::io
