#include "bgp/base/ip_address.h"

#include <arpa/inet.h>

#include <algorithm>
#include <cstring>

#include "bgp/base/assert.h"
#include "bgp/base/hash.h"

namespace bgp {

IpAddress IpAddress::v4(uint32_t host_order) {
  IpAddress a;
  for (int i = 0; i < 4; ++i) a.bytes_[static_cast<size_t>(i)] = static_cast<uint8_t>(host_order >> (24 - 8 * i));
  return a;
}

IpAddress IpAddress::v4(std::span<const uint8_t, 4> network_order) {
  IpAddress a;
  std::copy(network_order.begin(), network_order.end(), a.bytes_.begin());
  return a;
}

IpAddress IpAddress::v6(std::span<const uint8_t, 16> network_order) {
  IpAddress a;
  a.family_ = Family::IPv6;
  std::copy(network_order.begin(), network_order.end(), a.bytes_.begin());
  return a;
}

std::optional<IpAddress> IpAddress::from_bytes(std::span<const uint8_t> network_order) {
  if (network_order.size() == 4) return v4(network_order.first<4>());
  if (network_order.size() == 16) return v6(network_order.first<16>());
  return std::nullopt;
}

std::optional<IpAddress> IpAddress::parse(std::string_view text) {
  char buffer[INET6_ADDRSTRLEN];
  if (text.empty() || text.size() >= sizeof buffer) return std::nullopt;
  std::memcpy(buffer, text.data(), text.size());
  buffer[text.size()] = '\0';
  if (std::strlen(buffer) != text.size()) return std::nullopt;
  std::array<uint8_t, 16> raw{};
  if (inet_pton(AF_INET, buffer, raw.data()) == 1) return v4(std::span<const uint8_t, 4>(raw.data(), 4));
  if (inet_pton(AF_INET6, buffer, raw.data()) == 1) return v6(std::span<const uint8_t, 16>(raw));
  return std::nullopt;
}

IpAddress IpAddress::unspecified(Family family) {
  IpAddress a;
  a.family_ = family;
  return a;
}

uint32_t IpAddress::to_u32() const {
  BGP_ASSERT(is_v4());
  return static_cast<uint32_t>(bytes_[0]) << 24 | static_cast<uint32_t>(bytes_[1]) << 16 |
         static_cast<uint32_t>(bytes_[2]) << 8 | bytes_[3];
}

IpAddress IpAddress::truncated(uint8_t length) const {
  IpAddress out;
  out.family_ = family_;
  const size_t whole = length / 8;
  std::copy_n(bytes_.begin(), whole, out.bytes_.begin());
  if (length % 8 != 0) out.bytes_[whole] = static_cast<uint8_t>(bytes_[whole] & (0xff00 >> length % 8));
  return out;
}

bool IpAddress::is_unspecified() const {
  return std::all_of(bytes_.begin(), bytes_.end(), [](uint8_t b) { return b == 0; });
}

bool IpAddress::is_loopback() const {
  if (is_v4()) return bytes_[0] == 127;
  return bytes_[15] == 1 && std::all_of(bytes_.begin(), bytes_.end() - 1, [](uint8_t b) { return b == 0; });
}

bool IpAddress::is_multicast() const { return is_v4() ? bytes_[0] >> 4 == 0xe : bytes_[0] == 0xff; }

bool IpAddress::is_link_local() const {
  return is_v4() ? bytes_[0] == 169 && bytes_[1] == 254 : bytes_[0] == 0xfe && (bytes_[1] & 0xc0) == 0x80;
}

std::string IpAddress::to_string() const {
  char buffer[INET6_ADDRSTRLEN];
  return inet_ntop(is_v4() ? AF_INET : AF_INET6, bytes_.data(), buffer, sizeof buffer);
}

}  // namespace bgp

size_t std::hash<bgp::IpAddress>::operator()(const bgp::IpAddress& address) const noexcept {
  static constexpr uint64_t kFactor = 0x9e3779b97f4a7c15ULL;
  uint64_t words[2] = {};
  std::memcpy(words, address.bytes().data(), address.bytes().size());
  uint64_t h = bgp::hash_fold(bgp::hash_seed ^ words[0] ^ static_cast<uint64_t>(address.family()), kFactor);
  return bgp::hash_fold(h ^ bgp::hash_seed ^ words[1], kFactor);
}
