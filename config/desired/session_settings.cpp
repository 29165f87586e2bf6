#include "config/desired/session_settings.h"

#include <algorithm>

#include "config/model/duration.h"

namespace config::desired {
namespace {

using bgp::session::MaxPrefixConfig;
using bgp::session::PeerConfig;
using bgp::session::Role;
using bgp::speaker::NextHopMode;
using bgp::speaker::PeerSettings;
using model::Annotations;

template <class To, class From>
void lay(To& under, const std::optional<From>& over) {
  if (over) under = static_cast<To>(*over);
}

uint16_t whole_seconds(bgp::Duration time) {
  return static_cast<uint16_t>(std::min<uint64_t>(model::rounded_seconds(time), 65535));
}

void set_restart(PeerConfig& session, const PeerWishes& wishes) {
  if (wishes.max_restart_time) session.graceful_restart.restart_time_s = whole_seconds(*wishes.max_restart_time);
  if (wishes.annotations.graceful_restart == false) session.graceful_restart.restart_time_s = 0;
  lay(session.graceful_restart.long_lived_stale_s, wishes.annotations.long_lived_stale_s);
}

void set_add_path(PeerConfig& session, const Annotations& annotations) {
  if (!annotations.add_path) return;
  const model::AddPathMode mode = *annotations.add_path;
  session.add_path.receive = mode == model::AddPathMode::Receive || mode == model::AddPathMode::Both;
  session.add_path.send = mode == model::AddPathMode::Send || mode == model::AddPathMode::Both;
}

void set_max_prefix(PeerConfig& session, const Annotations& annotations) {
  lay(session.max_prefix.limit, annotations.max_prefixes);
  lay(session.max_prefix.restart_after_s, annotations.max_prefixes_restart_s);
  if (!annotations.max_prefixes_action) return;
  switch (*annotations.max_prefixes_action) {
    case model::MaxPrefixesAction::Warn: session.max_prefix.action = MaxPrefixConfig::Action::Warn; return;
    case model::MaxPrefixesAction::Stop: session.max_prefix.action = MaxPrefixConfig::Action::Stop; return;
    case model::MaxPrefixesAction::Restart: session.max_prefix.action = MaxPrefixConfig::Action::Restart; return;
  }
}

Role role_of(model::PeerRole role) {
  switch (role) {
    case model::PeerRole::Provider: return Role::Provider;
    case model::PeerRole::RouteServer: return Role::RouteServer;
    case model::PeerRole::RouteServerClient: return Role::RouteServerClient;
    case model::PeerRole::Customer: return Role::Customer;
    case model::PeerRole::Peer: return Role::Peer;
  }
  return Role::Peer;
}

void set_timers(PeerConfig& session, const PeerWishes& wishes) {
  lay(session.hold_time_s, wishes.annotations.hold_time_s);
  if (wishes.keepalive_time) session.keepalive_time_s = std::max<uint16_t>(whole_seconds(*wishes.keepalive_time), 1);
  lay(session.connect_retry, wishes.annotations.connect_retry);
  if (wishes.annotations.send_hold_time_s) session.send_hold_time_s = wishes.annotations.send_hold_time_s;
}

void set_annotated(PeerConfig& session, const Annotations& annotations) {
  lay(session.passive, annotations.passive);
  set_add_path(session, annotations);
  set_max_prefix(session, annotations);
  if (annotations.role) session.role = role_of(*annotations.role);
  lay(session.role_strict, annotations.role_strict);
  lay(session.enforce_first_as, annotations.enforce_first_as);
  lay(session.reject_as_sets, annotations.reject_as_sets);
  lay(session.software_version, annotations.software_version);
  lay(session.extended_messages, annotations.extended_messages);
  if (annotations.hostname == false) session.hostname.clear();
  // RFC 8950: IPv4 routes as well over the session to an IPv6 neighbour.
  if (annotations.extended_next_hop == true && session.address.is_v6()) session.families = bgp::FamilySet::both();
}

// A local address that was asked for, else the node's own, else the kernel's choice.
std::optional<bgp::IpAddress> source_of(const Endpoint& peer, const Self& self, const PeerWishes& wishes) {
  if (wishes.annotations.local_address) return wishes.annotations.local_address;
  if (!wishes.binds_source_address) return std::nullopt;
  return self.address(peer.address.family());
}

// All that makes a session, and nothing of where it was configured.
PeerConfig session_with(const Endpoint& peer, const Self& self, const PeerWishes& wishes) {
  PeerConfig session;
  session.address = peer.address;
  session.port = peer.port;
  session.peer_as = peer.as_number;
  session.local_as = wishes.local_as.value_or(self.as_number);
  session.identifier = self.identifier;
  session.local_address = source_of(peer, self, wishes);
  session.families = bgp::FamilySet::of(peer.address.family());
  session.hostname = self.name;
  session.allow_own_as = wishes.allowed_local_as;
  // Upstream: 0 is off. One hop away means a TTL of 255 on arrival.
  if (wishes.ttl_security.value_or(0) > 0) session.ttl_security_hops = wishes.ttl_security;
  set_timers(session, wishes);
  set_restart(session, wishes);
  set_annotated(session, wishes.annotations);
  return session;
}

bgp::Result<bgp::Secret, std::string> find_secret(const model::SecretRef& ref, const SecretLookup& secrets) {
  if (!secrets) return bgp::Err(std::string("there are no secrets"));
  return secrets(ref);
}

// Deviates from upstream, which leaves the password out: then anybody could speak for the peer, and a secret that is
// mounted late would show as a session without one.
void set_password(PeerConfig& session, const model::SecretRef& ref, const SecretLookup& secrets) {
  if (!ref.problem.empty()) {
    session.held = "its password's secretKeyRef cannot be read: " + ref.problem;
    return;
  }
  auto secret = find_secret(ref, secrets);
  if (secret) session.password = std::move(*secret);
  else session.held = "password secret " + ref.name + "/" + ref.key + ": " + secret.error();
}

bgp::Result<bgp::AoKey, std::string> find_ao_key(const model::AoKeyRef& ref, const Self& self, const SecretLookup& secrets) {
  const std::string name = to_string(ref.algorithm);
  if (self.ao_algorithms.empty()) {
    return bgp::Err(std::string("TCP-AO: this kernel has none; it needs Linux 6.7 or later with CONFIG_TCP_AO"));
  }
  if (std::find(self.ao_algorithms.begin(), self.ao_algorithms.end(), ref.algorithm) == self.ao_algorithms.end()) {
    return bgp::Err("TCP-AO: this kernel has no " + name + "; it needs CONFIG_CRYPTO_" +
                    (ref.algorithm == bgp::AoAlgorithm::Aes128Cmac96 ? "CMAC" : "HMAC and CONFIG_CRYPTO_SHA1"));
  }
  auto secret = find_secret(ref.secret, secrets);
  if (secret) return bgp::AoKey{ref.send_id, ref.recv_id, ref.algorithm, std::move(*secret)};
  return bgp::Err("TCP-AO key " + std::to_string(ref.send_id) + "/" + std::to_string(ref.recv_id) + ", secret " +
                  ref.secret.name + "/" + ref.secret.key + ": " + secret.error());
}

void set_ao_keys(PeerConfig& session, const std::vector<model::AoKeyRef>& refs, const Self& self,
                 const SecretLookup& secrets, std::vector<std::string>& lost_keys) {
  std::vector<std::string> lost;
  for (const model::AoKeyRef& ref : refs) {
    auto key = find_ao_key(ref, self, secrets);
    if (key) session.tcp_ao.push_back(std::move(*key));
    else lost.push_back(key.error());
  }
  if (!session.tcp_ao.empty()) lost_keys = std::move(lost);
  else session.held = refs.empty() ? "calico-bgp/tcp-ao makes no sense" : lost.front();
}

// Never without what somebody asked for, even in the words of another tool.
void set_authentication(PeerConfig& session, const PeerWishes& wishes, const Self& self, const SecretLookup& secrets,
                        std::vector<std::string>& lost_keys) {
  const auto& ao = wishes.annotations.tcp_ao;
  if (ao && wishes.password) session.held = "password and calico-bgp/tcp-ao exclude each other: remove one of them";
  else if (ao) set_ao_keys(session, *ao, self, secrets, lost_keys);
  else if (wishes.password) set_password(session, *wishes.password, secrets);
}

// A node that reflects has as clients all iBGP peers that are in no cluster or in another one.
bool is_client(const PeerConfig& session, const Endpoint& peer, const Self& self) {
  if (!self.cluster_id || !session.is_ibgp()) return false;
  return peer.node == nullptr || peer.node->cluster_id != self.cluster_id;
}

NextHopMode next_hop_mode(const PeerConfig& session, const PeerWishes& wishes) {
  switch (wishes.next_hop) {
    case model::BgpPeer::NextHop::Self: return NextHopMode::Self;
    case model::BgpPeer::NextHop::Keep: return NextHopMode::Keep;
    case model::BgpPeer::NextHop::Auto: break;
  }
  return wishes.keep_original_next_hop && !session.is_ibgp() ? NextHopMode::Keep : NextHopMode::Auto;
}

}  // namespace

PeerWishes wishes_of(const model::BgpPeer& peer) {
  return {.local_as = peer.local_as,
          .allowed_local_as = peer.allowed_local_as,
          .binds_source_address = peer.binds_source_address,
          .next_hop = peer.next_hop,
          .keep_original_next_hop = peer.keep_original_next_hop,
          .max_restart_time = peer.max_restart_time,
          .keepalive_time = peer.keepalive_time,
          .ttl_security = peer.ttl_security,
          .password = peer.password,
          .filters = peer.filters,
          .reachable_by = peer.reachable_by,
          .annotations = peer.annotations};
}

PeerWishes wishes_of_mesh(const Inventory& inventory) {
  PeerWishes wishes;
  if (const model::BgpConfiguration* global = inventory.configuration("default")) {
    wishes.max_restart_time = global->mesh_max_restart_time;
    wishes.password = global->mesh_password;
    wishes.annotations = global->annotations;
  }
  return wishes;
}

PeerSettings settings_for(const Endpoint& peer, const Self& self, const PeerWishes& wishes,
                          const SecretLookup& secrets, std::vector<std::string>& lost_keys) {
  PeerSettings settings;
  settings.session = session_with(peer, self, wishes);
  set_authentication(settings.session, wishes, self, secrets, lost_keys);
  settings.next_hop_mode = next_hop_mode(settings.session, wishes);
  settings.route_reflector_client = is_client(settings.session, peer, self);
  lay(settings.accept_blackhole, wishes.annotations.accept_blackhole);
  if (const auto& times = wishes.annotations.bfd) {
    settings.bfd = bgp::speaker::BfdConfig{.min_tx = times->interval,
                                           .min_rx = times->interval,
                                           .multiplier = times->multiplier,
                                           .multihop = wishes.annotations.bfd_multihop.value_or(false),
                                           .minimum_ttl = wishes.annotations.bfd_minimum_ttl.value_or(0)};
  }
  return settings;
}

}  // namespace config::desired
