#include <map>

#include "bgp/base/prng.h"
#include "rib_support.h"

namespace bgp::rib {
namespace {

Prefix any_prefix(Family family, Prng& chance) {
  std::array<uint8_t, 16> bytes;
  for (uint8_t& b : bytes) b = static_cast<uint8_t>(chance.next());
  IpAddress address = family == Family::IPv4 ? IpAddress::v4(std::span(bytes).first<4>()) : IpAddress::v6(bytes);
  return Prefix(address, static_cast<uint8_t>(chance.below(address.bits() + 1U)));
}

// Every id is the map's, every prefix reads back, and nothing else is found.
void play(Family family, uint64_t seed, size_t prefixes) {
  INFO("seed " << seed);
  Prng chance(seed);
  std::vector<Prefix> universe;
  for (size_t i = 0; i < prefixes; ++i) universe.push_back(any_prefix(family, chance));
  PrefixTable table(family);
  std::map<Prefix, DestinationId> oracle;
  for (size_t step = 0; step < prefixes * 6; ++step) {
    const Prefix& prefix = universe[chance.below(universe.size())];
    auto known = oracle.find(prefix);
    if (chance.below(3) == 0) {
      std::optional<DestinationId> id = table.find(prefix);
      if (id.has_value() != (known != oracle.end())) FAIL("found is wrong: " << prefix.to_string());
      if (!id) continue;
      if (*id != known->second) FAIL("another id: " << prefix.to_string());
      table.release(*id);
      oracle.erase(known);
    } else {
      std::optional<DestinationId> id = table.find_or_add(prefix.length(), prefix.address().bytes().data());
      REQUIRE(id.has_value());
      if (known != oracle.end() && *id != known->second) FAIL("the id moved: " << prefix.to_string());
      oracle[prefix] = *id;
    }
  }
  CHECK(table.size() == oracle.size());
  CHECK(table.id_end() <= prefixes);
  std::map<DestinationId, Prefix> by_id;
  for (const auto& [prefix, id] : oracle) {
    CHECK(by_id.emplace(id, prefix).second);
    CHECK(table.prefix(id) == prefix);
    CHECK(table.find(prefix) == id);
  }
}

TEST_CASE("a prefix table agrees with a map, whatever is added and released") {
  for (uint64_t seed = 0; seed < 20; ++seed) {
    play(Family::IPv4, seed, 200);
    play(Family::IPv6, seed, 200);
  }
}

TEST_CASE("a prefix table grows over many chunks and index sizes") {
  play(Family::IPv4, 1, 30'000);
  play(Family::IPv6, 2, 30'000);
}

TEST_CASE("bits behind the length do not matter, the length does") {
  PrefixTable table(Family::IPv4);
  uint8_t clean[] = {10, 128}, dirty[] = {10, 255}, longer[] = {10, 128, 0};
  DestinationId id = *table.find_or_add(9, clean);
  CHECK(table.find(9, dirty) == id);
  CHECK_FALSE(table.find(17, longer).has_value());
  CHECK(table.prefix(id) == prefix("10.128.0.0/9"));
  PrefixTable table6(Family::IPv6);
  uint8_t clean6[] = {0x20, 0x01, 0x80}, dirty6[] = {0x20, 0x01, 0xff};
  id = *table6.find_or_add(17, clean6);
  CHECK(table6.find(17, dirty6) == id);
}

TEST_CASE("the default route is a prefix like another") {
  for (Family family : kFamilies) {
    PrefixTable table(family);
    uint8_t none[1] = {};
    DestinationId id = *table.find_or_add(0, none);
    CHECK(table.find(0, none) == id);
    CHECK(table.prefix(id).to_string() == (family == Family::IPv4 ? "0.0.0.0/0" : "::/0"));
  }
}

TEST_CASE("a released id is used again, without the flags of its last owner") {
  PrefixTable table(Family::IPv4);
  uint8_t ten[] = {10}, eleven[] = {11};
  DestinationId id = *table.find_or_add(8, ten);
  table.set(id, RowFlag::BestTouched);
  table.release(id);
  CHECK(table.size() == 0);
  CHECK_FALSE(table.has(id, RowFlag::InUse));
  CHECK(table.find_or_add(8, eleven) == id);
  CHECK_FALSE(table.has(id, RowFlag::BestTouched));
  CHECK(table.first_path(id) == 0);
}

}  // namespace
}  // namespace bgp::rib
