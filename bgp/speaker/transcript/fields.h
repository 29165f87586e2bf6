// Every value that goes into or comes out of the speaker, as the list of its fields: written once, used to write, to read
// and to describe them. A field that is added to one of these types and not here does not compile: the structured binding
// counts them, and an unused name is an error.
//
// An archive is anything that can be called with a field: Writer and Reader (codec.cpp), Shape.
#pragma once

#include <type_traits>

#include "bgp/speaker/speaker.h"

namespace bgp::speaker::transcript {

template <class T, class U>
concept Is = std::is_same_v<std::remove_const_t<T>, U>;

// The types below. Others are for the archive to know (numbers, text, addresses, lists).
template <class T>
struct HasFields : std::false_type {};

#define BGP_FIELDS(Type, ...)                  \
  template <>                                  \
  struct HasFields<Type> : std::true_type {};  \
  template <class Archive, Is<Type> T>         \
  void visit_fields(Archive& archive, T& v) {  \
    auto& [__VA_ARGS__] = v;                   \
    archive.all(__VA_ARGS__);                  \
  }

BGP_FIELDS(Asn, value)
BGP_FIELDS(BgpIdentifier, value)
BGP_FIELDS(ConnId, value)
BGP_FIELDS(FamilySet, bits)
BGP_FIELDS(AoKey, send_id, recv_id, algorithm, secret)
BGP_FIELDS(LogRecord, level, event, peer, fields)

// ---- configuration ------------------------------------------------------------------------------------------------
BGP_FIELDS(policy::PrefixRange, within, length_min, length_max)
BGP_FIELDS(policy::LargeCommunity, global_administrator, local_data_1, local_data_2)
BGP_FIELDS(policy::Edits, communities, large_communities, prepend, local_pref, normal_priority)
BGP_FIELDS(policy::PriorityRange, min, max, normal)
BGP_FIELDS(policy::Condition, family, is_ebgp, is_local, has_gateway, interface, community, large_community, as_path_prefix,
           priority)
BGP_FIELDS(policy::Rule, any_of, verdict, is_inverted, condition, edits)
BGP_FIELDS(policy::Filter, rules)
BGP_FIELDS(session::GracefulRestartConfig, restart_time_s, notification, long_lived_stale_s)
BGP_FIELDS(session::AddPathConfig, receive, send)
BGP_FIELDS(session::MaxPrefixConfig, limit, warn_percent, action, restart_after_s)
BGP_FIELDS(session::PeerConfig, address, port, peer_as, local_as, identifier, local_address, families, passive,
           hold_time_s, keepalive_time_s, send_hold_time_s, connect_retry, idle_hold_min, idle_hold_max, password,
           tcp_ao, ttl_security_hops, graceful_restart, add_path, max_prefix, role, role_strict, allow_own_as, enforce_first_as,
           reject_as_sets, extended_messages, hostname, software_version, held)
BGP_FIELDS(BfdConfig, min_tx, min_rx, multiplier, multihop, minimum_ttl)
BGP_FIELDS(PeerSettings, session, type, bfd, accept_blackhole, next_hop_mode, route_reflector_client, import, export_)
BGP_FIELDS(DynamicPeers, range, max, settings)
BGP_FIELDS(Multipath, ebgp, ibgp, mixed, link_bandwidth)
BGP_FIELDS(policy::Tunnel, within, device, except)
BGP_FIELDS(policy::KernelWays, tunnels, foreign_next_hops)
BGP_FIELDS(SpeakerConfig, local_as, identifier, cluster_id, peers, dynamic_peers, multipath, graceful_shutdown,
           own_blocks, service_routes, export_filter, kernel_filter, kernel_ways)
BGP_FIELDS(Speaker::Options, seed, has_fib, selection_deferral, forwarding_kept, software)

// ---- inputs -------------------------------------------------------------------------------------------------------
BGP_FIELDS(input::Connected, conn, local_address, ifindex)
BGP_FIELDS(input::ConnectFailed, conn, reason)
BGP_FIELDS(input::Accepted, conn, remote, local_address, ifindex)
BGP_FIELDS(input::Received, conn, bytes)
BGP_FIELDS(input::Closed, conn, reason)
BGP_FIELDS(policy::LocalOrigin, interface, metric, has_gateway)
BGP_FIELDS(input::LocalRoute, prefix, origin)
BGP_FIELDS(input::LocalRoutes, added, removed)
BGP_FIELDS(input::NextHopStates::State, address, reachable, metric, ifindex, interface)
BGP_FIELDS(input::NextHopStates, states)
BGP_FIELDS(input::Reconfigure, config)
BGP_FIELDS(bfd::Changed, remote, is_up, diagnostic, is_administrative, control_plane_independent)
BGP_FIELDS(input::ConnectHint, peer, text)
BGP_FIELDS(input::MemoryUse, used, bound)
BGP_FIELDS(input::Shutdown, reason, keeps_routes)

// ---- outputs ------------------------------------------------------------------------------------------------------
BGP_FIELDS(ScopedAddress, address, ifindex)
BGP_FIELDS(rib::RouteChange::NextHop, gateway, weight, device)
BGP_FIELDS(rib::RouteChange, prefix, kind, next_hops)
BGP_FIELDS(output::Connect, conn, remote, port, local_address, password, tcp_ao, ttl_security_hops)
BGP_FIELDS(output::Rekey, conn, remote, from, to)
BGP_FIELDS(output::Close, conn, last_words)
BGP_FIELDS(output::PeerGuard, range, password, tcp_ao, ttl_security_hops)
BGP_FIELDS(output::Listen, guards, hops_v4, hops_v6)
BGP_FIELDS(output::Routes, changes)
BGP_FIELDS(output::WatchNextHop, address, ifindex)
BGP_FIELDS(output::UnwatchNextHop, address, ifindex)
BGP_FIELDS(bfd::Wish, remote, local, config)
BGP_FIELDS(output::BfdStart, wish)
BGP_FIELDS(output::BfdStop, remote)
BGP_FIELDS(output::Log, record)
#undef BGP_FIELDS

// Nothing to bind to.
#define BGP_NO_FIELDS(Type)                    \
  template <>                                  \
  struct HasFields<Type> : std::true_type {};  \
  template <class Archive, Is<Type> T>         \
  void visit_fields(Archive&, T&) {            \
    static_assert(std::is_empty_v<Type>);      \
  }

BGP_NO_FIELDS(output::Converged)
BGP_NO_FIELDS(output::FreeMemory)
#undef BGP_NO_FIELDS

}  // namespace bgp::speaker::transcript
