// Hostname, draft-walton-bgp-hostname-capability (code 73, sent by FRR). Text of the peer: hostile.
//   +--------+----------+--------+------------+
//   | length | hostname | length | domainname |
//   +--------+----------+--------+------------+
#pragma once

#include <algorithm>

#include "bgp/base/escape.h"
#include "bgp/wire/capabilities/capability.h"

namespace bgp::wire::capabilities {

struct Hostname {
  static constexpr uint8_t kCode = 73;
  static constexpr size_t kHostBytesMax = 64;  // as the draft's implementation limits each of the two

  static bool decode(ByteView value, Capabilities& out) {
    ByteReader reader(value);
    std::string host = text(reader.take(reader.u8()));
    std::string domain = text(reader.take(reader.u8()));
    if (reader.failed()) return false;  // what may follow is not ours to judge
    out.hostname = domain.empty() ? host : host + "." + domain;
    return true;
  }

  // Ours goes whole into the first field: the split has no meaning to anybody.
  static void encode(const Capabilities& from, Bytes& out) {
    if (!from.hostname) return;
    std::string_view host = std::string_view(*from.hostname).substr(0, kHostBytesMax);
    Tlv tlv(out, kCode);
    out.push_back(static_cast<uint8_t>(host.size()));
    out.insert(out.end(), host.begin(), host.end());
    out.push_back(0);
  }

  static void describe(const Capabilities& from, std::vector<std::string>& lines) {
    if (from.hostname) lines.push_back("Hostname " + printable(*from.hostname));
  }

 private:
  static std::string text(ByteView bytes) { return {bytes.begin(), bytes.end()}; }
};

}  // namespace bgp::wire::capabilities
