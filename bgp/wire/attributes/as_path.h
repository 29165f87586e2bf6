// AS_PATH, RFC 4271 §4.3 b: well-known mandatory; canonical with 4-octet numbers. Malformed: RFC 7606 §7.2.
//   +--------------+-----------+---------------------+
//   | segment type | count n   | n AS numbers        |   repeated; none at all is the empty path of an iBGP origin
//   +--------------+-----------+---------------------+
#pragma once

#include "bgp/wire/attributes/attribute_rule.h"

namespace bgp::wire::attributes {

// RFC 4271 §4.3 b and RFC 5065 §3.
enum class SegmentType : uint8_t { Set = 1, Sequence = 2, ConfedSequence = 3, ConfedSet = 4 };
inline constexpr size_t kSegmentAsnsMax = 255;

struct Segment {
  SegmentType type;
  uint8_t count;
  ByteView asns;  // `count` numbers of the width that the reader was told
};

// Calls visit(const Segment&) for each segment of a checked value, whose numbers have `width` octets.
template <class Visit>
void for_each_segment(ByteView value, size_t width, Visit visit) {
  for (const uint8_t *p = value.data(), *end = p + value.size(); p < end;) {
    size_t bytes = p[1] * width;
    visit(Segment{static_cast<SegmentType>(p[0]), p[1], ByteView(p + 2, bytes)});
    p += 2 + bytes;
  }
}

struct AsPath {
  static constexpr AttributeCode kCode = AttributeCode::AsPath;
  static constexpr const char* kName = "AS_PATH";
  static constexpr uint8_t kFlags = flag::kTransitive;

  static Verdict check(ByteView value, const Received& message);
  // RFC 6793 §4.2.3: 4-octet numbers, with what AS4_PATH knows better.
  static void widen(ByteView value, const Received& message, Bytes& out);
  static std::string text(ByteView canonical);
};

// AS4_PATH, RFC 6793 §3: the tail of the true path. Merged into AS_PATH, never stored.
struct As4Path {
  static constexpr AttributeCode kCode = AttributeCode::As4Path;
  static constexpr const char* kName = "AS4_PATH";
  static constexpr uint8_t kFlags = flag::kOptional | flag::kTransitive;
  static constexpr Scope kScope = Scope::TwoOctetPeer;
  static constexpr bool kStored = false;

  static Verdict check(ByteView value, const Received& message);
  static std::string text(ByteView canonical) { return AsPath::text(canonical); }
};

struct AsPathFacts {
  uint16_t length = 0;
  Asn neighbor_as;
  Asn origin_as;
};
AsPathFacts facts_of_as_path(ByteView canonical);

// The value with 2-octet numbers, AS_TRANS for those that do not fit. True when some did not.
bool narrow_as_path(ByteView canonical, Bytes& out);

}  // namespace bgp::wire::attributes
