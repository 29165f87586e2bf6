// The F bit's question, against the real kernel.
#include "fib/io/own_routes.h"

#include <doctest/doctest.h>

#include "tests/fib/io/kernel_world.h"

using namespace fib::io;
using bgp::FamilySet;

TEST_CASE("routes of an earlier life are found by family; another protocol's, table's or metric's are not ours") {
  in_new_namespace([] {
    make_links();
    CHECK(*find_own_routes({}) == FamilySet{});
    shell("ip route add blackhole 10.9.0.0/16 proto static");
    shell("ip route add blackhole 10.8.0.0/16 proto bird table 100");
    shell("ip route add blackhole 10.7.0.0/16 proto bird metric 5");
    CHECK(*find_own_routes({}) == FamilySet{});
    CHECK(*find_own_routes({.protocol = 12, .table = 100}) == FamilySet::of(bgp::Family::IPv4));
    shell("ip -6 route add blackhole fd09::/32 proto bird");
    CHECK(*find_own_routes({}) == FamilySet::of(bgp::Family::IPv6));
    shell("ip route add 10.6.0.0/16 via 10.0.0.2 proto bird");
    CHECK(*find_own_routes({}) == FamilySet::both());
  });
}
