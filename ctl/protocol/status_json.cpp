#include "ctl/protocol/bfd_json.h"
#include "ctl/protocol/datastore_json.h"
#include "ctl/protocol/json_internal.h"
#include "ctl/protocol/status.h"

namespace ctl::protocol {
namespace {

const char* family_text(bgp::Family family) { return family == bgp::Family::IPv4 ? "IPv4" : "IPv6"; }

Json optional_text(const std::optional<std::string>& text) { return text ? Json(inert(*text)) : Json(nullptr); }

Json texts(const std::vector<std::string>& list) {
  Json out = Json::array();
  for (const std::string& text : list) out.push_back(inert(text));
  return out;
}

Json to_object(const MessageCounts& c) {
  return {{"open", c.open},
          {"update", c.update},
          {"notification", c.notification},
          {"keepalive", c.keepalive},
          {"routeRefresh", c.route_refresh}};
}

Json to_object(const PeerStatus& p) {
  return {{"family", family_text(p.family)},
          {"peerAddress", p.peer_address.to_string()},
          {"port", p.port},
          {"peerType", to_string(p.peer_type)},
          {"state", inert(p.state)},
          {"since", to_rfc3339(p.since)},
          {"info", inert(p.info)},
          {"bgpState", inert(p.bgp_state)},
          {"localAddress", p.local_address ? Json(p.local_address->to_string()) : Json(nullptr)},
          {"localAS", p.local_as},
          {"peerAS", p.peer_as},
          {"lastError", optional_text(p.last_error)},
          {"flaps", p.flaps},
          {"prefixes",
           {{"received", p.prefixes.received},
            {"accepted", p.prefixes.accepted},
            {"advertised", p.prefixes.advertised}}},
          {"messages", {{"received", to_object(p.received)}, {"sent", to_object(p.sent)}}}};
}

Json to_object(const std::optional<NotificationInfo>& n) {
  if (!n) return nullptr;
  return {{"code", n->code}, {"subcode", n->subcode}, {"text", inert(n->text)}, {"at", to_rfc3339(n->at)}};
}

Json to_object(const std::vector<StateChangeInfo>& history) {
  Json out = Json::array();
  for (const StateChangeInfo& change : history)
    out.push_back({{"at", to_rfc3339(change.at)},
                   {"from", inert(change.from)},
                   {"to", inert(change.to)},
                   {"reason", inert(change.reason)}});
  return out;
}

Json to_object(const FaultCounts& c) {
  return {{"treatAsWithdraw", c.treated_as_withdraw}, {"attributeDiscard", c.discarded}, {"sessionReset", c.reset}};
}

Json to_object(const MalformedInfo& malformed) {
  Json out = to_object(malformed.total);
  out["attributes"] = Json::array();
  for (const AttributeFaults& attribute : malformed.attributes) {
    Json row = to_object(attribute.counts);
    row["type"] = attribute.type;
    row["name"] = inert(attribute.name);
    out["attributes"].push_back(std::move(row));
  }
  const std::optional<LastFault>& last = malformed.last;
  out["last"] = nullptr;
  if (last) out["last"] = {{"text", inert(last->text)}, {"bytes", inert(last->bytes)}, {"at", to_rfc3339(last->at)}};
  return out;
}

Timestamp time_at(const Json& json, const char* field) {
  auto time = parse_rfc3339(text_at(json, field));
  if (!time) refuse(field, "is no RFC 3339 time");
  return *time;
}

bgp::IpAddress address_at(const Json& json, const char* field) {
  auto address = bgp::IpAddress::parse(text_at(json, field));
  if (!address) refuse(field, "is no IP address");
  return *address;
}

PeerType peer_type_at(const Json& json, const char* field) {
  std::string text = text_at(json, field);
  for (PeerType type : {PeerType::NodeToNodeMesh, PeerType::Global, PeerType::NodeSpecific, PeerType::LocalWorkload})
    if (text == to_string(type)) return type;
  refuse(field, "'" + text + "' is unknown: agent and calicoctl are of different versions");
}

MessageCounts message_counts(const Json& json) {
  return {.open = number_at(json, "open"),
          .update = number_at(json, "update"),
          .notification = number_at(json, "notification"),
          .keepalive = number_at(json, "keepalive"),
          .route_refresh = number_at(json, "routeRefresh")};
}

std::vector<std::string> texts_at(const Json& json, const char* field) {
  std::vector<std::string> out;
  for (const Json& text : json.at(field)) out.push_back(inert(text.get<std::string>()));
  return out;
}

PeerStatus peer_status(const Json& json) {
  PeerStatus p;
  p.family = text_at(json, "family") == "IPv6" ? bgp::Family::IPv6 : bgp::Family::IPv4;
  p.peer_address = address_at(json, "peerAddress");
  p.port = static_cast<uint16_t>(number_at(json, "port"));
  p.peer_type = peer_type_at(json, "peerType");
  p.state = text_at(json, "state");
  p.since = time_at(json, "since");
  p.info = text_at(json, "info");
  p.bgp_state = text_at(json, "bgpState");
  if (!json.at("localAddress").is_null()) p.local_address = address_at(json, "localAddress");
  p.local_as = number32_at(json, "localAS");
  p.peer_as = number32_at(json, "peerAS");
  if (!json.at("lastError").is_null()) p.last_error = text_at(json, "lastError");
  p.flaps = number_at(json, "flaps");
  const Json& prefixes = json.at("prefixes");
  p.prefixes = {number_at(prefixes, "received"), number_at(prefixes, "accepted"), number_at(prefixes, "advertised")};
  p.received = message_counts(json.at("messages").at("received"));
  p.sent = message_counts(json.at("messages").at("sent"));
  return p;
}

std::optional<NotificationInfo> notification(const Json& json) {
  if (json.is_null()) return std::nullopt;
  return NotificationInfo{.code = static_cast<int>(number_at(json, "code")),
                          .subcode = static_cast<int>(number_at(json, "subcode")),
                          .text = text_at(json, "text"),
                          .at = time_at(json, "at")};
}

FaultCounts fault_counts(const Json& json) {
  return {number_at(json, "treatAsWithdraw"), number_at(json, "attributeDiscard"), number_at(json, "sessionReset")};
}

MalformedInfo malformed_info(const Json& json) {
  MalformedInfo out{fault_counts(json), {}, std::nullopt};
  for (const Json& row : json.at("attributes"))
    out.attributes.push_back(
        {static_cast<uint8_t>(number_at(row, "type")), text_at(row, "name"), fault_counts(row)});
  const Json& last = json.at("last");
  if (!last.is_null()) out.last = {text_at(last, "text"), text_at(last, "bytes"), time_at(last, "at")};
  return out;
}

PeerDetail peer_detail(const Json& json) {
  PeerDetail d;
  d.status = peer_status(json);
  d.peer_identifier = text_at(json, "peerIdentifier");
  const Json& capabilities = json.at("capabilities");
  d.capabilities_ours = texts_at(capabilities, "ours");
  d.capabilities_theirs = texts_at(capabilities, "theirs");
  d.capabilities_agreed = texts_at(capabilities, "agreed");
  const Json& timers = json.at("timers");
  d.timers = {.hold_time_configured_s = number32_at(timers, "holdTimeConfigured"),
              .hold_time_negotiated_s = number32_at(timers, "holdTimeNegotiated"),
              .keepalive_s = number32_at(timers, "keepalive"),
              .connect_retry_s = number32_at(timers, "connectRetry")};
  d.last_notification_sent = notification(json.at("lastNotificationSent"));
  d.last_notification_received = notification(json.at("lastNotificationReceived"));
  const Json& stale = json.at("staleRoutes");
  if (!stale.is_null()) d.stale = {number_at(stale, "routes"), time_at(stale, "until")};
  d.malformed = malformed_info(json.at("malformed"));
  d.refused_paths = number_at(json, "refusedPaths");
  d.bfd = bfd_info(json.at("bfd"));
  for (const Json& change : json.at("history"))
    d.history.push_back(
        {time_at(change, "at"), text_at(change, "from"), text_at(change, "to"), text_at(change, "reason")});
  return d;
}

}  // namespace

std::string to_json(const NodeStatus& status, bool indent) {
  Json peers = Json::array();
  for (const PeerStatus& peer : status.peers) peers.push_back(to_object(peer));
  Json out = {{"node", inert(status.node)},
              {"routerID", inert(status.router_id)},
              {"asNumber", status.as_number},
              {"running", status.running},
              {"peers", std::move(peers)}};
  if (const auto& memory = status.short_memory) out["shortMemory"] = {{"used", memory->used}, {"bound", memory->bound}};
  if (status.started) out["started"] = to_rfc3339(*status.started);
  if (status.recovering_until) out["recoveringUntil"] = to_rfc3339(*status.recovering_until);
  if (status.configuration_refused) out["configurationRefused"] = inert(*status.configuration_refused);
  if (status.datastore) out["datastore"] = to_object(*status.datastore);
  return dump(out, indent);
}

std::string to_json(const PeerDetail& detail, bool indent) {
  Json out = to_object(detail.status);
  out["peerIdentifier"] = inert(detail.peer_identifier);
  out["capabilities"] = {{"ours", texts(detail.capabilities_ours)},
                         {"theirs", texts(detail.capabilities_theirs)},
                         {"agreed", texts(detail.capabilities_agreed)}};
  out["timers"] = {{"holdTimeConfigured", detail.timers.hold_time_configured_s},
                   {"holdTimeNegotiated", detail.timers.hold_time_negotiated_s},
                   {"keepalive", detail.timers.keepalive_s},
                   {"connectRetry", detail.timers.connect_retry_s}};
  out["lastNotificationSent"] = to_object(detail.last_notification_sent);
  out["lastNotificationReceived"] = to_object(detail.last_notification_received);
  out["staleRoutes"] = nullptr;
  if (detail.stale) out["staleRoutes"] = {{"routes", detail.stale->routes}, {"until", to_rfc3339(detail.stale->until)}};
  out["malformed"] = to_object(detail.malformed);
  out["refusedPaths"] = detail.refused_paths;
  out["bfd"] = to_object(detail.bfd);
  out["history"] = to_object(detail.history);
  return dump(out, indent);
}

bgp::Result<NodeStatus, Error> parse_node_status(std::string_view json) {
  return read_json(json, ErrorCode::Internal, [](const Json& object) {
    NodeStatus status;
    status.node = text_at(object, "node");
    status.router_id = text_at(object, "routerID");
    status.as_number = number32_at(object, "asNumber");
    status.running = object.at("running").get<bool>();
    if (object.contains("shortMemory")) {
      const Json& memory = object.at("shortMemory");
      status.short_memory = {number_at(memory, "used"), number_at(memory, "bound")};
    }
    if (object.contains("started")) status.started = time_at(object, "started");
    if (object.contains("recoveringUntil")) status.recovering_until = time_at(object, "recoveringUntil");
    if (object.contains("configurationRefused")) status.configuration_refused = text_at(object, "configurationRefused");
    for (const Json& peer : object.at("peers")) status.peers.push_back(peer_status(peer));
    if (object.contains("datastore")) status.datastore = datastore_status(object.at("datastore"));
    return status;
  });
}

bgp::Result<PeerDetail, Error> parse_peer_detail(std::string_view json) {
  return read_json(json, ErrorCode::Internal, peer_detail);
}

}  // namespace ctl::protocol
