#include <doctest/doctest.h>

#include "bgp/wire/attribute.h"
#include "bgp/wire/attributes/link_bandwidth.h"

using namespace bgp;

namespace {

std::optional<double> bandwidth_of(std::initializer_list<uint8_t> communities) {
  wire::AttributeEditor edit(ByteView{});
  edit.set(wire::AttributeCode::ExtendedCommunities, 0xc0, Bytes(communities));
  return wire::link_bandwidth(edit.finish());
}

}  // namespace

TEST_CASE("the link-bandwidth community is read in both forms, octet for octet") {
  CHECK(bandwidth_of({0x40, 4, 0xfc, 0, 0x4c, 0xee, 0x6b, 0x28}) == 125e6);  // 1 Gbit/s, as FRR and GoBGP write it
  CHECK(bandwidth_of({0x00, 4, 0xfc, 0, 0x4c, 0xee, 0x6b, 0x28}) == 125e6);  // the transitive form
  CHECK(bandwidth_of({0, 2, 0, 1, 0, 0, 0, 1, 0x40, 4, 0, 1, 0x3f, 0x80, 0, 0}) == 1.0);  // behind a route target
  CHECK(bandwidth_of({0x40, 4, 0, 1, 0x7f, 0xc0, 0, 0, 0x40, 4, 0, 1, 0x3f, 0x80, 0, 0}) == 1.0);  // NaN is none
  CHECK_FALSE(bandwidth_of({0x80, 4, 0, 1, 0x3f, 0x80, 0, 0}));  // another type
  CHECK_FALSE(bandwidth_of({0x40, 5, 0, 1, 0x3f, 0x80, 0, 0}));  // another subtype
  CHECK_FALSE(bandwidth_of({}));
  CHECK_FALSE(wire::link_bandwidth({}));
}
