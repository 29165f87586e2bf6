#include <doctest/doctest.h>

#include <linux/if.h>
#include <linux/if_addr.h>
#include <linux/rtnetlink.h>

#include <algorithm>
#include <climits>
#include <string>

#include "fib/netlink/attributes.h"
#include "fib/netlink/message.h"
#include "fib/netlink/route_codec.h"

using namespace fib;
using namespace fib::netlink;

namespace {

bgp::IpAddress ip(const char* text) { return *bgp::IpAddress::parse(text); }

KernelRoute route_to(const char* prefix, std::vector<Leg> legs) {
  KernelRoute route;
  route.prefix = *bgp::Prefix::parse(prefix);
  route.protocol = 12;
  route.legs = std::move(legs);
  if (route.legs.empty()) route.type = KernelRoute::Type::Blackhole;
  if (route.prefix.family() == bgp::Family::IPv6) route.metric = 1024;
  return route;
}

MessageView only_message(const bgp::Bytes& bytes) {
  MessageReader reader(bytes);
  std::optional<MessageView> message = reader.next();
  REQUIRE(message.has_value());
  CHECK(!reader.next().has_value());
  return *message;
}

bgp::Bytes encoded(const RouteOp& op, bool ack = false) {
  bgp::Bytes bytes;
  encode_route_op(op, ack, bytes);
  return bytes;
}

// A message with a fixed structure and attributes, as the kernel would send it.
template <class Body>
bgp::Bytes message(uint16_t type, uint16_t flags, const Body& body, const bgp::Bytes& attributes = {}) {
  bgp::Bytes bytes;
  Writer writer(bytes);
  nlmsghdr header{};
  header.nlmsg_type = type;
  header.nlmsg_flags = flags;
  header.nlmsg_seq = 7;
  writer.structure(header);
  writer.structure(body);
  bytes.insert(bytes.end(), attributes.begin(), attributes.end());
  writer.set_length<uint32_t>(0);
  return bytes;
}

bgp::Bytes attribute(uint16_t type, std::string_view text) {
  bgp::Bytes bytes;
  Writer(bytes).attribute(type, bgp::ByteView(reinterpret_cast<const uint8_t*>(text.data()), text.size()));
  return bytes;
}

}  // namespace

TEST_CASE("what is written for a route reads back as the same route") {
  KernelRoute in_table = route_to("10.9.0.0/16", {{ip("10.0.0.2"), 3, 1, false}});
  in_table.table = 1000;
  in_table.metric = 77;
  for (const KernelRoute& route : {
           route_to("10.9.0.0/16", {{ip("10.0.0.2"), 3, 1, false}}),
           route_to("0.0.0.0/0", {{ip("10.0.0.2"), 3, 1, false}}),
           route_to("10.9.0.7/32", {{{}, 3, 1, false}}),
           route_to("10.9.0.0/16", {{ip("10.0.0.2"), 3, 1, true}}),
           route_to("10.9.0.0/16", {{ip("10.0.0.2"), 3, 1, false}, {ip("10.0.1.2"), 4, 256, true}}),
           route_to("10.9.0.0/16", {{ip("fd00::2"), 3, 1, false}}),
           route_to("10.9.0.0/16", {{ip("10.0.0.2"), 3, 1, false}, {ip("fd00::2"), 4, 1, false}}),
           route_to("10.9.0.0/16", {}),
           route_to("fd09::/32", {{ip("fd00::2"), 3, 1, false}}),
           route_to("fd09::/32", {{ip("fe80::2"), 3, 1, false}, {ip("fe80::2"), 4, 1, false}}),
           route_to("fd09::/32", {}),
           in_table,
       }) {
    CAPTURE(route.prefix.to_string());
    bgp::Bytes bytes = encoded({RouteOp::Kind::Add, 9, route});
    CHECK(bytes.size() % 4 == 0);
    MessageView view = only_message(bytes);
    CHECK(view.sequence == 9);
    std::optional<RouteEvent> event = decode_route(view);
    REQUIRE(event.has_value());
    CHECK(event->route == route);
    CHECK(!event->removed);
  }
}

TEST_CASE("an add refuses to overwrite, a replace creates, and a delete names no next hop") {
  KernelRoute route = route_to("10.9.0.0/16", {{ip("10.0.0.2"), 3, 1, false}});
  bgp::Bytes add = encoded({RouteOp::Kind::Add, 1, route});
  CHECK(only_message(add).flags == (NLM_F_REQUEST | NLM_F_CREATE | NLM_F_EXCL));
  bgp::Bytes replace = encoded({RouteOp::Kind::Replace, 1, route}, true);
  CHECK(only_message(replace).flags == (NLM_F_REQUEST | NLM_F_ACK | NLM_F_CREATE | NLM_F_REPLACE));
  bgp::Bytes remove = encoded({RouteOp::Kind::Delete, 1, route});
  CHECK(only_message(remove).flags == NLM_F_REQUEST);
  RouteEvent event = *decode_route(only_message(remove));
  CHECK(event.removed);
  CHECK(event.route.protocol == 12);
  CHECK(event.route.legs.empty());
}

TEST_CASE("several messages in one buffer are read one after the other") {
  bgp::Bytes bytes;
  for (uint32_t id : {1U, 2U, 3U}) encode_route_op({RouteOp::Kind::Add, id, route_to("10.9.0.0/16", {})}, false, bytes);
  MessageReader reader(bytes);
  for (uint32_t id : {1U, 2U, 3U}) CHECK(reader.next()->sequence == id);
  CHECK(!reader.next().has_value());
}

TEST_CASE("a message cut at any byte, or with any byte changed, is survived") {
  bgp::Bytes whole = encoded(
      {RouteOp::Kind::Add, 1, route_to("10.9.0.0/16", {{ip("10.0.0.2"), 3, 1, false}, {ip("fd00::2"), 4, 1, false}})});
  auto read_all = [](const bgp::Bytes& bytes) {
    MessageReader reader(bytes);
    while (std::optional<MessageView> view = reader.next()) {
      decode_event(*view);
      decode_ack(*view);
    }
  };
  for (size_t size = 0; size < whole.size(); ++size) {
    bgp::Bytes cut(whole.begin(), whole.begin() + static_cast<ptrdiff_t>(size));
    CHECK(!MessageReader(cut).next().has_value());
    for (uint16_t type : std::initializer_list<uint16_t>{RTM_NEWROUTE, RTM_NEWLINK, RTM_NEWADDR, NLMSG_ERROR})
      if (size >= sizeof(nlmsghdr)) {
        uint32_t length = static_cast<uint32_t>(size);  // an honest header over a body that ends too early
        std::memcpy(cut.data(), &length, sizeof length);
        std::memcpy(cut.data() + 4, &type, sizeof type);
        read_all(cut);
      }
  }
  for (size_t at = 0; at < whole.size(); ++at)
    for (int value : {0, 1, 3, 4, 5, 127, 255}) {
      bgp::Bytes changed = whole;
      changed[at] = static_cast<uint8_t>(value);
      read_all(changed);
    }
}

TEST_CASE("routes that live beside ours are not mistaken for them") {
  for (auto change : {+[](rtmsg& m) { m.rtm_tos = 4; }, +[](rtmsg& m) { m.rtm_src_len = 8; },
                      +[](rtmsg& m) { m.rtm_flags = RTM_F_CLONED; }, +[](rtmsg& m) { m.rtm_family = 28; }}) {
    rtmsg body{};
    body.rtm_family = 2;
    bgp::Bytes plain = message(RTM_NEWROUTE, 0, body);
    CHECK(decode_route(only_message(plain)).has_value());
    change(body);
    bgp::Bytes changed = message(RTM_NEWROUTE, 0, body);
    CHECK(!decode_route(only_message(changed)).has_value());
  }
}

TEST_CASE("a refusal comes with its request's number and the kernel's words") {
  nlmsgerr refusal{};
  refusal.error = -22;
  refusal.msg.nlmsg_seq = 41;
  bgp::Bytes words = attribute(NLMSGERR_ATTR_MSG, std::string_view("Nexthop has invalid gateway\0", 28));
  bgp::Bytes capped = message(NLMSG_ERROR, NLM_F_CAPPED | NLM_F_ACK_TLVS, refusal, words);
  std::optional<Ack> ack = decode_ack(only_message(capped));
  REQUIRE(ack.has_value());
  CHECK(ack->sequence == 41);
  CHECK(ack->error == 22);
  CHECK(ack->text == "Nexthop has invalid gateway");

  refusal.msg.nlmsg_len = sizeof(nlmsghdr) + 8;  // an old kernel repeats the request before the words
  words.insert(words.begin(), 8, 0xff);
  bgp::Bytes echoed = message(NLMSG_ERROR, NLM_F_ACK_TLVS, refusal, words);
  CHECK(decode_ack(only_message(echoed))->text == "Nexthop has invalid gateway");

  refusal.error = INT_MIN;  // no kernel says so, and its negation does not exist
  bgp::Bytes absurd = message(NLMSG_ERROR, 0, refusal);
  CHECK(decode_ack(only_message(absurd))->error == INT_MAX);

  refusal.error = 0;
  bgp::Bytes success = message(NLMSG_ERROR, 0, refusal);
  CHECK(decode_ack(only_message(success))->error == 0);
}

TEST_CASE("links tell name and flags; a bridge that lets go of a port deletes no link") {
  ifinfomsg body{};
  body.ifi_index = 5;
  body.ifi_flags = IFF_UP | IFF_LOWER_UP;
  bgp::Bytes up = message(RTM_NEWLINK, 0, body, attribute(IFLA_IFNAME, std::string_view("cali1\0", 6)));
  LinkEvent event = std::get<LinkEvent>(*decode_event(only_message(up)));
  CHECK(event.link == Link{5, "cali1", true, true, false});
  bgp::Bytes gone = message(RTM_DELLINK, 0, body);
  CHECK(std::get<LinkEvent>(*decode_event(only_message(gone))).removed);
  body.ifi_family = 7;  // AF_BRIDGE
  bgp::Bytes port_left = message(RTM_DELLINK, 0, body);
  CHECK(!decode_event(only_message(port_left)).has_value());
}

TEST_CASE("an address is the local end of a point-to-point link, not the peer's") {
  ifaddrmsg body{};
  body.ifa_family = 2;
  body.ifa_prefixlen = 32;
  body.ifa_index = 5;
  bgp::Bytes attributes = attribute(IFA_ADDRESS, std::string_view("\x0a\x00\x00\x02", 4));
  bgp::Bytes local = attribute(IFA_LOCAL, std::string_view("\x0a\x00\x00\x01", 4));
  attributes.insert(attributes.end(), local.begin(), local.end());
  bgp::Bytes bytes = message(RTM_NEWADDR, 0, body, attributes);
  CHECK(std::get<AddressEvent>(*decode_event(only_message(bytes))).address == LinkAddress{5, ip("10.0.0.1"), 32});
}

TEST_CASE("the interrupted flag and the end of a dump are seen") {
  rtmsg body{};
  bgp::Bytes bytes = message(RTM_NEWROUTE, NLM_F_MULTI | NLM_F_DUMP_INTR, body);
  CHECK(only_message(bytes).is_interrupted());
  bgp::Bytes done = message(NLMSG_DONE, NLM_F_MULTI, int32_t{0});
  CHECK(only_message(done).is_done());
  CHECK(!only_message(done).is_interrupted());
}
