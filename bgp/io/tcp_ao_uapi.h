// TCP-AO as Linux 6.7 and later has it in include/uapi/linux/tcp.h. Ours, because Debian 12's headers are older; the
// names of the fields are the kernel's. Private to the room.
//
//   struct tcp_ao_add   | addr 128 | alg_name 64 | ifindex 4 | flags 4 | 0 2 | prefix sndid rcvid maclen keyflags keylen | key 80 |
//   struct tcp_ao_del   | addr 128 |               ifindex 4 | flags 4 | 0 2 | prefix sndid rcvid current_key rnext keyflags |
//   struct tcp_ao_info_opt                                   | flags 4 | 0 2 | current_key rnext | five counters, 8 each |
#pragma once

#include <sys/socket.h>

#include <cstddef>
#include <cstdint>

namespace bgp::io::uapi {

inline constexpr int kTcpAoAddKey = 38;
inline constexpr int kTcpAoDelKey = 39;
inline constexpr int kTcpAoInfo = 40;
inline constexpr size_t kTcpAoKeyBytesMax = 80;

struct alignas(8) tcp_ao_add {
  sockaddr_storage addr;
  char alg_name[64];   // of the kernel's crypto
  int32_t ifindex;
  uint32_t set_current : 1, set_rnext : 1, reserved : 30;
  uint16_t reserved2;
  uint8_t prefix;      // its length; 0 is everybody
  uint8_t sndid, rcvid;
  uint8_t maclen;
  uint8_t keyflags;
  uint8_t keylen;
  uint8_t key[kTcpAoKeyBytesMax];
};

struct alignas(8) tcp_ao_del {
  sockaddr_storage addr;
  int32_t ifindex;
  uint32_t set_current : 1, set_rnext : 1, del_async : 1, reserved : 29;  // del_async: of listening sockets
  uint16_t reserved2;
  uint8_t prefix;
  uint8_t sndid, rcvid;
  uint8_t current_key, rnext;  // what takes its place where it is in use
  uint8_t keyflags;
};

struct alignas(8) tcp_ao_info_opt {
  uint32_t set_current : 1, set_rnext : 1, ao_required : 1, set_counters : 1, accept_icmps : 1, reserved : 27;
  uint16_t reserved2;
  uint8_t current_key;  // by its send id
  uint8_t rnext;        // by its receive id
  uint64_t pkt_good, pkt_bad, pkt_key_not_found, pkt_ao_required, pkt_dropped_icmp;
};

static_assert(sizeof(tcp_ao_add) == 288 && offsetof(tcp_ao_add, alg_name) == 128 && offsetof(tcp_ao_add, ifindex) == 192 &&
              offsetof(tcp_ao_add, reserved2) == 200 && offsetof(tcp_ao_add, prefix) == 202 &&
              offsetof(tcp_ao_add, keylen) == 207 && offsetof(tcp_ao_add, key) == 208);
static_assert(sizeof(tcp_ao_del) == 144 && offsetof(tcp_ao_del, ifindex) == 128 && offsetof(tcp_ao_del, reserved2) == 136 &&
              offsetof(tcp_ao_del, prefix) == 138 && offsetof(tcp_ao_del, keyflags) == 143);
static_assert(sizeof(tcp_ao_info_opt) == 48 && offsetof(tcp_ao_info_opt, current_key) == 6 &&
              offsetof(tcp_ao_info_opt, pkt_good) == 8);

}  // namespace bgp::io::uapi
