// What a peer without 4-octet AS numbers is told (RFC 6793 §4.2.2).
#include "bgp/wire/attributes/as_path.h"

namespace bgp::wire {
namespace {

constexpr uint8_t kOptionalTransitive = flag::kOptional | flag::kTransitive;

void narrow_path(const AttributeView& a, AttributeEditor& edit) {
  Bytes narrow;
  if (attributes::narrow_as_path(a.value, narrow)) edit.set(AttributeCode::As4Path, kOptionalTransitive, a.value);
  edit.set(AttributeCode::AsPath, a.flags, narrow);
}

void narrow_aggregator(const AttributeView& a, AttributeEditor& edit) {
  Asn as{u32_at(a.value.data())};
  if (!as.fits_two_octets()) edit.set(AttributeCode::As4Aggregator, kOptionalTransitive, a.value);
  Bytes narrow;
  ByteWriter writer(narrow);
  writer.u16(static_cast<uint16_t>(as.fits_two_octets() ? as.value : kAsTrans.value));
  writer.bytes(a.value.subspan(4));
  edit.set(AttributeCode::Aggregator, a.flags, narrow);
}

}  // namespace

Bytes to_two_octet(ByteView canonical) {
  AttributeEditor edit(canonical);
  for (AttributeView a : attributes_of(canonical)) {
    if (a.code == static_cast<uint8_t>(AttributeCode::AsPath)) narrow_path(a, edit);
    if (a.code == static_cast<uint8_t>(AttributeCode::Aggregator)) narrow_aggregator(a, edit);
  }
  return edit.finish();
}

}  // namespace bgp::wire
