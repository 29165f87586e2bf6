#include "bgp/io/socket_options.h"

#include <doctest/doctest.h>

using namespace bgp;
using namespace bgp::io;

TEST_CASE("the TTL of a saved SYN, of either family; scraps have none") {
  Bytes v4(40);
  v4[0] = 0x45;
  v4[8] = 254;
  CHECK(ttl_of_syn(v4) == 254);
  Bytes v6(60);
  v6[0] = 0x60;
  v6[7] = 63;
  v6[8] = 1;
  CHECK(ttl_of_syn(v6) == 63);
  CHECK_FALSE(ttl_of_syn(Bytes()));
  CHECK_FALSE(ttl_of_syn(Bytes(19)));
}

TEST_CASE("GTSM: one hop is the neighbour on the link (RFC 5082 §3)") {
  CHECK(minimum_ttl(1) == 255);
  CHECK(minimum_ttl(2) == 254);
  CHECK(minimum_ttl(255) == 1);
  CHECK(minimum_ttl(0) == 255);
}
