#include "config/model/kinds/bgp_peer_spec.h"

#include <charconv>

#include "bgp/base/escape.h"
#include "config/model/selector.h"

namespace config::model {
namespace {

struct Endpoint {
  bgp::IpAddress ip;
  uint16_t port = 0;
};

// "10.0.0.1", "aa:bb::ff", "10.0.0.1:179", "[aa:bb::ff]:179".
std::optional<Endpoint> parse_endpoint(std::string_view text) {
  if (auto ip = parse_ip(text)) return Endpoint{*ip, 0};
  const size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return std::nullopt;
  std::string_view host = text.substr(0, colon);
  const std::string_view digits = text.substr(colon + 1);
  const bool bracketed = host.size() > 2 && host.front() == '[' && host.back() == ']';
  if (bracketed) host = host.substr(1, host.size() - 2);
  uint16_t port = 0;
  const auto [stop, error] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
  const auto ip = parse_ip(host);
  if (!ip || ip->is_v6() != bracketed || error != std::errc() || stop != digits.data() + digits.size() || port == 0) {
    return std::nullopt;
  }
  return Endpoint{*ip, port};
}

void read_endpoint(Fields& fields, BgpPeer& peer) {
  const std::string text = fields.text("peerIP").value_or("");
  if (text.empty()) return;
  const auto endpoint = parse_endpoint(text);
  if (!endpoint) return fields.fail("invalid IP address: " + bgp::printable(text, 128), fields.line_of("peerIP"));
  peer.peer_ip = endpoint->ip;
  peer.port = endpoint->port;
}

// An empty text is as good as none, as for upstream.
std::optional<bgp::IpAddress> read_gateway(Fields& fields) {
  const std::string text = fields.text("reachableBy").value_or("");
  if (text.empty()) return std::nullopt;
  const auto gateway = parse_ip(text);
  if (!gateway) fields.invalid("reachableBy", text, "ReachableBy is invalid address");
  return gateway;
}

BgpPeer::NextHop read_next_hop(Fields& fields) {
  const std::string word = fields.word("nextHopMode", {"Auto", "Self", "Keep"}).value_or("Auto");
  if (word == "Self") return BgpPeer::NextHop::Self;
  return word == "Keep" ? BgpPeer::NextHop::Keep : BgpPeer::NextHop::Auto;
}

void read_session(Fields& fields, BgpPeer& peer, bool strict) {
  peer.local_as = fields.asn("localASNumber");
  if (peer.local_as == bgp::Asn{0}) peer.local_as.reset();
  peer.allowed_local_as = static_cast<uint8_t>(fields.number("numAllowedLocalASNumbers", 255).value_or(0));
  peer.binds_source_address = fields.word("sourceAddress", {"UseNodeIP", "None"}).value_or("") != "None";
  peer.password = read_secret_ref(fields, "password", strict);
  peer.max_restart_time = fields.duration("maxRestartTime");
  peer.keepalive_time = fields.duration("keepaliveTime");
  if (const auto hops = fields.number("ttlSecurity", 255)) peer.ttl_security = static_cast<uint8_t>(*hops);
}

bool exceeds(const std::optional<bgp::Duration>& time, std::chrono::seconds limit) { return time && *time > limit; }

// Upstream leaves these to BIRD, which would refuse the whole configuration.
void check_times(Fields& fields, const BgpPeer& peer) {
  using namespace std::chrono_literals;
  // RFC 4724 §3: twelve bits.
  if (exceeds(peer.max_restart_time, 4095s)) {
    fields.invalid("maxRestartTime", fields.text("maxRestartTime").value_or(""), "must be at most 4095s");
  }
  if (exceeds(peer.keepalive_time, 65535s)) {
    fields.invalid("keepaliveTime", fields.text("keepaliveTime").value_or(""), "must be at most 65535s");
  }
}

void check_who(Fields& fields, const BgpPeer& peer) {
  if (!peer.node.empty() && !is_v1_name(peer.node)) {
    fields.invalid("node", peer.node, "must match ^[a-zA-Z0-9_.-]{1,128}$");
  }
  if (!peer.node.empty() && !peer.node_selector.empty()) {
    fields.invalid("node", peer.node, "Node field must be empty when NodeSelector is specified");
  }
  if (peer.peer_ip && !peer.peer_selector.empty()) {
    fields.invalid("peerIP", peer.peer_ip->to_string(), "PeerIP field must be empty when PeerSelector is specified");
  }
  if (peer.as_number.value != 0 && !peer.peer_selector.empty()) {
    fields.invalid("asNumber", peer.as_number.to_string(), "ASNumber field must be empty when PeerSelector is specified");
  }
}

void check_local_workloads(Fields& fields, const BgpPeer& peer) {
  if (peer.local_workload_selector.empty()) return;
  if (peer.peer_ip) {
    fields.invalid("peerIP", peer.peer_ip->to_string(), "PeerIP field must be empty when LocalWorkloadSelector is specified");
  }
  if (!peer.peer_selector.empty()) {
    fields.invalid("peerSelector", peer.peer_selector,
                   "PeerSelector field must be empty when LocalWorkloadSelector is specified");
  }
  if (peer.as_number.value == 0) {
    fields.invalid("asNumber", "0", "ASNumber field must be specified when LocalWorkloadSelector is specified");
  }
}

void check_dynamic(Fields& fields, const BgpPeer& peer) {
  if (!peer.annotations.dynamic) return;
  const bool named = peer.peer_ip || !peer.peer_selector.empty() || !peer.local_workload_selector.empty();
  const std::string range = peer.annotations.dynamic->to_string();
  if (named) {
    fields.fail("calico-bgp/dynamic " + range + " excludes peerIP, peerSelector and localWorkloadSelector", 0);
  } else if (peer.as_number.value == 0) {
    fields.fail("calico-bgp/dynamic " + range + " needs asNumber", 0);
  }
}

void check_selectors(Fields& fields) {
  for (const char* key : {"nodeSelector", "peerSelector", "localWorkloadSelector"}) {
    const std::string text = fields.text(key).value_or("");
    const auto selector = Selector::parse(text);
    if (!selector) fields.invalid(key, text, selector.error());
  }
}

void check_gateway(Fields& fields, const BgpPeer& peer) {
  if (!peer.reachable_by) return;
  const std::string gateway = peer.reachable_by->to_string();
  if (!peer.peer_ip) return fields.invalid("reachableBy", gateway, "ReachablyBy field must be empty when PeerIP is empty");
  if (peer.reachable_by->family() == peer.peer_ip->family()) return;
  fields.invalid("reachableBy", gateway, "ReachableBy and PeerIP address family mismatched");
}

}  // namespace

std::string endpoint_text(const bgp::IpAddress& ip, uint16_t port) {
  if (port == 0) return ip.to_string();
  return (ip.is_v6() ? "[" + ip.to_string() + "]" : ip.to_string()) + ":" + std::to_string(port);
}

BgpPeer read_peer_spec(Fields& fields, bool strict) {
  BgpPeer peer;
  peer.node = fields.text("node").value_or("");
  read_endpoint(fields, peer);
  peer.as_number = fields.asn("asNumber").value_or(bgp::Asn{0});
  peer.node_selector = fields.text("nodeSelector").value_or("");
  peer.peer_selector = fields.text("peerSelector").value_or("");
  peer.local_workload_selector = fields.text("localWorkloadSelector").value_or("");
  read_session(fields, peer, strict);
  peer.next_hop = read_next_hop(fields);
  peer.keep_original_next_hop = fields.flag("keepOriginalNextHop").value_or(false);
  peer.reachable_by = read_gateway(fields);
  peer.filters = fields.texts("filters");
  peer.reverse_peering = fields.word("reversePeering", {"Auto", "Manual"}).value_or("Auto") == "Auto";
  return peer;
}

void check_peer_spec(Fields& fields, const BgpPeer& peer) {
  check_who(fields, peer);
  check_selectors(fields);
  check_local_workloads(fields, peer);
  check_dynamic(fields, peer);
  check_gateway(fields, peer);
  check_times(fields, peer);
  if (peer.keep_original_next_hop && !fields.text("nextHopMode").value_or("").empty()) {
    fields.invalid("keepOriginalNextHop", "true",
                   "The KeepOriginalNextHop field is deprecated. It must not be set to true when NextHopMode is configured.");
  }
}

}  // namespace config::model
