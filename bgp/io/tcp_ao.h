// TCP-AO (RFC 5925) on a socket. Each returns 0 or an errno.
//
// Who calls: tcp_connection before it dials, listen_guard for the listening sockets, the driver for what was accepted and
// for connections whose keys change; the daemon asks once what the kernel can do.
#pragma once

#include <vector>

#include "bgp/base/ip_address.h"
#include "bgp/base/prefix.h"
#include "bgp/base/tcp_ao.h"
#include "bgp/io/tcp_ao_uapi.h"

namespace bgp::io {

// None: a kernel before 6.7, or one without CONFIG_TCP_AO.
std::vector<AoAlgorithm> ao_algorithms_of_kernel();

// A listening socket may have many, for many peers; ids of one peer differ. There is no longest match: a segment may be
// signed with any key whose range holds its sender.
int add_ao_key(int listener, const Prefix& peers, const AoKey& key);
int delete_ao_key(int listener, const Prefix& peers, const AoKey& key);

// Before it connects to `remote`.
int set_ao_keys(int fd, const IpAddress& remote, const AoKeys& keys);
// Of an accepted socket: the peer is asked for our preferred key. An error: the connection has not that key, perhaps none at
// all, because it was made before the listener had it (accept(2) and new keys race, says the kernel's tcp_ao.rst); it must
// not live.
int confirm_ao(int fd, const AoKeys& keys);
// Of a connection to somebody in `peers`. Requires can_roll_over(from, to).
int roll_over_ao(int fd, const Prefix& peers, const AoKeys& from, const AoKeys& to);

// What the kernel is handed.
uapi::tcp_ao_add ao_add_request(const Prefix& peers, const AoKey& key);
uapi::tcp_ao_del ao_delete_request(const Prefix& peers, const AoKey& key);

}  // namespace bgp::io
