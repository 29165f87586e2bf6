#include "tests/bench/load/attributes.h"

#include <algorithm>

namespace bench {

namespace {

constexpr uint8_t kOrigin = 1, kAsPath = 2, kNextHop = 3, kMed = 4, kLocalPref = 5, kAggregator = 7, kCommunities = 8,
                  kLargeCommunities = 32;
constexpr uint8_t kWellKnown = 0x40, kOptional = 0x80, kOptionalTransitive = 0xc0, kExtendedLength = 0x10;

void put_attribute(Bytes& out, uint8_t flags, uint8_t code, const Bytes& value) {
  const bool is_long = value.size() > 255;
  out.push_back(is_long ? flags | kExtendedLength : flags);
  out.push_back(code);
  if (is_long) out.push_back(static_cast<uint8_t>(value.size() >> 8));
  out.push_back(static_cast<uint8_t>(value.size()));
  out.insert(out.end(), value.begin(), value.end());
}

Bytes word(uint32_t value) {
  Bytes out;
  put32(out, value);
  return out;
}

Bytes as_path(const AttributeSet& set, const Dress& dress) {
  std::vector<Segment> path = set.as_path;
  if (dress.prepends > 0) {
    if (path.empty() || path[0].type != 2) path.insert(path.begin(), Segment{2, {}});
    path[0].asns.insert(path[0].asns.begin(), dress.prepends, dress.prepend_as);
  }
  Bytes out;
  for (const Segment& segment : path) {
    out.push_back(segment.type);
    out.push_back(static_cast<uint8_t>(segment.asns.size()));
    for (uint32_t asn : segment.asns) put32(out, asn);
  }
  return out;
}

Bytes communities(const AttributeSet& set, const Dress& dress) {
  Bytes out;
  for (uint32_t value : set.communities) put32(out, value);
  if (dress.marker != 0) put32(out, dress.marker);
  return out;
}

uint64_t mix(uint64_t value) {  // the finalizer of SplitMix64
  value = (value ^ value >> 30) * 0xbf58476d1ce4e5b9ULL;
  value = (value ^ value >> 27) * 0x94d049bb133111ebULL;
  return value ^ value >> 31;
}

// Octet strings of `width` as a set: order and repetition do not count, because some speakers sort, and drop what is twice.
uint64_t hash_set(ByteView value, size_t width, uint64_t seed) {
  static thread_local std::vector<uint64_t> items;
  items.clear();
  for (size_t at = 0; at + width <= value.size(); at += width) {
    uint64_t item = seed;
    for (size_t i = 0; i < width; i += 4) item = mix(item * 31 + get32(&value[at + i]) + 1);
    items.push_back(item);
  }
  std::sort(items.begin(), items.end());
  items.erase(std::unique(items.begin(), items.end()), items.end());
  uint64_t sum = 0;
  for (uint64_t item : items) sum += item;
  return sum;
}

// Segments of one type side by side count as one: a speaker may join them, or split a long one.
uint64_t hash_path(ByteView value, uint32_t own_as, bool& is_good) {
  uint64_t hash = 7;
  uint8_t last_type = 0;
  bool is_first = own_as != 0;
  for (size_t at = 0; at < value.size();) {
    if (at + 2 > value.size() || at + 2 + 4u * value[at + 1] > value.size()) return is_good = false, 0;
    const uint8_t type = value[at], count = value[at + 1];
    for (size_t i = 0; i < count; ++i) {
      const uint32_t asn = get32(&value[at + 2 + 4 * i]);
      if (is_first) {
        is_first = false;
        is_good = is_good && type == 2 && asn == own_as;
        continue;
      }
      if (type != last_type) hash = mix(hash + type);
      last_type = type;
      hash = mix(hash * 31 + asn);
    }
    at += 2 + 4u * count;
  }
  if (is_first) is_good = false;
  return hash;
}

}  // namespace

void put16(Bytes& out, uint32_t value) {
  out.push_back(static_cast<uint8_t>(value >> 8));
  out.push_back(static_cast<uint8_t>(value));
}

void put32(Bytes& out, uint32_t value) {
  put16(out, value >> 16);
  put16(out, value);
}

uint32_t get16(const uint8_t* at) { return uint32_t{at[0]} << 8 | at[1]; }
uint32_t get32(const uint8_t* at) { return get16(at) << 16 | get16(at + 2); }

Bytes encode(const AttributeSet& set, const Dress& dress) {
  Bytes out;
  put_attribute(out, kWellKnown, kOrigin, {set.origin});
  put_attribute(out, kWellKnown, kAsPath, as_path(set, dress));
  put_attribute(out, kWellKnown, kNextHop, word(dress.next_hop));
  if (set.med) put_attribute(out, kOptional, kMed, word(*set.med));
  if (dress.local_pref) put_attribute(out, kWellKnown, kLocalPref, word(*dress.local_pref));
  if (set.aggregator) {
    Bytes value = word(set.aggregator->asn);
    put32(value, set.aggregator->address);
    put_attribute(out, kOptionalTransitive, kAggregator, value);
  }
  if (const Bytes value = communities(set, dress); !value.empty()) {
    put_attribute(out, kOptionalTransitive, kCommunities, value);
  }
  if (!set.large_communities.empty()) {
    Bytes value;
    for (const LargeCommunity& community : set.large_communities) {
      for (uint32_t part : community.words) put32(value, part);
    }
    put_attribute(out, kOptionalTransitive, kLargeCommunities, value);
  }
  return out;
}

uint32_t fingerprint(ByteView attributes, uint32_t own_as) {
  uint64_t hash = 1;
  bool is_good = true;
  for (size_t at = 0; at < attributes.size();) {
    const size_t head = attributes[at] & kExtendedLength ? 4 : 3;
    if (at + head > attributes.size()) return kMalformed;
    const uint8_t code = attributes[at + 1];
    const size_t length = head == 4 ? get16(&attributes[at + 2]) : attributes[at + 2];
    if (at + head + length > attributes.size()) return kMalformed;
    const ByteView value = attributes.subspan(at + head, length);
    if (code == kOrigin && length == 1) hash += mix(value[0] + 1u);
    if (code == kAsPath) hash += hash_path(value, own_as, is_good);
    if (code == kCommunities) hash += hash_set(value, 4, 3);
    if (code == kLargeCommunities) hash += hash_set(value, 12, 5);
    at += head + length;
  }
  if (!is_good) return kMalformed;
  const auto folded = static_cast<uint32_t>(mix(hash));
  return folded == 0 || folded == kMalformed ? 1 : folded;
}

}  // namespace bench
