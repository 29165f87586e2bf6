// Bytes -> messages -> Adj-RIB-In.
#include <array>

#include "bgp/base/limits.h"
#include "bgp/policy/import_attributes.h"
#include "bgp/policy/only_to_customer.h"
#include "bgp/speaker/import_judge.h"
#include "bgp/speaker/peer_slot.h"

namespace bgp::speaker {
namespace {

// Decodes what the state machine itself looks at. An UPDATE is a mere event there.
Result<session::Message, wire::Notification> decode(const wire::Frame& frame) {
  using Decoded = Result<session::Message, wire::Notification>;
  switch (frame.type) {
    case wire::MessageType::Open: {
      Result<wire::Open, wire::Notification> open = wire::decode_open(frame.body);
      return open ? Decoded(session::Message(*open)) : Decoded(Err(open.error()));
    }
    case wire::MessageType::Update: return session::Message(session::UpdateMessage{});
    case wire::MessageType::Notification: return session::Message(wire::decode_notification(frame.body));
    case wire::MessageType::Keepalive: return session::Message(session::KeepaliveMessage{});
    case wire::MessageType::RouteRefresh: {
      Result<wire::RouteRefresh, wire::Notification> refresh = wire::decode_route_refresh(frame.body);
      return refresh ? Decoded(session::Message(*refresh)) : Decoded(Err(refresh.error()));
    }
  }
  return session::Message(session::KeepaliveMessage{});  // the framer lets no other type through
}

}  // namespace

void Speaker::receive_frame(Connection& connection, const wire::Frame& frame) {
  PeerSlot& peer = *peers_[connection.peer];
  if (frame.type == wire::MessageType::Update && peer.is_up() && peer.fsm.is_established(connection.id)) {
    peer.fsm.heard(connection.id, now_);
    return receive_update(peer, connection.id, frame.body);
  }
  session::Environment env = environment();
  Result<session::Message, wire::Notification> message = decode(frame);
  if (message) perform(peer, peer.fsm.received(connection.id, *message, env));
  else perform(peer, peer.fsm.bad_message(connection.id, message.error(), env));
}

void Speaker::receive_update(PeerSlot& peer, ConnId conn, ByteView body) {
  ++peer.fsm.counters().updates_in;
  Status<wire::Notification> decoded = wire::decode_update(body, peer.fsm.negotiated().codec, update_);
  if (!decoded) {
    note_reset(peer, decoded.error(), body);
    session::Environment env = environment();
    return perform(peer, peer.fsm.bad_message(conn, decoded.error(), env));
  }
  if (!update_.faults.empty()) note_faults(peer);
  auto withdraw = [&](const wire::NlriField& field) {
    rib_.prefetch(field);
    ImportCounts& counts = peer.imports[rib::index_of(field.family())];
    field.for_each([&](const wire::NlriEntry& entry) {
      ++counts.withdraws;
      rib_.withdraw(peer.id, field.family(), entry);
    });
  };
  withdraw(update_.withdrawn);
  withdraw(update_.mp_withdrawn);
  if (update_.treat_as_withdraw) {
    withdraw(update_.reachable);
    withdraw(update_.mp_reachable);
  } else {
    learn(peer, update_.reachable, update_.next_hop);
    learn(peer, update_.mp_reachable, update_.mp_next_hop);
  }
  if (update_.end_of_rib) end_of_rib(peer, *update_.end_of_rib);
  check_max_prefix(peer);
}

void Speaker::learn(PeerSlot& peer, const wire::NlriField& field, wire::NextHop next_hop) {
  if (field.empty()) return;
  if (next_hop.address.is_v6() && next_hop.address.is_link_local()) next_hop.ifindex = find_connection(peer.conn)->ifindex;
  rib_.prefetch(field);
  rib::AttrId attr = intern_received(peer, next_hop);
  ImportJudge judge(*this, peer);
  judge.turn_to(attr, field.family());
  uint64_t refused = 0;
  ImportCounts& counts = peer.imports[rib::index_of(field.family())];
  field.for_each([&](const wire::NlriEntry& entry) {
    rib::Rib::Judgement judged = judge.judge(entry);
    ++counts.updates;
    counts.filtered += judged.rejection == rib::Rejection::Policy;
    counts.loops += judged.rejection != rib::Rejection::None && judged.rejection != rib::Rejection::Policy;
    if (!rib_.learn(peer.id, field.family(), entry, judged.attr, judged.rejection)) ++refused;
  });
  rib_.attrs().release(attr);
  if (refused > 0) note_refused(peer, refused);
}

// The set as it is stored, which is nearly always the one received.
rib::AttrId Speaker::intern_received(const PeerSlot& peer, const wire::NextHop& next_hop) {
  const session::PeerConfig& session = peer.settings->session;
  rib::AttrId attr = rib_.attrs().intern(update_.attributes, next_hop);
  bool is_concerned = rib_.attrs().facts(attr).graceful_shutdown || session.role;
  if (session.is_ibgp() || !is_concerned) return attr;
  std::optional<Bytes> edited = policy::import_attributes(
      update_.attributes, rib_.attrs().facts(attr).graceful_shutdown, {true, session.peer_as, session.role});
  if (!edited) return attr;
  rib_.attrs().release(attr);
  return rib_.attrs().intern(*edited, next_hop);
}

// RFC 4271 §9.1.2 (own AS), §5.1.3 (own next hop), RFC 4456 §8 (originator, cluster), RFC 9234 §5 (leak).
rib::Rejection Speaker::find_loop(const PeerSlot& peer, rib::AttrId attr) const {
  const session::PeerConfig& session = peer.settings->session;
  const rib::AttrStore& attrs = rib_.tables().attrs;
  ByteView set = attrs.canonical(attr);
  if (wire::as_path_contains(set, session.local_as, session.allow_own_as)) return rib::Rejection::AsLoop;
  const IpAddress& next_hop = rib_.tables().next_hops.get(attrs.next_hop(attr)).address;
  if (next_hop == peer.local_address) return rib::Rejection::OwnNextHop;
  if (session.role && !session.is_ibgp() &&
      policy::is_route_leak(*session.role, session.peer_as, policy::only_to_customer(set)))
    return rib::Rejection::RouteLeak;
  const rib::PackedFacts& facts = attrs.facts(attr);
  if (facts.has_originator_id && facts.originator_id == session.identifier.value) return rib::Rejection::OriginatorLoop;
  if (facts.cluster_list_length == 0) return rib::Rejection::None;
  ByteReader clusters(*wire::find_attribute(set, wire::AttributeCode::ClusterList));
  while (!clusters.empty())
    if (clusters.u32() == cluster_id().value) return rib::Rejection::ClusterLoop;
  return rib::Rejection::None;
}

}  // namespace bgp::speaker
