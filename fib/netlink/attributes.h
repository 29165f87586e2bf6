// Reading and writing of struct + attribute lists, as all rtnetlink messages are built. For the codecs of this folder.
#pragma once

#include <linux/netlink.h>

#include <cstring>
#include <optional>
#include <span>
#include <type_traits>

#include "bgp/base/bytes.h"

namespace fib::netlink {

inline constexpr uint8_t kInet = 2;    // AF_INET
inline constexpr uint8_t kInet6 = 10;  // AF_INET6

inline constexpr size_t aligned(size_t length) { return (length + 3U) & ~size_t{3}; }

// Takes a fixed structure off the front of `bytes`; nullopt, and nothing taken, when it is too short.
template <class T>
std::optional<T> take_struct(bgp::ByteView& bytes) {
  static_assert(std::is_trivially_copyable_v<T>);
  if (bytes.size() < sizeof(T)) return std::nullopt;
  T value;
  std::memcpy(&value, bytes.data(), sizeof value);
  bytes = bytes.subspan(std::min(aligned(sizeof value), bytes.size()));
  return value;
}

// An attribute's payload as a number in host order, zero when the length is wrong.
template <class T>
T number(bgp::ByteView payload) {
  T value{};
  if (payload.size() == sizeof value) std::memcpy(&value, payload.data(), sizeof value);
  return value;
}

// Calls visit(type, payload) for each attribute; ends at the first that does not fit.
template <class Visit>
void for_each_attribute(bgp::ByteView bytes, Visit visit) {
  while (bytes.size() >= sizeof(nlattr)) {
    nlattr header;
    std::memcpy(&header, bytes.data(), sizeof header);
    if (header.nla_len < sizeof header || header.nla_len > bytes.size()) return;
    visit(static_cast<uint16_t>(header.nla_type & NLA_TYPE_MASK),
          bytes.subspan(sizeof header, header.nla_len - sizeof header));
    bytes = bytes.subspan(std::min(aligned(header.nla_len), bytes.size()));
  }
}

// Appends to a buffer that the caller owns and that always stays a multiple of 4 long.
class Writer {
 public:
  explicit Writer(bgp::Bytes& out) : out_(out) {}

  template <class T>
  size_t structure(const T& value) {
    size_t at = out_.size();
    out_.resize(at + aligned(sizeof value));
    std::memcpy(out_.data() + at, &value, sizeof value);
    return at;
  }
  void attribute(uint16_t type, bgp::ByteView payload) {
    structure(nlattr{static_cast<uint16_t>(sizeof(nlattr) + payload.size()), type});
    size_t at = out_.size();
    out_.resize(at + aligned(payload.size()));
    if (!payload.empty()) std::memcpy(out_.data() + at, payload.data(), payload.size());
  }
  void u32(uint16_t type, uint32_t value) {
    attribute(type, bgp::ByteView(reinterpret_cast<const uint8_t*>(&value), sizeof value));
  }
  // An attribute whose content follows; close() fills in its length.
  size_t open(uint16_t type) { return structure(nlattr{0, type}); }
  void close(size_t at) { set_length<uint16_t>(at); }

  // Writes the bytes since `at` as the length field that stands at `at`.
  template <class T>
  void set_length(size_t at) {
    T length = static_cast<T>(out_.size() - at);
    std::memcpy(out_.data() + at, &length, sizeof length);
  }

 private:
  bgp::Bytes& out_;
};

}  // namespace fib::netlink
