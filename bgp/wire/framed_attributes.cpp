#include "bgp/wire/framed_attributes.h"

namespace bgp::wire {
namespace {

constexpr bool is_mp(uint8_t code) {
  return code == static_cast<uint8_t>(AttributeCode::MpReachNlri) ||
         code == static_cast<uint8_t>(AttributeCode::MpUnreachNlri);
}

}  // namespace

inline bool FramedAttributes::was_seen(uint8_t code) {
  uint64_t bit = uint64_t{1} << (code & 63);
  bool seen = (seen_[code >> 6] & bit) != 0;
  seen_[code >> 6] |= bit;
  return seen;
}

bool FramedAttributes::frame(ByteView bytes) {
  const uint8_t* p = bytes.data();
  for (size_t left = bytes.size(); left > 0;) {
    if (left < 3) return false;
    uint8_t header = (p[0] & flag::kExtendedLength) != 0 ? 4 : 3;
    if (left < header) return false;
    size_t length = header == 4 ? static_cast<size_t>(p[2]) << 8 | p[3] : p[2];
    if (length > left - header) return false;
    FramedAttribute attribute{p, static_cast<uint16_t>(length), header, p[1]};
    if (was_seen(p[1])) mp_repeated_ = mp_repeated_ || is_mp(p[1]);
    else if (count_ == 0 || items_[count_ - 1].code < p[1]) items_[count_++] = attribute;
    else insert_in_order(attribute);
    p += header + length;
    left -= header + length;
  }
  return true;
}

void FramedAttributes::insert_in_order(const FramedAttribute& attribute) {
  size_t at = count_++;
  for (; at > 0 && items_[at - 1].code > attribute.code; --at) items_[at] = items_[at - 1];
  items_[at] = attribute;
}

const FramedAttribute* FramedAttributes::find(AttributeCode code) const {
  if (!has(static_cast<uint8_t>(code))) return nullptr;
  for (const FramedAttribute& attribute : *this)
    if (attribute.code == static_cast<uint8_t>(code)) return &attribute;
  return nullptr;
}

}  // namespace bgp::wire
