#include <doctest/doctest.h>

#include "bgp/wire/message.h"
#include "bgp/wire/notification.h"
#include "tests/support/wire_builders.h"

using namespace bgp;
using namespace bgp::wire;
using namespace tests::support;

namespace {
Notification round_trip(const Notification& n) { return decode_notification(ByteView(encode(n)).subspan(19)); }
}  // namespace

TEST_CASE("each maker says what the README's table says") {
  struct {
    Notification made;
    const char* body;
    const char* text;
  } rows[] = {
      {bad_marker(), "0101", "Connection not synchronized"},
      {bad_message_length(18), "0102 0012", "Bad message length"},
      {bad_message_type(9), "0103 09", "Bad message type"},
      {open_malformed(), "0200", "Invalid OPEN message"},
      {unsupported_version(), "0201 0004", "Unsupported version number"},
      {bad_peer_as(), "0202", "Bad peer AS"},
      {bad_bgp_identifier(), "0203", "Bad BGP identifier"},
      {unsupported_optional_parameter(), "0204", "Unsupported optional parameter"},
      {unacceptable_hold_time(), "0206", "Unacceptable hold time"},
      {unsupported_capability(hex("4104 0000fde8")), "0207 4104 0000fde8", "Required capability missing"},
      {malformed_attribute_list(), "0301", "Malformed attribute list"},
      {optional_attribute_error(hex("800f00")), "0309 800f00", "Optional attribute error"},
      {invalid_network_field(), "030a", "Invalid network field"},
      {hold_timer_expired(), "0400", "Hold timer expired"},
      {unexpected_message(FsmErrorState::OpenSent, 4), "0501 04", "Unexpected message in OpenSent state"},
      {unexpected_message(FsmErrorState::OpenConfirm, 2), "0502 02", "Unexpected message in OpenConfirm state"},
      {unexpected_message(FsmErrorState::Established, 1), "0503 01", "Unexpected message in Established state"},
      {maximum_prefixes_reached(Family::IPv6, 100), "0601 0002 01 00000064", "Maximum number of prefixes reached"},
      {cease(CeaseReason::AdministrativeShutdown), "0602", "Administrative shutdown"},
      {cease(CeaseReason::AdministrativeShutdown, "bye"), "0602 03 627965", "Administrative shutdown"},
      {cease(CeaseReason::PeerDeconfigured), "0603", "Peer de-configured"},
      {cease(CeaseReason::AdministrativeReset, "x"), "0604 01 78", "Administrative reset"},
      {cease(CeaseReason::ConnectionRejected), "0605", "Connection rejected"},
      {cease(CeaseReason::OtherConfigurationChange), "0606", "Other configuration change"},
      {cease(CeaseReason::ConnectionCollisionResolution), "0607", "Connection collision resolution"},
      {cease(CeaseReason::OutOfResources), "0608", "Out of Resources"},
      {cease(CeaseReason::HardReset), "0609", "Hard reset"},
      {cease(CeaseReason::BfdDown), "060a", "BFD down"},
      {route_refresh_bad_length(hex("ff")), "0701 ff", "Invalid ROUTE-REFRESH message length"},
      {send_hold_timer_expired(), "0800", "Send hold timer expired"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.text);
    CHECK(to_hex(encode(row.made)) == to_hex(message(MessageType::Notification, hex(row.body))));
    CHECK(notification_text(row.made) == row.text);
    CHECK(round_trip(row.made) == row.made);
  }
}

TEST_CASE("an unknown error has a name too, and shows nothing of the peer's data") {
  CHECK(notification_text({7, 3, hex("1b5b41")}) == "Unknown error 7.3");
}

TEST_CASE("data that would make the message too long is cut") {
  CHECK(encode(optional_attribute_error(Bytes(5000, 1))).size() == 4096);
  CHECK(encode(Notification{6, 0, Bytes(9000, 1)}).size() == 4096);
}

TEST_CASE("a body that is too short reads as 0/0, never as an error to answer (RFC 4271 §6.4)") {
  CHECK(decode_notification({}) == Notification{});
  CHECK(decode_notification(hex("06")) == Notification{});
}

TEST_CASE("a shutdown text is cut to 255 octets between characters (RFC 9003)") {
  std::string text(254, 'a');
  text += "\xc3\xa4";  // ends at 256
  Notification n = cease(CeaseReason::AdministrativeShutdown, text);
  CHECK(n.data.size() == 255);
  CHECK(n.data[0] == 254);
  CHECK(shutdown_communication(n) == std::string(254, 'a'));
}

TEST_CASE("only shutdown and reset carry text") {
  CHECK(cease(CeaseReason::PeerDeconfigured, "bye").data.empty());
  CHECK(shutdown_communication({6, 3, hex("03 627965")}).empty());
}

TEST_CASE("a received shutdown text is given as it came, and a lying length gives none (CVE-2019-16159)") {
  CHECK(shutdown_communication({6, 2, hex("03 1b5b41")}) == "\x1b[A");
  CHECK(shutdown_communication({6, 2, hex("ff 627965")}).empty());
  CHECK(shutdown_communication({6, 2, {}}).empty());
  CHECK(shutdown_communication({6, 2, hex("00")}).empty());
}

TEST_CASE("a KEEPALIVE is a header") { CHECK(encode_keepalive() == Bytes(16, 0xff) + hex("0013 04")); }

TEST_CASE("a ROUTE-REFRESH reads back what was written") {
  for (uint8_t subtype : Bytes{0, 1, 2, 3, 255}) {
    RouteRefresh refresh{2, subtype, 1};
    Result<RouteRefresh, Notification> read = decode_route_refresh(ByteView(encode(refresh)).subspan(19));
    REQUIRE(read.ok());
    CHECK(*read == refresh);
  }
}

TEST_CASE("a BoRR or EoRR of another length is 7/1 with the whole message, a request 1/2 (RFC 7313 §5)") {
  Bytes borr = hex("0001 01 01 00");
  CHECK(decode_route_refresh(borr).error() == route_refresh_bad_length(message(MessageType::RouteRefresh, borr)));
  CHECK(decode_route_refresh(hex("0001 02")).error().code == 7);
  CHECK(decode_route_refresh(hex("0001 00 01 00")).error() == bad_message_length(24));
  CHECK(decode_route_refresh(hex("0001 00")).error() == bad_message_length(22));
  CHECK(decode_route_refresh({}).error() == bad_message_length(19));
}

TEST_CASE("RFC 8538: a hard reset carries its cause, and is read as one") {
  Notification hard = hard_reset(cease(CeaseReason::AdministrativeShutdown, "back at noon"));
  CHECK(to_hex(hard.data) == to_hex(hex("06 02 0c 6261636b206174206e6f6f6e")));
  CHECK(is_hard_reset(hard));
  CHECK(notification_text(hard) == "Hard reset: Administrative shutdown");
  CHECK(shutdown_communication(hard) == "back at noon");
  CHECK(notification_text({6, 9, {6}}) == "Hard reset");
  CHECK(notification_text({6, 9, {6, 9, 6, 2}}) == "Hard reset");
  CHECK(shutdown_communication({6, 9, {6, 2, 200}}).empty());
}
