// The Loc-RIB and every candidate, page by page: the values behind `calicoctl node routes`.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "bgp/base/prefix.h"
#include "bgp/base/result.h"
#include "ctl/protocol/error.h"

namespace ctl::protocol {

struct RouteRow {
  bgp::Prefix prefix;
  std::string next_hop;  // addresses; empty for an own block, which a blackhole route holds
  std::string peer;      // address, or "local"
  std::string origin;    // "IGP", "EGP", "incomplete"
  std::string as_path;   // "64512 65001 {65002 65003}"
  std::optional<uint32_t> local_pref;
  std::optional<uint32_t> med;
  std::vector<std::string> communities;  // "65000:1", large and extended ones too
  bool best = false;
  bool installed = false;
  std::string reason;  // why it is or is not best, installed, advertised
  bool operator==(const RouteRow&) const = default;
};

struct RoutesQuery {
  std::optional<bgp::Prefix> prefix;  // only what matches(): nullopt is everything
  std::optional<bgp::Prefix> from;    // go on with this prefix (RoutePage::next), inclusive
  bool operator==(const RoutesQuery&) const = default;
};

// What `node routes PREFIX` shows: the prefix, what lies inside it, and for a single address what covers it.
bool matches(const RoutesQuery& query, const bgp::Prefix& prefix);

// Rows by prefix, the best of a prefix first. A prefix is never split: all of its candidates are on one page, so that a
// page has limits::kRoutesPerPage rows and the rest of the last prefix.
struct RoutePage {
  std::vector<RouteRow> rows;
  std::optional<bgp::Prefix> next;  // the first prefix that is not on this page; nullopt: the last page
  bool operator==(const RoutePage&) const = default;
};

std::string to_json(const RoutesQuery& query);
std::string to_json(const RoutePage& page);
std::string to_json(const RouteRow& row);
bgp::Result<RoutesQuery, Error> parse_routes_query(std::string_view json);
bgp::Result<RoutePage, Error> parse_route_page(std::string_view json);

// Cuts the page after whole prefixes so that its JSON has at most `bytes` (but one prefix at least stays), and sets
// `next` to the first one cut: long attributes must not make an answer that the socket refuses.
std::string to_json_within(RoutePage page, size_t bytes);

}  // namespace ctl::protocol
