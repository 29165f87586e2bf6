// say-everything: each message and each packet that we can send, a line each, for another's dissector to look at
// (tests/interop/test_packets.py):
//
//   session | what | octets in hex
//
// Of a session, first our OPEN and the peer's, which the dissector needs to know how to read what follows. UPDATEs are what
// our decoder keeps of tests/golden/rfc7606.txt and cves.txt, and more that the tables do not have, encoded for a session of each kind.
#include <cstdio>
#include <iostream>

#include "bgp/bfd/packet.h"
#include "bgp/session/negotiation.h"
#include "tests/support/case_table.h"

using namespace bgp;
using namespace bgp::wire;
using namespace tests::support;

namespace {

struct Session {
  const char* name;
  CodecContext codec;
};

void say(const char* session, const std::string& what, ByteView octets) {
  std::cout << session << " | " << what << " | " << to_hex(octets) << "\n";
}

// ---- OPEN -----------------------------------------------------------------------------------------------------------

session::PeerConfig config_for(const Session& s) {
  session::PeerConfig config;
  config.address = *IpAddress::parse(s.codec.extended_next_hop ? "2001:db8::2" : "192.0.2.2");
  config.peer_as = Asn{65001};
  config.local_as = Asn{s.codec.four_octet_as ? 4200000001U : 65000U};
  config.identifier = BgpIdentifier{0x0a000001};
  config.families = FamilySet::both();
  config.extended_messages = s.codec.extended_messages;
  config.add_path.receive = config.add_path.send = !s.codec.add_path_send.empty();
  config.graceful_restart.long_lived_stale_s = 3600;
  config.role = Role::Customer;
  config.hostname = "node1.example.com";
  config.software_version = true;
  return config;
}

void say_opens(const Session& s) {
  Open ours = session::make_open(config_for(s), {.restarting = true, .forwarding = FamilySet::both(), .software = "calico-bgp/0.1.0"});
  say(s.name, "OPEN", encode(ours));
  if (!s.codec.four_octet_as) ours.capabilities.four_octet_as.reset();  // such a peer's
  say(s.name, "< OPEN", encode(ours));
  say(s.name, "KEEPALIVE", encode_keepalive());
  say(s.name, "< KEEPALIVE", encode_keepalive());
}

// OPENs that begin a session of their own: the fewest capabilities, and so many that RFC 9072 is needed.
void say_other_opens() {
  Open least;
  least.my_as = Asn{65000};
  least.identifier = BgpIdentifier{1};
  say("least", "OPEN", encode(least));
  session::PeerConfig config = config_for({"", {}});
  config.hostname = std::string(200, 'h');
  say("most", "OPEN of RFC 9072", encode(session::make_open(config, {.restarting = false, .forwarding = {}, .software = "v0.1"})));
}

// ---- UPDATE -----------------------------------------------------------------------------------------------------------

void say_field(const Session& s, const std::string& what, const NlriField& field, ByteView attributes, const NextHop* next_hop) {
  bool needs_rfc8950 = next_hop && next_hop->address.family() != field.family();
  if (field.empty() || (needs_rfc8950 && !s.codec.extended_next_hop)) return;
  Bytes out;
  UpdateWriter writer(out, s.codec);
  if (!next_hop) writer.withdraw(field.family());
  else if (!writer.announce(field.family(), attributes, *next_hop)) return;  // no room for a prefix beside them
  uint32_t path_id = 0;
  field.for_each([&](const NlriEntry& entry) { writer.add(entry.length, entry.bytes, ++path_id); });
  writer.finish();
  say(s.name, what, out);
}

void pass_on(const std::vector<Session>& sessions, const std::string& what, const Bytes& body, CodecContext from) {
  from.extended_next_hop = true;
  from.reject_as_sets = false;
  DecodedUpdate update;
  if (!decode_update(body, from, update)) return;
  for (const Session& s : sessions) {
    say_field(s, what, update.withdrawn, {}, nullptr);
    say_field(s, what, update.mp_withdrawn, {}, nullptr);
    if (update.treat_as_withdraw) continue;
    say_field(s, what, update.reachable, update.attributes, &update.next_hop);
    say_field(s, what, update.mp_reachable, update.attributes, &update.mp_next_hop);
  }
}

void pass_on_tables(const std::vector<Session>& sessions) {
  for (const char* table : {"rfc7606.txt", "cves.txt"})
    for (const Case& row : read_cases(CALICO_SOURCE_DIR "/tests/golden/" + std::string(table)))
      for (bool is_internal : {false, true})
        if (row.where != "open" && row.where != "message")
          pass_on(sessions, row.name, body_of(row, context_of(row, is_internal)), context_of(row, is_internal));
}

struct More {
  const char* what;
  int type;
  const char* octets;
};
const More kMore[] = {
    {"AS_PATH of 300 hops", 2, "50 02 04b4 02 ff 0000fde9*255 02 2d 0000fde9*45"},
    {"AS_PATH of 750 hops beyond 65535", 2, "50 02 0bbe 02 ff 0000fde9 fa56ea01*254 02 ff fa56ea01*255 02 f0 fa56ea01*240"},
    {"AS_PATH with a set beyond 65535", 2, "40 02 10 02 01 0000fde9 01 02 fa56ea01 fa56ea02"},
    {"AGGREGATOR beyond 65535", 7, "c0 07 08 fa56ea01 c0000201"},
    {"COMMUNITIES, 500", 8, "d0 08 07d0 fde80001*500"},
    {"link bandwidth, not transitive", 16, "c0 10 08 4004fde8 4cbebc20"},
    {"link bandwidth, transitive", 16, "c0 10 08 0004fde8 4cbebc20"},
    {"IPv6 extended community", 25, "c0 19 14 0002 20010db8000000000000000000000001 0064"},
    {"LARGE_COMMUNITY, 3", 32, "c0 20 24 fa56ea01 00000001 00000002*7"},
    {"ONLY_TO_CUSTOMER", 35, "c0 23 04 0000fde9"},
    {"an unknown transitive attribute", 99, "c0 63 04 deadbeef"},
    {"an unknown transitive attribute of 3000 octets", 99, "d0 63 0bb8 aa*3000"},
    {"IPv4 with an IPv6 next hop", 14, "80 0e 1a 0001 01 10 20010db8000000000000000000000001 00 20 c6336401"},
    {"IPv4 with two IPv6 next hops", 14, "80 0e 2a 0001 01 20 20010db8000000000000000000000001 fe800000000000000000000000000001 00 20 c6336401"},
    {"IPv6 with two next hops", 14, "80 0e 2a 0002 01 20 20010db8000000000000000000000001 fe800000000000000000000000000001 00 20 20010db8"},
};

// As many prefixes as there is room for, up to 3,000: without extended messages that is several messages.
void say_many(const Session& s, Family family, const NextHop* next_hop) {
  Bytes out;
  UpdateWriter writer(out, s.codec);
  Bytes attributes = hex(kOrigin) + hex(kPathOfPeer);
  auto begin = [&] { next_hop ? (void)writer.announce(family, attributes, *next_hop) : writer.withdraw(family); };
  begin();
  for (uint32_t n = 0; n < 3000; ++n) {
    Bytes address = hex(family == Family::IPv4 ? "0a00 0000" : "20010db8 0000 0000");
    address[2] = static_cast<uint8_t>(n >> 8), address[3] = static_cast<uint8_t>(n);
    auto length = static_cast<uint8_t>(address.size() * 8);
    if (writer.add(length, address.data(), n + 1)) continue;
    writer.finish();
    begin();
    writer.add(length, address.data(), n + 1);
  }
  writer.finish();
  Framer framer;
  framer.allow_extended_messages();
  framer.feed(out);
  while (std::optional<Frame> frame = framer.next()) say(s.name, "3000 prefixes", frame->whole);
}

void say_updates(const std::vector<Session>& sessions) {
  pass_on_tables(sessions);
  for (const More& more : kMore)
    pass_on(sessions, more.what, update_body({}, attributes_with(ebgp(), more.type, more.octets), nlri("198.51.100.0/24 0.0.0.0/0")), ebgp());
  pass_on(sessions, "withdrawn", update_body(nlri("10.0.0.0/8 10.1.0.0/16"), hex("80 0f 09 0002 01 20 20010db8 00"), {}), ebgp());
  pass_on(sessions, "withdrawn, a default route", update_body(nlri("10.0.0.0/8 0.0.0.0/0"), {}, {}), ebgp());
  NextHop v4{*IpAddress::parse("192.0.2.1"), std::nullopt}, v6{*IpAddress::parse("2001:db8::1"), std::nullopt};
  for (const Session& s : sessions) {
    for (bool is_withdrawal : {false, true}) {
      say_many(s, Family::IPv4, is_withdrawal ? nullptr : &v4);
      say_many(s, Family::IPv6, is_withdrawal ? nullptr : &v6);
    }
    for (Family family : {Family::IPv4, Family::IPv6}) {
      say(s.name, "End-of-RIB", encode_end_of_rib(family));
      for (uint8_t subtype : {uint8_t{0}, kBeginOfRefresh, kEndOfRefresh})
        say(s.name, "ROUTE-REFRESH", encode(RouteRefresh{static_cast<uint16_t>(to_afi(family)), subtype, 1}));
    }
  }
}

// ---- NOTIFICATION, one a session; BFD -----------------------------------------------------------------------------------

void say_notifications() {
  std::vector<Notification> all = {
      bad_marker(), bad_message_length(18), bad_message_type(9), open_malformed(), unsupported_version(), bad_peer_as(),
      bad_bgp_identifier(), unsupported_optional_parameter(), unacceptable_hold_time(),
      unsupported_capability(hex("4104 0000fde8")), role_mismatch(), malformed_attribute_list(),
      optional_attribute_error(hex("800f00")), invalid_network_field(), hold_timer_expired(),
      unexpected_message(FsmErrorState::OpenSent, 4), unexpected_message(FsmErrorState::OpenConfirm, 2),
      unexpected_message(FsmErrorState::Established, 1), send_hold_timer_expired(),
      route_refresh_bad_length(encode(begin_of_refresh(Family::IPv4))), maximum_prefixes_reached(Family::IPv4, 1000),
      maximum_prefixes_reached(Family::IPv6, 1000)};
  for (uint8_t reason = 2; reason <= 10; ++reason)
    if (reason != static_cast<uint8_t>(CeaseReason::HardReset)) all.push_back(cease(static_cast<CeaseReason>(reason)));
  for (CeaseReason reason : {CeaseReason::AdministrativeShutdown, CeaseReason::AdministrativeReset})
    for (const std::string& text : {std::string("maintenance, back at 04:00"), std::string("Größe"), std::string(300, 'x')})
      all.push_back(cease(reason, text));
  for (size_t i = 0, plain = all.size(); i < plain; ++i)
    if (all[i].code == 6) all.push_back(hard_reset(all[i]));
  for (size_t i = 0; i < all.size(); ++i)
    say(("notification " + std::to_string(i)).c_str(), "NOTIFICATION " + notification_text(all[i]), encode(all[i]));
}

void say_bfd() {
  for (const char* session : {"bfd", "bfd multihop"})
    for (uint8_t state = 0; state < 4; ++state)
      for (uint8_t diagnostic = 0; diagnostic <= 8; ++diagnostic)
        for (uint8_t flags = 0; flags < 3; ++flags) {
          bfd::Packet packet;
          packet.state = static_cast<bfd::State>(state);
          packet.diagnostic = static_cast<bfd::Diagnostic>(diagnostic);
          packet.poll = flags == 1, packet.final = flags == 2;
          packet.my_discriminator = 1, packet.your_discriminator = state < 2 ? 0 : 2;
          say(session, std::string("BFD ") + to_string(packet.state), bfd::encode(packet));
        }
}

std::vector<Session> sessions() {
  CodecContext plain = session_with(65001);
  std::vector<Session> all(4, Session{"plain", plain});
  all[1] = {"two-octet", two_octet(plain)};
  all[2].name = "add-path", all[2].codec.add_path_send = FamilySet::both();
  all[3].name = "extended", all[3].codec.extended_messages = all[3].codec.extended_next_hop = true;
  return all;
}

}  // namespace

int main() {
  std::vector<Session> all = sessions();
  for (const Session& s : all) say_opens(s);
  say_other_opens();
  say_updates(all);
  say_notifications();
  say_bfd();
}
