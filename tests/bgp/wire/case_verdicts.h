// What the decoders make of a row of tests/golden/rfc7606.txt or cves.txt.
#pragma once

#include <doctest/doctest.h>

#include <algorithm>

#include "bgp/wire/message.h"
#include "bgp/wire/open.h"
#include "bgp/wire/update.h"
#include "tests/support/case_table.h"

namespace tests::support {

using namespace bgp;
using namespace bgp::wire;

inline std::string number_text(const Notification& n) { return std::to_string(n.code) + "/" + std::to_string(n.subcode); }

inline bool names_prefix(const NlriField& field) {
  return (" " + prefixes_of(field) + " ").find(std::string(" ") + kPrefix + " ") != std::string::npos;
}

// Whether the prefix, announced before, is there afterwards. Withdrawals come first (RFC 4271 §4.3).
inline bool is_there(const DecodedUpdate& update) {
  if (names_prefix(update.reachable) || names_prefix(update.mp_reachable)) return !update.treat_as_withdraw;
  return !names_prefix(update.withdrawn) && !names_prefix(update.mp_withdrawn);
}

inline void check_faults(const Case& row, const DecodedUpdate& update) {
  std::vector<int> expected = row.faults;
  if (row.type() >= 0) expected = {row.type()};
  if (row.where == "frame") expected = {0};
  std::vector<int> counted;
  for (const AttributeFault& fault : update.faults) counted.push_back(fault.code);
  std::sort(counted.begin(), counted.end());
  CHECK(counted == expected);
}

inline std::string verdict_of_body(const Case& row, const CodecContext& context, const Bytes& body) {
  DecodedUpdate update;
  Status<Notification> status = decode_update(body, context, update);
  if (!status.ok()) return number_text(status.error());
  if (!update.faults.empty()) check_faults(row, update);
  if (update.treat_as_withdraw) return is_there(update) || !update.attributes.empty() ? "W, but only half" : "W";
  if (!is_there(update)) return "absent";
  bool stored = row.type() < 0 || find_attribute(update.attributes, static_cast<AttributeCode>(row.type())).has_value();
  if (update.faults.empty()) return stored ? "kept" : "gone";
  return stored && row.type() >= 0 ? "kept with a fault" : "D";
}

// A message as it comes from the stream, without its marker.
inline std::string verdict_of_message(const Case& row, const CodecContext& context) {
  Framer framer;
  Bytes whole = Bytes(16, 0xff) + octets_of(row.octets, nlri(kPrefix), {});
  framer.feed(whole);
  std::optional<Frame> frame = framer.next();
  if (framer.error()) return number_text(*framer.error());
  if (!frame) return "waits for more";
  switch (frame->type) {
    case MessageType::Update: return verdict_of_body(row, context, body_of(whole));
    case MessageType::Notification: return "closed";
    case MessageType::RouteRefresh: {
      auto refresh = decode_route_refresh(frame->body);
      return refresh ? "kept" : number_text(refresh.error());
    }
    case MessageType::Open: return "5/3";
    case MessageType::Keepalive: return "kept";
  }
  return "?";
}

inline std::string verdict_of(const Case& row, const CodecContext& context) {
  if (row.where == "message") return verdict_of_message(row, context);
  if (row.where != "open") return verdict_of_body(row, context, body_of(row, context));
  auto open = decode_open(octets_of(row.octets, {}, {}));
  return open ? "up" : number_text(open.error());
}

}  // namespace tests::support
