#include "bgp/wire/attributes/aggregator.h"

namespace bgp::wire::attributes {
namespace {

// The AS4_AGGREGATOR of the message, if it is worth anything.
const FramedAttribute* valid_as4_aggregator(const Received& message) {
  const FramedAttribute* as4 = message.attributes.find(AttributeCode::As4Aggregator);
  return as4 != nullptr && As4Aggregator::check(as4->value(), message).ok ? as4 : nullptr;
}

}  // namespace

bool as4_attributes_are_stale(const Received& message) {
  const FramedAttribute* aggregator = message.attributes.find(AttributeCode::Aggregator);
  if (aggregator == nullptr || !Aggregator::check(aggregator->value(), message).ok) return false;
  return u16_at(aggregator->value().data()) != kAsTrans.value;
}

void Aggregator::widen(ByteView value, const Received& message, Bytes& out) {
  const FramedAttribute* as4 = as4_attributes_are_stale(message) ? nullptr : valid_as4_aggregator(message);
  ByteWriter writer(out);
  if (as4 != nullptr) return writer.bytes(as4->value());
  writer.u32(u16_at(value.data()));
  writer.bytes(value.subspan(2));
}

}  // namespace bgp::wire::attributes
