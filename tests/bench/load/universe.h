// Which prefixes there are, and which attributes they have: made up, or read from a recorded feed.
#pragma once

#include <string>
#include <vector>

#include "tests/bench/load/attributes.h"

namespace bench {

struct Route {
  uint32_t address;
  uint8_t length;
  uint32_t set;  // in Universe::sets
};

struct Universe {
  std::vector<AttributeSet> sets;
  std::vector<Route> routes;  // no prefix twice; those of one set side by side
};

// Like the Internet's table: 60 % /24, runs of 1..32 prefixes of one /16 share a set (7 in the mean), paths of 2..6 AS numbers, two
// thirds with communities. The same for the same seed.
Universe make_universe(uint64_t seed, size_t routes);

// Blocks as Calico's IPAM hands them out: /26 after /26 of 10.128.0.0/9, all with an empty path.
Universe make_blocks(size_t blocks);

// The state at the end of an MRT file (RFC 6396: BGP4MP, BGP4MP_ET, or TABLE_DUMP_V2 of its first peer), IPv4 unicast. The
// file is not compressed.
Universe read_mrt(const std::string& path);

}  // namespace bench
