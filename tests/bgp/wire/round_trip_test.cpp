// decode(encode(x)) == x, for everything that we write, in every context that changes the bytes; by seed.
#include <doctest/doctest.h>

#include "bgp/base/limits.h"
#include "bgp/wire/open.h"
#include "random_attributes.h"
#include "tests/support/wire_builders.h"

using namespace tests::support;

namespace {

struct Route {
  Prefix prefix;
  uint32_t path_id;
  bool operator==(const Route&) const = default;
};

CodecContext random_context(Prng& prng) {
  CodecContext context = prng.below(2) != 0 ? ibgp() : ebgp();
  context.four_octet_as = prng.below(3) != 0;
  context.extended_messages = prng.below(2) != 0;
  context.enforce_first_as = false;  // the paths are anybody's
  if (prng.below(2) != 0) context.add_path_send = context.add_path_receive = FamilySet::both();
  return context;
}

std::vector<Route> random_routes(Family family, const CodecContext& context, Prng& prng) {
  std::vector<Route> out;
  for (size_t n = 1 + prng.below(40); n > 0; --n) {
    Bytes raw(family == Family::IPv4 ? 4 : 16);
    for (uint8_t& octet : raw) octet = static_cast<uint8_t>(prng.next());
    uint32_t id = context.add_path_send.empty() ? 0 : static_cast<uint32_t>(prng.next());
    out.push_back({Prefix(*IpAddress::from_bytes(raw), static_cast<uint8_t>(prng.below(raw.size() * 8 + 1))), id});
  }
  return out;
}

std::vector<Route> routes_of(const NlriField& field) {
  std::vector<Route> out;
  field.for_each([&](const NlriEntry& entry) { out.push_back({to_prefix(field.family(), entry), entry.path_id}); });
  return out;
}

NextHop random_next_hop(Family family, Prng& prng) {
  if (family == Family::IPv4) return {IpAddress::v4(0x0a000000 | static_cast<uint32_t>(prng.below(1 << 24))), {}};
  NextHop next_hop{*IpAddress::parse("2001:db8::77"), {}};
  if (prng.below(2) != 0) next_hop.link_local = IpAddress::parse("fe80::77");
  return next_hop;
}

// An external peer is not told LOCAL_PREF, ORIGINATOR_ID and CLUSTER_LIST: the export policy takes them out.
Bytes attributes_for(const CodecContext& context, Prng& prng) {
  Bytes all = random_attributes(prng);
  if (context.is_ibgp()) return all;
  AttributeEditor editor(all);
  for (AttributeCode code : {AttributeCode::LocalPref, AttributeCode::OriginatorId, AttributeCode::ClusterList}) editor.remove(code);
  return editor.finish();
}

void check_attributes(const DecodedUpdate& update, const Bytes& sent, const CodecContext& context) {
  // An AS4_PATH joins sequences that were apart: a 2-octet session keeps the path, not its segments.
  if (context.four_octet_as) CHECK(to_hex(update.attributes) == to_hex(sent));
  else CHECK(as_path_text(update.attributes) == as_path_text(sent));
  CHECK(facts_of(update.attributes) == facts_of(sent));
}

}  // namespace

TEST_CASE("every announcement that we write reads back as what was written") {
  for (uint64_t seed = 0; seed < 3000; ++seed) {
    CAPTURE(seed);
    Prng prng(seed);
    CodecContext context = random_context(prng);
    Family family = prng.below(2) != 0 ? Family::IPv4 : Family::IPv6;
    Bytes sent = attributes_for(context, prng), out;
    NextHop next_hop = random_next_hop(family, prng);
    UpdateWriter writer(out, context);
    if (!writer.announce(family, sent, next_hop)) continue;  // no room for it on this session
    std::vector<Route> told;
    for (const Route& route : random_routes(family, context, prng))
      if (writer.add(route.prefix.length(), route.prefix.address().bytes().data(), route.path_id)) told.push_back(route);
    writer.finish();
    CHECK(out.size() <= (context.extended_messages ? limits::kExtendedMessageBytesMax : limits::kMessageBytesMax));
    DecodedUpdate update;
    REQUIRE(decode_update(ByteView(out).subspan(19), context, update).ok());
    CHECK(update.faults.empty());
    CHECK(routes_of(family == Family::IPv4 ? update.reachable : update.mp_reachable) == told);
    CHECK((family == Family::IPv4 ? update.next_hop : update.mp_next_hop) == next_hop);
    check_attributes(update, sent, context);
  }
}

TEST_CASE("every withdrawal that we write reads back as what was written") {
  for (uint64_t seed = 0; seed < 1000; ++seed) {
    CAPTURE(seed);
    Prng prng(seed);
    CodecContext context = random_context(prng);
    Family family = prng.below(2) != 0 ? Family::IPv4 : Family::IPv6;
    std::vector<Route> routes = random_routes(family, context, prng);
    Bytes out;
    UpdateWriter writer(out, context);
    writer.withdraw(family);
    for (const Route& route : routes)
      REQUIRE(writer.add(route.prefix.length(), route.prefix.address().bytes().data(), route.path_id));
    writer.finish();
    DecodedUpdate update;
    REQUIRE(decode_update(ByteView(out).subspan(19), context, update).ok());
    CHECK(update.faults.empty());
    CHECK(routes_of(family == Family::IPv4 ? update.withdrawn : update.mp_withdrawn) == routes);
  }
}

TEST_CASE("every NOTIFICATION and ROUTE-REFRESH reads back as what was written") {
  for (uint64_t seed = 0; seed < 500; ++seed) {
    Prng prng(seed);
    Notification notification{static_cast<uint8_t>(1 + prng.below(8)), static_cast<uint8_t>(prng.below(12)), {}};
    notification.data.assign(prng.below(300), static_cast<uint8_t>(prng.next()));
    CHECK(decode_notification(ByteView(encode(notification)).subspan(19)) == notification);
  }
}
