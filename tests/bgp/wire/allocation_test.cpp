// decode_update is the hot path of the house: this counts what it takes from the heap.
#include <doctest/doctest.h>

#include <cstdlib>
#include <new>

#include "bgp/wire/update.h"
#include "tests/support/wire_builders.h"

using namespace bgp;
using namespace bgp::wire;
using namespace tests::support;

namespace {
size_t allocations = 0;
}

void* operator new(size_t size) {
  ++allocations;
  if (void* p = std::malloc(size)) return p;
  throw std::bad_alloc();
}
void operator delete(void* p) noexcept { std::free(p); }
void operator delete(void* p, size_t) noexcept { std::free(p); }

TEST_CASE("a fault-free UPDATE into a reused result takes nothing from the heap") {
  Bytes mp = hex("80 0e 1a 0002 01 10 20010db8000000000000000000000001 00 20 20010db8");
  Bytes attributes = mp + hex(kOrigin) + hex(kPathOfPeer) + hex(kNextHop) +
                     hex("80 04 04 00000005 c0 08 04 fde90001 c0 63 01 07");
  Bytes body = update_body(nlri("10.1.0.0/16"), attributes, nlri("10.0.0.0/8 10.2.0.0/16"));
  CodecContext context = ebgp();
  DecodedUpdate update;
  REQUIRE(decode_update(body, context, update).ok());
  REQUIRE_FALSE(update.treat_as_withdraw);

  size_t before = allocations;
  bool ok = decode_update(body, context, update).ok();
  size_t taken = allocations - before;
  CHECK(ok);
  CHECK(taken == 0);
  Bytes counted(100, 1);  // the counter counts
  CHECK(allocations > before);
}

TEST_CASE("a writer that is used again takes nothing from the heap for another message") {
  CodecContext context = ibgp();
  Bytes attributes = hex(kOrigin) + hex(kEmptyPath) + hex(kLocalPref);
  Bytes out;
  UpdateWriter writer(out, context);
  NextHop next_hop{*IpAddress::parse("2001:db8::1"), {}};
  Prefix prefix = *Prefix::parse("2001:db8::/32");
  auto write = [&] {
    out.clear();
    writer.announce(Family::IPv6, attributes, next_hop);
    for (int i = 0; i < 50; ++i) writer.add(prefix);
    writer.finish();
  };
  write();
  size_t before = allocations;
  write();
  CHECK(allocations == before);
}
