// Path attributes (RFC 4271 §4.3, §5) as they are stored: canonical bytes.
//
// An attribute set is one byte string: every attribute once, by ascending type code, low flag bits zero, extended
// length only above 255 octets, AS_PATH and AGGREGATOR with 4-octet numbers (AS4_PATH merged in, RFC 6793 §4.2.3),
// unknown optional transitive ones with Partial set. NEXT_HOP, MP_REACH_NLRI and MP_UNREACH_NLRI are not in it: the
// next hop is kept beside it (NextHop), the NLRI are the routes. Two sets are equal when their bytes are; storing,
// hashing and sending a set is copying bytes; what a reader wants of it is decoded on demand by attributes/*.h.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "bgp/base/assert.h"
#include "bgp/base/bytes.h"
#include "bgp/base/numbers.h"

namespace bgp::wire {

enum class AttributeCode : uint8_t {
  Origin = 1, AsPath = 2, NextHop = 3, MultiExitDisc = 4, LocalPref = 5, AtomicAggregate = 6, Aggregator = 7,
  Communities = 8, OriginatorId = 9, ClusterList = 10, MpReachNlri = 14, MpUnreachNlri = 15, ExtendedCommunities = 16,
  As4Path = 17, As4Aggregator = 18, PmsiTunnel = 22, TunnelEncapsulation = 23, Ipv6ExtendedCommunities = 25,
  LargeCommunities = 32, OnlyToCustomer = 35,
};

namespace flag {
inline constexpr uint8_t kOptional = 0x80, kTransitive = 0x40, kPartial = 0x20, kExtendedLength = 0x10;
}

enum class Origin : uint8_t { Igp = 0, Egp = 1, Incomplete = 2 };

// What of a set the decision process looks at, decoded once when the set is interned.
struct AttributeFacts {
  Origin origin = Origin::Igp;
  uint16_t as_path_length = 0;  // RFC 4271 §9.1.2.2 a: an AS_SET counts 1, confederation segments 0
  Asn neighbor_as;              // leftmost AS of a leading AS_SEQUENCE; 0 when the path is empty or starts with a set
  Asn origin_as;                // rightmost; 0 when the path is empty
  std::optional<uint32_t> med;
  std::optional<uint32_t> local_pref;
  std::optional<BgpIdentifier> originator_id;
  uint16_t cluster_list_length = 0;
  bool no_export = false;       // RFC 1997 well-known communities
  bool no_advertise = false;
  bool graceful_shutdown = false;  // RFC 8326
  bool blackhole = false;          // RFC 7999
  bool llgr_stale = false;         // RFC 9494 §3.2: kept long after its speaker was lost
  bool no_llgr = false;            // RFC 9494 §3.3: must not be
  bool operator==(const AttributeFacts&) const = default;
};

// RFC 4271 §5.1.3, RFC 2545: an IPv6 next hop may bring a link-local companion.
struct NextHop {
  IpAddress address;
  std::optional<IpAddress> link_local;
  uint32_t ifindex = 0;  // the link that a link-local `address` is on; not on the wire
  auto operator<=>(const NextHop&) const = default;
};

struct AttributeView {
  uint8_t flags;
  uint8_t code;
  ByteView value;
  ByteView whole;  // header and value
};

// Walks canonical bytes (or any well-framed attribute bytes): `for (AttributeView a : attributes_of(bytes))`.
class AttributeRange {
 public:
  class iterator {
   public:
    explicit iterator(ByteView rest) : rest_(rest) { load(); }
    AttributeView operator*() const { return view_; }
    iterator& operator++() { rest_ = rest_.subspan(view_.whole.size()); load(); return *this; }
    bool operator!=(const iterator& other) const { return rest_.size() != other.rest_.size(); }
   private:
    void load();
    ByteView rest_;
    AttributeView view_{};
  };
  explicit AttributeRange(ByteView canonical) : bytes_(canonical) {}
  iterator begin() const { return iterator(bytes_); }
  iterator end() const { return iterator(bytes_.last(0)); }
 private:
  ByteView bytes_;
};
inline AttributeRange attributes_of(ByteView canonical) { return AttributeRange(canonical); }

// Inline: every reader of a set goes through here, on the paths that are measured.
inline void AttributeRange::iterator::load() {
  if (rest_.empty()) return;
  BGP_ASSERT(rest_.size() >= 3);
  size_t header = (rest_[0] & flag::kExtendedLength) != 0 ? 4 : 3;
  BGP_ASSERT(rest_.size() >= header);
  size_t length = header == 4 ? static_cast<size_t>(rest_[2]) << 8 | rest_[3] : rest_[2];
  BGP_ASSERT(rest_.size() >= header + length);
  view_ = {rest_[0], rest_[1], rest_.subspan(header, length), rest_.first(header + length)};
}

// The value of one attribute; nullopt when the set has none.
std::optional<ByteView> find_attribute(ByteView canonical, AttributeCode code);

// Decodes the facts of canonical bytes. Requires canonical bytes (ours, or decode_update's): asserts otherwise.
AttributeFacts facts_of(ByteView canonical);

// Rewrites a set: collect changes, then finish() merges them in type order. Values are canonical (4-octet AS).
class AttributeEditor {
 public:
  explicit AttributeEditor(ByteView canonical) : base_(canonical) {}
  void set(AttributeCode code, uint8_t flags, ByteView value);  // replaces or adds
  void remove(AttributeCode code);
  void remove_code(uint8_t code);
  Bytes finish() const;

 private:
  struct Edit {
    uint8_t code;
    bool removed;
    uint8_t flags;
    Bytes value;
  };
  void put(Edit edit);

  ByteView base_;
  std::vector<Edit> edits_;  // by type code
};

// A number as an attribute's value.
inline std::array<uint8_t, 4> be32(uint32_t v) {
  return {static_cast<uint8_t>(v >> 24), static_cast<uint8_t>(v >> 16), static_cast<uint8_t>(v >> 8),
          static_cast<uint8_t>(v)};
}

// Appends flags, code, length (extended if needed) and value.
void append_attribute(Bytes& out, uint8_t flags, uint8_t code, ByteView value);

// ---- text, for people and JSON ----------------------------------------------------------------------------------
const char* to_string(Origin origin);                         // "IGP", "EGP", "incomplete"
std::string as_path_text(ByteView canonical);                 // "64512 64513 {1,2}"
// "64512:100", "rt:1:2", "1:2:3": plain, extended, large.
std::vector<std::string> communities_text(ByteView canonical);
std::string hex_text(ByteView bytes);                          // "c0080300"
const char* attribute_name(uint8_t code);                     // "MULTI_EXIT_DISC"; nullptr for a type that we do not know
std::string attribute_text(const AttributeView& attribute);   // any attribute on one line, unknown ones in hex

// ---- AS_PATH (attributes/as_path.h has the rest) ----------------------------------------------------------------
bool as_path_contains(ByteView canonical, Asn as, int at_most = 0);  // more often than `at_most` times
// The AS_PATH value with `as` put in front, `count` times; opens a new segment when the first is full (255).
Bytes prepended_as_path(std::optional<ByteView> value, Asn as, int count = 1);

// The set as a 2-octet peer must be told it (RFC 6793 §4.2.2): AS_TRANS, AS4_PATH, AS4_AGGREGATOR where needed.
Bytes to_two_octet(ByteView canonical);

}  // namespace bgp::wire
