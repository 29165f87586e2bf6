// Path attributes as the load generator knows them: made, encoded, and recognised again at a receiver.
// A codec of its own, so that a fault of the agent's cannot hide from its benchmark.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace bench {

using Bytes = std::vector<uint8_t>;
using ByteView = std::span<const uint8_t>;

struct Segment {
  uint8_t type;  // 1 AS_SET, 2 AS_SEQUENCE
  std::vector<uint32_t> asns;
};

struct LargeCommunity {
  uint32_t words[3];
};

struct Aggregator {
  uint32_t asn, address;
};

// What many prefixes share.
struct AttributeSet {
  uint8_t origin = 0;
  std::vector<Segment> as_path;
  std::optional<uint32_t> med;
  std::optional<Aggregator> aggregator;
  std::vector<uint32_t> communities;
  std::vector<LargeCommunity> large_communities;
};

// What a sender makes of a set.
struct Dress {
  uint32_t next_hop = 0;
  uint32_t prepend_as = 0;
  unsigned prepends = 0;               // how often; 0 towards an internal peer
  std::optional<uint32_t> local_pref{};  // towards an internal peer
  uint32_t marker = 0;                 // one more community, which tells a later announcement from an earlier one; 0: none
};

void put16(Bytes& out, uint32_t value);
void put32(Bytes& out, uint32_t value);
uint32_t get16(const uint8_t* at);
uint32_t get32(const uint8_t* at);

// The path attributes of an UPDATE, ascending.
Bytes encode(const AttributeSet& set, const Dress& dress);

// A number for what no speaker may change on the way: ORIGIN, AS_PATH, COMMUNITIES and LARGE_COMMUNITIES, the communities in any
// order. `own_as` (0: none) is taken off the front of the path first: the speaker under test put it there. Never 0;
// kMalformed when the octets are no attributes, or the speaker's AS is not where it should be.
inline constexpr uint32_t kMalformed = 0xffffffff;
uint32_t fingerprint(ByteView attributes, uint32_t own_as);

}  // namespace bench
