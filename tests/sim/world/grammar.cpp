#include "grammar.h"

#include <algorithm>

namespace sim {
namespace {

Bytes u32_bytes(uint32_t v) {
  Bytes out;
  ByteWriter(out).u32(v);
  return out;
}

Bytes framed(uint8_t type, const Bytes& body, int lie = 0) {
  Bytes out(16, 0xff);
  ByteWriter writer(out);
  writer.u16(static_cast<uint16_t>(static_cast<int>(19 + body.size()) + lie));
  writer.u8(type);
  writer.bytes(body);
  return out;
}

void append_nlri(Bytes& out, const std::vector<Prefix>& prefixes) {
  for (const Prefix& prefix : prefixes) {
    out.push_back(prefix.length());
    auto octets = prefix.address().bytes();
    out.insert(out.end(), octets.begin(), octets.begin() + (prefix.length() + 7) / 8);
  }
}

constexpr uint8_t kWellKnown = 0x40, kOptional = 0x80, kOptionalTransitive = 0xc0;
using Fate = Utterance::Fate;

}  // namespace

Bytes Grammar::random_bytes(size_t count) {
  Bytes out(count);
  for (uint8_t& octet : out) octet = static_cast<uint8_t>(chance_.next());
  return out;
}

Bytes Grammar::open(uint16_t hold_time_s, uint32_t identifier) {
  Bytes capabilities{1, 4, 0, 1, 0, 1, 2, 0, 65, 4};
  ByteWriter(capabilities).u32(as_number_);
  Bytes body{4};
  ByteWriter writer(body);
  writer.u16(static_cast<uint16_t>(as_number_ > 65535 ? 23456 : as_number_));
  writer.u16(hold_time_s);
  writer.u32(identifier);
  writer.u8(static_cast<uint8_t>(capabilities.size() + 2));
  writer.u8(2);
  writer.u8(static_cast<uint8_t>(capabilities.size()));
  writer.bytes(capabilities);
  return framed(1, body);
}

Bytes Grammar::keepalive() { return framed(4, {}); }
Bytes Grammar::end_of_rib() { return framed(2, {0, 0, 0, 0}); }
Bytes Grammar::noise() { return random_bytes(1 + chance_.below(200)); }

std::vector<Prefix> Grammar::some_prefixes(size_t max) {
  std::vector<Prefix> prefixes;
  for (size_t n = 1 + chance_.below(max); n > 0; --n)
    prefixes.push_back(*Prefix::parse("10.66." + std::to_string(net_) + "." + std::to_string(chance_.below(64) * 4) + "/30"));
  std::sort(prefixes.begin(), prefixes.end());
  prefixes.erase(std::unique(prefixes.begin(), prefixes.end()), prefixes.end());
  return prefixes;
}

std::vector<Grammar::Attribute> Grammar::right_attributes() {
  Bytes path;
  ByteWriter writer(path);
  uint64_t more = chance_.below(4);
  if (!is_ibgp_ || more > 0) {
    writer.u8(2);
    writer.u8(static_cast<uint8_t>(more + (is_ibgp_ ? 0 : 1)));
    if (!is_ibgp_) writer.u32(as_number_);
    for (uint64_t i = 0; i < more; ++i) writer.u32(4200000000U + static_cast<uint32_t>(chance_.below(1000)));
  }
  auto next_hop = next_hop_.bytes();
  std::vector<Attribute> all{{kWellKnown, 1, {static_cast<uint8_t>(chance_.below(3))}},
                             {kWellKnown, 2, path},
                             {kWellKnown, 3, {next_hop.begin(), next_hop.end()}}};
  if (is_ibgp_) all.push_back({kWellKnown, 5, u32_bytes(static_cast<uint32_t>(chance_.below(200)))});
  if (chance_.below(3) == 0) all.push_back({kOptional, 4, u32_bytes(static_cast<uint32_t>(chance_.below(100)))});
  if (chance_.below(3) == 0) all.push_back({kOptionalTransitive, 8, u32_bytes(0xfde90001 + static_cast<uint32_t>(chance_.below(9)))});
  if (chance_.below(4) == 0) all.push_back({kOptionalTransitive, 99, random_bytes(chance_.below(300))});
  if (chance_.below(6) == 0) all.push_back({kOptionalTransitive, 32, random_bytes(12)});
  return all;
}

Bytes Grammar::update(const std::vector<Prefix>& withdrawn, const std::vector<Attribute>& attributes,
                      const std::vector<Prefix>& reachable) {
  Bytes gone, block, body;
  append_nlri(gone, withdrawn);
  for (const Attribute& a : attributes) {
    auto length = static_cast<size_t>(static_cast<int>(a.value.size()) + a.lie);
    bool is_long = length > 255;
    block.push_back(static_cast<uint8_t>(a.flags | (is_long ? 0x10 : 0)));
    block.push_back(a.code);
    if (is_long) block.push_back(static_cast<uint8_t>(length >> 8));
    block.push_back(static_cast<uint8_t>(length));
    block.insert(block.end(), a.value.begin(), a.value.end());
  }
  ByteWriter writer(body);
  writer.u16(static_cast<uint16_t>(gone.size()));
  writer.bytes(gone);
  writer.u16(static_cast<uint16_t>(block.size()));
  writer.bytes(block);
  append_nlri(body, reachable);
  return framed(2, body);
}

Utterance Grammar::right_update() {
  Utterance said;
  said.what = "update";
  if (chance_.below(4) == 0) {
    said.withdrawn = some_prefixes(6);
    said.bytes = update(said.withdrawn, {}, {});
    return said;
  }
  said.reachable = some_prefixes(8);
  said.bytes = update({}, right_attributes(), said.reachable);
  return said;
}

Utterance Grammar::bad_update() {
  Utterance said;
  said.reachable = some_prefixes(4);
  std::vector<Attribute> all = right_attributes();
  auto put = [&](Attribute a) {
    std::erase_if(all, [&](const Attribute& other) { return other.code == a.code; });
    all.push_back(std::move(a));
  };
  auto drop = [&](uint8_t code) { std::erase_if(all, [&](const Attribute& a) { return a.code == code; }); };
  said.fate = Fate::Withdrawn;
  switch (chance_.below(22)) {
    case 0: put({kWellKnown, 1, {9}}), said.what = "ORIGIN 9"; break;
    case 1: put({kWellKnown, 1, random_bytes(2)}), said.what = "ORIGIN of 2 octets"; break;
    case 2: put({kWellKnown, 2, {9, 1, 0, 0, 0, 1}}), said.what = "AS_PATH segment type 9"; break;
    case 3: put({kWellKnown, 2, {2, 9, 0, 0, 0, 1}}), said.what = "AS_PATH segment overruns"; break;
    case 4: put({kWellKnown, 2, {2, 0}}), said.what = "AS_PATH segment of no AS"; break;
    case 5: put({kWellKnown, 3, random_bytes(5)}), said.what = "NEXT_HOP of 5 octets"; break;
    case 6: put({kWellKnown, 3, {224, 0, 0, 1}}), said.what = "NEXT_HOP multicast"; break;
    case 7: put({kOptional, 4, random_bytes(3)}), said.what = "MED of 3 octets"; break;
    case 8: put({kOptionalTransitive, 8, random_bytes(3)}), said.what = "COMMUNITIES of 3 octets"; break;
    case 9: put({kOptionalTransitive, 32, random_bytes(5)}), said.what = "LARGE_COMMUNITIES of 5 octets"; break;
    case 10: put({kOptionalTransitive, 16, random_bytes(7)}), said.what = "EXTENDED_COMMUNITIES of 7 octets"; break;
    case 11: put({kOptional, 1, {0}}), said.what = "ORIGIN flags"; break;
    case 12: drop(1), said.what = "no ORIGIN"; break;
    case 13: drop(2), said.what = "no AS_PATH"; break;
    case 14: drop(3), said.what = "no NEXT_HOP"; break;
    case 15: all.push_back({kOptionalTransitive, 8, random_bytes(8), 60}), drop(99), said.what = "the last attribute overruns"; break;
    case 16: put({kWellKnown, 77, random_bytes(4)}), said.what = "unknown well-known attribute"; break;
    // ---- discarded, the routes stay
    case 17: put({kWellKnown, 6, random_bytes(1)}), said.fate = Fate::Learned, said.what = "ATOMIC_AGGREGATE of 1 octet"; break;
    case 18: put({kOptionalTransitive, 7, random_bytes(3)}), said.fate = Fate::Learned, said.what = "AGGREGATOR of 3 octets"; break;
    case 19: put({kOptional, 78, random_bytes(9)}), said.fate = Fate::Learned, said.what = "unknown optional non-transitive"; break;
    case 20:
      all.push_back({kWellKnown, 1, {2}});
      said.fate = Fate::Learned, said.what = "ORIGIN twice";
      break;
    default:
      put({kOptionalTransitive, 18, random_bytes(8)});
      said.fate = Fate::Learned, said.what = "AS4_AGGREGATOR from a 4-octet peer";
  }
  said.bytes = update({}, all, said.reachable);
  return said;
}

Utterance Grammar::session_killer() {
  Utterance said;
  said.fate = Fate::Reset;
  said.reachable = some_prefixes(2);
  Bytes whole = update({}, right_attributes(), said.reachable);
  switch (chance_.below(8)) {
    case 0: whole[chance_.below(16)] = 0, said.what = "marker"; break;
    case 1: whole[16] = 0xff, whole[17] = 0xff, said.what = "length 65535"; break;
    case 2: whole[16] = 0, whole[17] = 5, said.what = "length 5"; break;
    case 3: whole[18] = 77, said.what = "type 77"; break;
    case 4: whole[19] = 0xff, said.what = "withdrawn length lies"; break;
    case 5: whole.push_back(99), whole[17] = static_cast<uint8_t>(whole[17] + 1), said.what = "prefix of 99 bits"; break;
    case 6: whole = open(90, 1), said.what = "OPEN again"; break;
    default:
      whole = framed(2, {0, 0, 0, 14, 0x80, 14, 5, 0, 1, 1, 4, 10, 0x80, 15, 1, 0}), said.what = "MP_REACH_NLRI malformed";
  }
  // Where the length carries over, the message is one octet longer than said: noise after it, which kills as well.
  said.bytes = std::move(whole);
  said.reachable.clear();
  return said;
}

}  // namespace sim
