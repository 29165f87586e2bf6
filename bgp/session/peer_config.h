// Everything that one session is configured with, already resolved: nothing here needs a look-up.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "bgp/base/ip_address.h"
#include "bgp/base/numbers.h"
#include "bgp/base/secret.h"
#include "bgp/base/tcp_ao.h"
#include "bgp/base/time.h"
#include "bgp/wire/role.h"

namespace bgp::session {

// RFC 4724 and 8538, both roles; RFC 9494.
struct GracefulRestartConfig {
  uint16_t restart_time_s = 120;    // offered; 0 = graceful restart is not offered at all
  bool notification = true;         // the N-bit: a NOTIFICATION keeps the routes as well
  uint32_t long_lived_stale_s = 0;  // 0 = long-lived graceful restart is not offered
  bool operator==(const GracefulRestartConfig&) const = default;
};

// RFC 7911. Both families alike.
struct AddPathConfig {
  bool receive = true;
  bool send = false;  // all paths instead of the best one
  bool operator==(const AddPathConfig&) const = default;
};

// RFC 4486 §4 (6/1), counted over accepted and rejected routes of one family.
struct MaxPrefixConfig {
  enum class Action : uint8_t { Warn, Stop, Restart };
  uint32_t limit = 0;               // 0 = none
  uint8_t warn_percent = 75;        // of the limit: one log line when it is crossed
  Action action = Action::Restart;
  uint16_t restart_after_s = 60;    // of Restart; Stop stays down until the configuration changes
  bool operator==(const MaxPrefixConfig&) const = default;
};

using wire::Role;

struct PeerConfig {
  IpAddress address;                       // identity: one peer per address
  uint16_t port = 179;                     // where we dial
  Asn peer_as;
  Asn local_as;
  BgpIdentifier identifier;                // ours
  std::optional<IpAddress> local_address;  // bind here before connect; also what next-hop-self says
  FamilySet families;                      // offered by us
  bool passive = false;                    // never dial
  uint16_t hold_time_s = 90;               // offered; 0 = no keepalives
  uint16_t keepalive_time_s = 0;           // 0 = a third of the negotiated hold time; never more than that third
  std::optional<uint16_t> send_hold_time_s;  // RFC 9687; none = max(8 min, 2 x hold)
  Duration connect_retry = 5s;             // times 0.75..1.0; doubles per failure up to 60 s
  Duration idle_hold_min = 5s;             // after a session error; doubles per error, forgotten after 300 s up
  Duration idle_hold_max = 30s;
  Secret password;                         // TCP-MD5 (RFC 2385)
  AoKeys tcp_ao;                           // TCP-AO (RFC 5925); never beside a password
  std::optional<uint8_t> ttl_security_hops;  // GTSM (RFC 5082)
  GracefulRestartConfig graceful_restart;
  AddPathConfig add_path;
  MaxPrefixConfig max_prefix;
  std::optional<Role> role;                // RFC 9234: ours, towards the peer
  bool role_strict = false;                // a peer without a role is refused (2/11)
  uint8_t allow_own_as = 0;                // how often our AS may stand in a received path (Calico: numAllowedLocalASNumbers)
  bool enforce_first_as = true;            // RFC 4271 §6.3: an eBGP path begins with the peer's AS
  bool reject_as_sets = false;             // RFC 9774: treat-as-withdraw
  bool extended_messages = true;           // RFC 8654, offered
  std::string hostname;                    // FQDN capability (73); empty = not offered
  bool software_version = false;           // software-version capability (75), offered
  std::string held;                        // why this peer must stay down (its secret is missing); empty: it runs

  bool is_ibgp() const { return local_as == peer_as; }
  bool operator==(const PeerConfig&) const = default;
};

}  // namespace bgp::session
