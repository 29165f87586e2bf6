// Text -> values for the tests of bgp/rib: "lp 200 path 64513,64514 med 5 no-export".
#pragma once

#include <doctest/doctest.h>

#include <bit>
#include <cstdlib>
#include <map>
#include <sstream>
#include <string>

#include "bgp/rib/rib.h"

namespace bgp::rib {

inline IpAddress ip(std::string_view text) {
  std::optional<IpAddress> address = IpAddress::parse(text);
  REQUIRE(address.has_value());
  return *address;
}

inline Prefix prefix(std::string_view text) {
  std::optional<Prefix> parsed = Prefix::parse(text);
  REQUIRE(parsed.has_value());
  return *parsed;
}

inline Bytes big_endian_u32s(std::initializer_list<uint32_t> numbers) {
  Bytes out;
  ByteWriter writer(out);
  for (uint32_t n : numbers) writer.u32(n);
  return out;
}

// A canonical attribute set. Words: lp N, med N, path N,N,..., origin N, originator N, cluster N, filler N (that many
// octets of communities), bandwidth TEXT (octets a second, as a float says it: "1e9", "nan", "-1"), no-export,
// no-advertise, llgr-stale, no-llgr.
inline Bytes attributes(const std::string& text) {
  namespace flag = wire::flag;
  using wire::AttributeCode;
  Bytes path, communities, origin = {0};
  wire::AttributeEditor edit(ByteView{});
  std::istringstream words(text);
  for (std::string word; words >> word;) {
    static const std::map<std::string, uint32_t> kCommunities = {{"no-export", 0xffffff01}, {"no-advertise", 0xffffff02},
                                                                 {"llgr-stale", 0xffff0006}, {"no-llgr", 0xffff0007}};
    if (auto known = kCommunities.find(word); known != kCommunities.end()) {
      ByteWriter(communities).u32(known->second);
      continue;
    }
    std::string value;
    words >> value;
    auto number = [&] { return static_cast<uint32_t>(std::stoul(value)); };
    if (word == "lp") edit.set(AttributeCode::LocalPref, flag::kTransitive, big_endian_u32s({number()}));
    else if (word == "med") edit.set(AttributeCode::MultiExitDisc, flag::kOptional, big_endian_u32s({number()}));
    else if (word == "origin") origin = {static_cast<uint8_t>(number())};
    else if (word == "originator") edit.set(AttributeCode::OriginatorId, flag::kOptional, big_endian_u32s({number()}));
    else if (word == "cluster") edit.set(AttributeCode::ClusterList, flag::kOptional, big_endian_u32s({number()}));
    else if (word == "bandwidth")
      edit.set(AttributeCode::ExtendedCommunities, static_cast<uint8_t>(flag::kOptional | flag::kTransitive),
               big_endian_u32s({0x40040000 | 64512, std::bit_cast<uint32_t>(std::strtof(value.c_str(), nullptr))}));
    else if (word == "filler") communities.resize(communities.size() + number(), 0x11);
    else if (word == "path") {
      std::istringstream numbers(value);
      std::vector<uint32_t> asns;
      for (std::string one; std::getline(numbers, one, ',');) asns.push_back(static_cast<uint32_t>(std::stoul(one)));
      path = {2, static_cast<uint8_t>(asns.size())};
      for (uint32_t as : asns) ByteWriter(path).u32(as);
    } else FAIL("no such word: " << word);
  }
  edit.set(AttributeCode::Origin, flag::kTransitive, origin);
  edit.set(AttributeCode::AsPath, flag::kTransitive, path);
  if (!communities.empty())
    edit.set(AttributeCode::Communities, static_cast<uint8_t>(flag::kOptional | flag::kTransitive), communities);
  return edit.finish();
}

inline wire::NlriEntry entry_of(const Prefix& prefix, uint32_t path_id = 0) {
  return {prefix.length(), prefix.address().bytes().data(), path_id};
}

}  // namespace bgp::rib
