// What BGP and BFD want of a socket beyond Asio's own options. Each returns 0 or an errno.
#pragma once

#include <optional>

#include "bgp/base/bytes.h"
#include "bgp/base/ip_address.h"
#include "bgp/base/numbers.h"
#include "bgp/base/prefix.h"
#include "bgp/base/secret.h"

namespace bgp::io {

// TCP_NODELAY, probes that find connections which the other end has forgotten, and DSCP CS6 ("internetwork control", RFC 4594): a keepalive must not queue behind user traffic.
int prepare_bgp_socket(int fd, Family family);
// GTSM, RFC 5082: send with 255, accept only what came over at most `hops` routers.
int set_ttl_security(int fd, Family family, uint8_t hops);
// The same for a listening socket: its SYN-ACKs leave with 255, and with `hops` no SYN from farther away is heard. What
// it is told its connections inherit. SYNs are kept for has_come_from_within().
int set_listener_ttl(int fd, Family family, std::optional<uint8_t> hops);
// Of an accepted socket that set_ttl_security() guards from now on: was it within `hops` before as well? Its SYN says so.
// Where the kernel kept none (SYN cookies; it came before anybody wanted GTSM), only who has said nothing yet may stay:
// all that he says is filtered.
bool has_come_from_within(int fd, uint8_t hops);
// The TTL or hop limit in the headers of a saved SYN, IP before TCP; nullopt: that is none.
std::optional<uint8_t> ttl_of_syn(ByteView headers);
// TCP-MD5, RFC 2385, for segments to and from `peers`; an empty password removes the key. A listening socket may have
// many, and the longest match counts.
int set_md5_key(int fd, const Prefix& peers, const Secret& password);

// Sends with TTL 255 (RFC 5881 §5) and DSCP CS6.
int prepare_bfd_socket(int fd, Family family);
// recvmsg(2) tells the TTL of a datagram and the address it came to.
int hear_ttl_and_address(int fd, Family family);

}  // namespace bgp::io
