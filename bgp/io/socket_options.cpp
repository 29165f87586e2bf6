#include "bgp/io/socket_options.h"

#include <linux/tcp.h>
#include <sys/ioctl.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include "bgp/io/sockaddr.h"

namespace bgp::io {
namespace {

int set_int(int fd, int level, int option, int value) {
  return setsockopt(fd, level, option, &value, sizeof value) == 0 ? 0 : errno;
}

int set_internetwork_control(int fd, Family family) {
  static constexpr int kInternetworkControl = 0xc0;
  return family == Family::IPv4 ? set_int(fd, IPPROTO_IP, IP_TOS, kInternetworkControl)
                                : set_int(fd, IPPROTO_IPV6, IPV6_TCLASS, kInternetworkControl);
}

}  // namespace

// A peer whose machine lost its power after it had taken our OPEN never answers, and nothing of ours is on its way that
// could be refused: without a probe we would wait kOpenWait for it, long after it is back. Five minutes of probes: how long
// silence may last is the hold timer's decision, not TCP's.
static int find_dead_ends(int fd) {
  static constexpr int kIdle_s = 10, kInterval_s = 10, kProbes = 30;
  if (int error = set_int(fd, SOL_SOCKET, SO_KEEPALIVE, 1)) return error;
  if (int error = set_int(fd, IPPROTO_TCP, TCP_KEEPIDLE, kIdle_s)) return error;
  if (int error = set_int(fd, IPPROTO_TCP, TCP_KEEPINTVL, kInterval_s)) return error;
  return set_int(fd, IPPROTO_TCP, TCP_KEEPCNT, kProbes);
}

int prepare_bgp_socket(int fd, Family family) {
  if (int error = set_int(fd, IPPROTO_TCP, TCP_NODELAY, 1)) return error;
  if (int error = find_dead_ends(fd)) return error;
  return set_internetwork_control(fd, family);
}

int prepare_bfd_socket(int fd, Family family) {
  if (int error = set_internetwork_control(fd, family)) return error;
  return family == Family::IPv4 ? set_int(fd, IPPROTO_IP, IP_TTL, 255)
                                : set_int(fd, IPPROTO_IPV6, IPV6_UNICAST_HOPS, 255);
}

int hear_ttl_and_address(int fd, Family family) {
  bool v4 = family == Family::IPv4;
  int level = v4 ? IPPROTO_IP : IPPROTO_IPV6;
  if (int error = set_int(fd, level, v4 ? IP_RECVTTL : IPV6_RECVHOPLIMIT, 1)) return error;
  return set_int(fd, level, v4 ? IP_PKTINFO : IPV6_RECVPKTINFO, 1);
}

int set_ttl_security(int fd, Family family, uint8_t hops) {
  bool v4 = family == Family::IPv4;
  int level = v4 ? IPPROTO_IP : IPPROTO_IPV6;
  if (int error = set_int(fd, level, v4 ? IP_TTL : IPV6_UNICAST_HOPS, 255)) return error;
  return set_int(fd, level, v4 ? IP_MINTTL : IPV6_MINHOPCOUNT, minimum_ttl(hops));
}

int set_listener_ttl(int fd, Family family, std::optional<uint8_t> hops) {
  bool v4 = family == Family::IPv4;
  int level = v4 ? IPPROTO_IP : IPPROTO_IPV6;
  if (int error = set_int(fd, level, v4 ? IP_TTL : IPV6_UNICAST_HOPS, 255)) return error;
  if (int error = set_int(fd, IPPROTO_TCP, TCP_SAVE_SYN, 1)) return error;
  return set_int(fd, level, v4 ? IP_MINTTL : IPV6_MINHOPCOUNT, hops ? minimum_ttl(*hops) : 0);
}

std::optional<uint8_t> ttl_of_syn(ByteView headers) {
  static constexpr size_t kTtlAt = 8, kHopLimitAt = 7;
  if (headers.size() < 20) return std::nullopt;
  return headers[0] >> 4 == 4 ? headers[kTtlAt] : headers[kHopLimitAt];
}

bool has_come_from_within(int fd, uint8_t hops) {
  std::array<uint8_t, 256> headers;
  socklen_t length = headers.size();
  bool is_saved = getsockopt(fd, IPPROTO_TCP, TCP_SAVED_SYN, headers.data(), &length) == 0;
  std::optional<uint8_t> ttl = ttl_of_syn(ByteView(headers).first(is_saved ? length : 0));
  if (ttl) return *ttl >= minimum_ttl(hops);
  int waiting = 0;
  return ioctl(fd, FIONREAD, &waiting) == 0 && waiting == 0;
}

int set_md5_key(int fd, const Prefix& peers, const Secret& password) {
  const std::string& text = password.reveal();
  if (text.size() > TCP_MD5SIG_MAXKEYLEN) return EINVAL;
  tcp_md5sig key{};
  put_address(key.tcpm_addr, peers.address());
  key.tcpm_keylen = static_cast<uint16_t>(text.size());
  std::memcpy(key.tcpm_key, text.data(), text.size());
  // A single address as it always was, so that a kernel before 4.13 serves all but dynamic neighbours.
  if (!peers.is_host()) {
    key.tcpm_flags = TCP_MD5SIG_FLAG_PREFIX;
    key.tcpm_prefixlen = peers.length();
  }
  int option = peers.is_host() ? TCP_MD5SIG : TCP_MD5SIG_EXT;
  int error = setsockopt(fd, IPPROTO_TCP, option, &key, sizeof key) == 0 ? 0 : errno;
  explicit_bzero(key.tcpm_key, sizeof key.tcpm_key);
  return error;
}

}  // namespace bgp::io
