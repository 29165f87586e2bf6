#include "bgp/io/socket_options.h"

#include <linux/tcp.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

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

int prepare_bgp_socket(int fd, Family family) {
  if (int error = set_int(fd, IPPROTO_TCP, TCP_NODELAY, 1)) return error;
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
  return set_int(fd, level, v4 ? IP_MINTTL : IPV6_MINHOPCOUNT, 256 - std::max<int>(hops, 1));
}

int set_md5_key(int fd, const IpAddress& peer, const Secret& password) {
  tcp_md5sig key{};
  if (peer.is_v4()) {
    auto* address = reinterpret_cast<sockaddr_in*>(&key.tcpm_addr);
    address->sin_family = AF_INET;
    std::copy(peer.bytes().begin(), peer.bytes().end(), reinterpret_cast<uint8_t*>(&address->sin_addr));
  } else {
    auto* address = reinterpret_cast<sockaddr_in6*>(&key.tcpm_addr);
    address->sin6_family = AF_INET6;
    std::copy(peer.bytes().begin(), peer.bytes().end(), reinterpret_cast<uint8_t*>(&address->sin6_addr));
  }
  const std::string& text = password.reveal();
  if (text.size() > TCP_MD5SIG_MAXKEYLEN) return EINVAL;
  key.tcpm_keylen = static_cast<uint16_t>(text.size());
  std::memcpy(key.tcpm_key, text.data(), text.size());
  int error = setsockopt(fd, IPPROTO_TCP, TCP_MD5SIG, &key, sizeof key) == 0 ? 0 : errno;
  explicit_bzero(key.tcpm_key, sizeof key.tcpm_key);
  return error;
}

}  // namespace bgp::io
