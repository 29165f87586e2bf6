// The store's calls as JSON, both ways (config/store/store.h): an agent serves its store to calicoctl and to other
// agents of the machine.
//
// A value or key that is no UTF-8 crosses as {"bytes": ...}, one character U+0000..U+00FF a byte, so that nothing is
// lost.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "bgp/base/result.h"
#include "config/store/store.h"
#include "ctl/protocol/error.h"

namespace ctl::protocol {

struct ListQuery {
  std::string prefix;
  std::optional<std::string> from;  // go on with this key (ListPage::next), inclusive
  bool operator==(const ListQuery&) const = default;
};

// Pages are read at different moments, so a listing of several pages is no snapshot: whoever needs one watches from the
// revision of the first page, and the changes bring every entry up to date.
struct ListPage {
  config::store::Listing listing;
  std::optional<std::string> next;
};

struct WatchQuery {
  std::string prefix;
  uint64_t after = 0;
  bool operator==(const WatchQuery&) const = default;
};

std::string key_params(std::string_view key);
bgp::Result<std::string, Error> parse_key_params(std::string_view json);
std::string to_json(const std::optional<config::store::Entry>& entry);  // null when there is none
bgp::Result<std::optional<config::store::Entry>, Error> parse_entry(std::string_view json);

std::string to_json(const ListQuery& query);
bgp::Result<ListQuery, Error> parse_list_query(std::string_view json);
std::string to_json(const ListPage& page);
bgp::Result<ListPage, Error> parse_list_page(std::string_view json);
// The entries of `listing` from query.from on, as many as fit in about `bytes`, one at least.
ListPage page_of(config::store::Listing listing, const ListQuery& query, size_t bytes);

std::string to_json(const std::vector<config::store::Write>& writes);
bgp::Result<std::vector<config::store::Write>, Error> parse_writes(std::string_view json);
std::string revision_json(uint64_t revision);
bgp::Result<uint64_t, Error> parse_revision(std::string_view json);

std::string to_json(const WatchQuery& query);
bgp::Result<WatchQuery, Error> parse_watch_query(std::string_view json);
std::string to_json(const std::vector<config::store::Change>& changes);
bgp::Result<std::vector<config::store::Change>, Error> parse_changes(std::string_view json);

}  // namespace ctl::protocol
