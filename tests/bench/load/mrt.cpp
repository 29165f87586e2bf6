#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <map>
#include <stdexcept>
#include <string>
#include <unordered_map>

#include "tests/bench/load/universe.h"

namespace bench {

namespace {

// A view that ends the program, with words, rather than read behind its end.
class Reader {
 public:
  explicit Reader(ByteView bytes) : bytes_(bytes) {}

  bool empty() const { return bytes_.empty(); }
  ByteView take(size_t count) {
    if (count > bytes_.size()) throw std::runtime_error("the MRT file ends in the middle of a record");
    const ByteView out = bytes_.first(count);
    bytes_ = bytes_.subspan(count);
    return out;
  }
  uint32_t u8() { return take(1)[0]; }
  uint32_t u16() { return get16(take(2).data()); }
  uint32_t u32() { return get32(take(4).data()); }
  ByteView rest() { return take(bytes_.size()); }

 private:
  ByteView bytes_;
};

AttributeSet parse_attributes(ByteView bytes, size_t asn_bytes) {
  AttributeSet set;
  for (Reader in(bytes); !in.empty();) {
    const uint32_t flags = in.u8(), code = in.u8();
    Reader value(in.take(flags & 0x10 ? in.u16() : in.u8()));
    if (code == 1) set.origin = static_cast<uint8_t>(value.u8());
    if (code == 4) set.med = value.u32();
    while (code == 2 && !value.empty()) {
      Segment segment{static_cast<uint8_t>(value.u8()), {}};
      for (uint32_t n = value.u8(); n > 0; --n) segment.asns.push_back(asn_bytes == 4 ? value.u32() : value.u16());
      set.as_path.push_back(std::move(segment));
    }
    while (code == 8 && !value.empty()) set.communities.push_back(value.u32());
    while (code == 32 && !value.empty()) set.large_communities.push_back({value.u32(), value.u32(), value.u32()});
    if (code == 7) {
      const uint32_t asn = asn_bytes == 4 ? value.u32() : value.u16();
      set.aggregator = Aggregator{asn, value.u32()};
    }
  }
  return set;
}

// What speakers refuse with good reason, and real feeds have: AS 0 (RFC 7607), and prefixes in 0/8, 127/8 and 224/3.
bool has_as_0(const AttributeSet& set) {
  for (const Segment& segment : set.as_path) {
    if (std::find(segment.asns.begin(), segment.asns.end(), 0U) != segment.asns.end()) return true;
  }
  return false;
}
bool is_martian(uint64_t prefix) {
  const uint64_t first = prefix >> 32, length = prefix & 255;
  return first >= 224 || (length >= 8 && (first == 0 || first == 127));
}

// The feed's table while it is played: octets of attributes -> set, prefix -> set.
class Table {
 public:
  void announce(Reader nlri, ByteView attributes, size_t asn_bytes) {
    if (nlri.empty()) return;
    const auto [it, is_new] = numbers_.try_emplace(std::string(attributes.begin(), attributes.end()), sets_.size());
    if (is_new) sets_.push_back(parse_attributes(attributes, asn_bytes));
    while (!nlri.empty()) set_of_[prefix(nlri)] = it->second;
  }
  void withdraw(Reader nlri) {
    while (!nlri.empty()) set_of_.erase(prefix(nlri));
  }
  Universe take() {
    std::vector<std::vector<uint64_t>> of_set(sets_.size());
    for (const auto& [prefix, set] : set_of_) of_set[set].push_back(prefix);
    Universe all;
    for (size_t set = 0; set < of_set.size(); ++set) {
      if (has_as_0(sets_[set])) continue;
      for (uint64_t prefix : of_set[set]) {
        if (is_martian(prefix)) continue;
        all.routes.push_back({static_cast<uint32_t>(prefix >> 8), static_cast<uint8_t>(prefix), static_cast<uint32_t>(set)});
      }
    }
    all.sets = std::move(sets_);
    return all;
  }

 private:
  static uint64_t prefix(Reader& in) {
    const uint32_t length = in.u8();
    if (length > 32) throw std::runtime_error("the MRT file has an IPv4 prefix longer than 32 bits");
    uint32_t address = 0, shift = 24;
    for (uint8_t octet : in.take((length + 7) / 8)) address |= uint32_t{octet} << shift, shift -= 8;
    return uint64_t{address} << 8 | length;
  }

  std::vector<AttributeSet> sets_;
  std::unordered_map<std::string, size_t> numbers_;
  std::map<uint64_t, size_t> set_of_;
};

// RFC 6396 §4.4: peer AS, local AS, interface index, AFI, two addresses, then the message as it came.
void read_message(Reader in, bool has_as4, Table& table) {
  in.take(has_as4 ? 10 : 6);
  in.take(in.u16() == 1 ? 8 : 32);
  in.take(18);
  if (in.u8() != 2) return;  // an UPDATE
  table.withdraw(Reader(in.take(in.u16())));
  const ByteView attributes = in.take(in.u16());
  table.announce(Reader(in.rest()), attributes, has_as4 ? 4 : 2);
}

// RFC 6396 §4.3.2: sequence number, prefix, entries: peer index, time, attributes with 4-octet AS numbers.
void read_rib(Reader in, Table& table) {
  in.take(4);
  Bytes nlri{static_cast<uint8_t>(in.u8())};
  const ByteView octets = in.take((nlri[0] + 7U) / 8);
  nlri.insert(nlri.end(), octets.begin(), octets.end());
  for (uint32_t entries = in.u16(); entries > 0; --entries) {
    const uint32_t peer = in.u16();
    in.take(4);
    const ByteView attributes = in.take(in.u16());
    if (peer == 0) table.announce(Reader(nlri), attributes, 4);
  }
}

}  // namespace

Universe read_mrt(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) throw std::runtime_error(path + ": cannot be read");
  const Bytes bytes{std::istreambuf_iterator<char>(file), {}};
  Table table;
  for (Reader in(bytes); !in.empty();) {
    in.take(4);
    const uint32_t type = in.u16(), subtype = in.u16();
    Reader record(in.take(in.u32()));
    if (type == 17) record.take(4);  // BGP4MP_ET: microseconds
    const bool is_message = (type == 16 || type == 17) && (subtype == 1 || subtype == 4);
    if (is_message) read_message(record, subtype == 4, table);
    if (type == 13 && subtype == 2) read_rib(record, table);
  }
  return table.take();
}

}  // namespace bench
