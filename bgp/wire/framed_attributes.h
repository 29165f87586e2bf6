// The attributes of an UPDATE, found but not yet looked into: RFC 7606 wants all of them framed before any is judged.
#pragma once

#include <array>

#include "bgp/wire/attribute.h"

namespace bgp::wire {

struct FramedAttribute {
  const uint8_t* at;      // the flags octet
  uint16_t value_length;
  uint8_t header_length;  // 3 or 4
  uint8_t code;

  uint8_t flags() const { return at[0]; }
  size_t length() const { return size_t{header_length} + value_length; }
  ByteView value() const { return {at + header_length, value_length}; }
  ByteView whole() const { return {at, length()}; }
};

class FramedAttributes {
 public:
  FramedAttributes() {}  // leaves the 4 KiB of items_ as they are: this object is made for every message

  // Frames `bytes` (which must outlive this), keeping the first attribute of each type and putting them in type order.
  // False when a header or value runs past the end: treat-as-withdraw (RFC 7606 §4); those before it are kept.
  // Cost: O(n) for attributes that come in order, as from nearly all speakers.
  bool frame(ByteView bytes);

  // nullptr when there is none.
  const FramedAttribute* find(AttributeCode code) const;
  // A second MP_REACH_NLRI or MP_UNREACH_NLRI came: session reset (RFC 7606 §3 g).
  bool mp_repeated() const { return mp_repeated_; }

  const FramedAttribute* begin() const { return items_.data(); }
  const FramedAttribute* end() const { return items_.data() + count_; }
  size_t size() const { return count_; }

 private:
  bool was_seen(uint8_t code);
  bool has(uint8_t code) const { return (seen_[code >> 6] >> (code & 63) & 1) != 0; }
  void insert_in_order(const FramedAttribute& attribute);

  std::array<FramedAttribute, 256> items_;  // one for each type at most
  size_t count_ = 0;
  std::array<uint64_t, 4> seen_{};
  bool mp_repeated_ = false;
};

}  // namespace bgp::wire
