// Bounded big-endian reading and writing. All wire codecs stand on these two; neither ever touches memory it was
// not given.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <vector>

namespace bgp {

using Bytes = std::vector<uint8_t>;
using ByteView = std::span<const uint8_t>;

// Reads from a view. Failure is sticky: a read past the end yields zeros (or an empty view) and sets failed(), so a
// decoder may read a whole fixed structure and ask once.
class ByteReader {
 public:
  explicit ByteReader(ByteView bytes) : rest_(bytes) {}

  uint8_t u8() { return static_cast<uint8_t>(big_endian<1>()); }
  uint16_t u16() { return static_cast<uint16_t>(big_endian<2>()); }
  uint32_t u32() { return static_cast<uint32_t>(big_endian<4>()); }
  uint64_t u64() { return big_endian<8>(); }

  // The next n bytes; the view lives as long as the bytes given to the constructor.
  ByteView take(size_t n) {
    if (n > rest_.size()) return fail();
    ByteView taken = rest_.first(n);
    rest_ = rest_.subspan(n);
    return taken;
  }
  ByteView take_rest() { return take(rest_.size()); }

  ByteView rest() const { return rest_; }
  size_t remaining() const { return rest_.size(); }
  bool empty() const { return rest_.empty(); }
  bool failed() const { return failed_; }

 private:
  ByteView fail() {
    failed_ = true;
    rest_ = {};
    return {};
  }
  template <size_t N>
  uint64_t big_endian() {
    ByteView view = take(N);
    uint64_t value = 0;
    for (uint8_t byte : view) value = value << 8 | byte;
    return value;
  }

  ByteView rest_;
  bool failed_ = false;
};

// Appends to a vector that the caller owns. `reserve_u16` leaves a length field to be filled by `patch_u16`.
class ByteWriter {
 public:
  explicit ByteWriter(Bytes& out) : out_(out) {}

  void u8(uint8_t v) { out_.push_back(v); }
  void u16(uint16_t v) { big_endian<2>(v); }
  void u32(uint32_t v) { big_endian<4>(v); }
  void u64(uint64_t v) { big_endian<8>(v); }
  void bytes(ByteView v) { out_.insert(out_.end(), v.begin(), v.end()); }

  size_t size() const { return out_.size(); }
  size_t reserve_u16() {
    u16(0);
    return out_.size() - 2;
  }
  void patch_u16(size_t at, size_t value) {
    out_[at] = static_cast<uint8_t>(value >> 8);
    out_[at + 1] = static_cast<uint8_t>(value);
  }

 private:
  template <size_t N>
  void big_endian(uint64_t v) {
    for (size_t i = N; i-- > 0;) out_.push_back(static_cast<uint8_t>(v >> (8 * i)));
  }

  Bytes& out_;
};

}  // namespace bgp
