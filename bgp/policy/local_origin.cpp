#include "bgp/policy/local_origin.h"

namespace bgp::policy {

Bytes with_local_origin(ByteView canonical, const LocalOrigin& origin) {
  Bytes set(canonical.begin(), canonical.end());
  if (origin == LocalOrigin{}) return set;
  Bytes value;
  ByteWriter writer(value);
  writer.u32(origin.metric);
  writer.u8(origin.has_gateway ? 1 : 0);
  value.insert(value.end(), origin.interface.begin(), origin.interface.end());
  wire::append_attribute(set, wire::flag::kOptional, kLocalOriginCode, value);  // the last type there is
  return set;
}

Bytes without_local_origin(ByteView canonical) {
  wire::AttributeEditor edit(canonical);
  edit.remove_code(kLocalOriginCode);
  return edit.finish();
}

LocalOrigin local_origin_of(ByteView canonical) {
  std::optional<ByteView> value = wire::find_attribute(canonical, wire::AttributeCode{kLocalOriginCode});
  if (!value) return {};
  ByteReader reader(*value);
  LocalOrigin origin;
  origin.metric = reader.u32();
  origin.has_gateway = reader.u8() != 0;
  ByteView name = value->subspan(5);
  origin.interface.assign(name.begin(), name.end());
  return origin;
}

}  // namespace bgp::policy
