#include "ctl/protocol/store_calls.h"

#include "ctl/protocol/json_internal.h"

namespace ctl::protocol {
namespace {

using config::store::Change;
using config::store::Entry;
using config::store::Write;

// As UTF-8, each byte as the character of that number.
std::string widen(const std::string& bytes) {
  std::string out;
  for (char c : bytes) {
    auto b = static_cast<uint8_t>(c);
    if (b < 0x80) out += c;
    else out += {static_cast<char>(0xc0 | (b >> 6)), static_cast<char>(0x80 | (b & 0x3f))};
  }
  return out;
}

std::string narrow(const std::string& utf8) {
  std::string out;
  for (size_t i = 0; i < utf8.size(); ++i) {
    auto b = static_cast<uint8_t>(utf8[i]);
    if (b < 0x80) out += utf8[i];
    else if ((b & 0xfc) != 0xc0 || i + 1 == utf8.size()) refuse("bytes", "has a character above U+00FF");
    else out += static_cast<char>((b << 6) | (static_cast<uint8_t>(utf8[++i]) & 0x3f));
  }
  return out;
}

// Store text is not for a terminal, so it is carried as it is, not made inert.
Json to_value(const std::string& text) {
  try {
    (void)Json(text).dump();  // only its opinion on the UTF-8 is wanted
    return text;
  } catch (const Json::exception&) {
    return {{"bytes", widen(text)}};
  }
}

std::string raw_at(const Json& json, const char* field) {
  const Json& value = json.at(field);
  if (value.is_string()) return value.get<std::string>();
  if (value.is_object() && value.contains("bytes")) return narrow(value.at("bytes").get<std::string>());
  refuse(field, "is no text");
}

std::optional<std::string> optional_raw(const Json& json, const char* field) {
  if (!json.contains(field) || json.at(field).is_null()) return std::nullopt;
  return raw_at(json, field);
}

Json to_object(const Entry& entry) {
  return {{"key", to_value(entry.key)}, {"value", to_value(entry.value)}, {"revision", entry.revision}};
}

Entry read_entry(const Json& json) {
  return {.key = raw_at(json, "key"), .value = raw_at(json, "value"), .revision = number_at(json, "revision")};
}

}  // namespace

std::string key_params(std::string_view key) { return dump({{"key", to_value(std::string(key))}}); }

bgp::Result<std::string, Error> parse_key_params(std::string_view json) {
  return read_json(json, ErrorCode::InvalidParams, [](const Json& object) { return raw_at(object, "key"); });
}

std::string to_json(const std::optional<Entry>& entry) { return entry ? dump(to_object(*entry)) : "null"; }

bgp::Result<std::optional<Entry>, Error> parse_entry(std::string_view json) {
  return read_json(json, ErrorCode::Internal, [](const Json& object) -> std::optional<Entry> {
    if (object.is_null()) return std::nullopt;
    return read_entry(object);
  });
}

std::string to_json(const ListQuery& query) {
  Json out = {{"prefix", to_value(query.prefix)}};
  if (query.from) out["from"] = to_value(*query.from);
  return dump(out);
}

bgp::Result<ListQuery, Error> parse_list_query(std::string_view json) {
  return read_json(json, ErrorCode::InvalidParams, [](const Json& object) {
    return ListQuery{.prefix = raw_at(object, "prefix"), .from = optional_raw(object, "from")};
  });
}

std::string to_json(const ListPage& page) {
  Json entries = Json::array();
  for (const Entry& entry : page.listing.entries) entries.push_back(to_object(entry));
  return dump({{"entries", std::move(entries)},
               {"revision", page.listing.revision},
               {"next", page.next ? to_value(*page.next) : Json(nullptr)}});
}

bgp::Result<ListPage, Error> parse_list_page(std::string_view json) {
  return read_json(json, ErrorCode::Internal, [](const Json& object) {
    ListPage page;
    for (const Json& entry : object.at("entries")) page.listing.entries.push_back(read_entry(entry));
    page.listing.revision = number_at(object, "revision");
    page.next = optional_raw(object, "next");
    return page;
  });
}

ListPage page_of(config::store::Listing listing, const ListQuery& query, size_t bytes) {
  ListPage page{.listing = {.entries = {}, .revision = listing.revision}, .next = std::nullopt};
  size_t used = 0;
  for (Entry& entry : listing.entries) {
    if (query.from && entry.key < *query.from) continue;
    used += entry.key.size() + entry.value.size() + 64;
    if (!page.listing.entries.empty() && used > bytes) {
      page.next = std::move(entry.key);
      return page;
    }
    page.listing.entries.push_back(std::move(entry));
  }
  return page;
}

std::string to_json(const std::vector<Write>& writes) {
  Json list = Json::array();
  for (const Write& write : writes) {
    Json object = {{"key", to_value(write.key)}, {"value", write.value ? to_value(*write.value) : Json(nullptr)}};
    if (write.expected_revision) object["expectedRevision"] = *write.expected_revision;
    list.push_back(std::move(object));
  }
  return dump({{"writes", std::move(list)}});
}

bgp::Result<std::vector<Write>, Error> parse_writes(std::string_view json) {
  return read_json(json, ErrorCode::InvalidParams, [](const Json& object) {
    std::vector<Write> writes;
    for (const Json& write : object.at("writes")) {
      writes.push_back(
          {.key = raw_at(write, "key"), .value = optional_raw(write, "value"), .expected_revision = std::nullopt});
      if (write.contains("expectedRevision")) writes.back().expected_revision = number_at(write, "expectedRevision");
    }
    return writes;
  });
}

std::string revision_json(uint64_t revision) { return dump({{"revision", revision}}); }

bgp::Result<uint64_t, Error> parse_revision(std::string_view json) {
  return read_json(json, ErrorCode::Internal, [](const Json& object) { return number_at(object, "revision"); });
}

std::string to_json(const WatchQuery& query) {
  return dump({{"prefix", to_value(query.prefix)}, {"after", query.after}});
}

bgp::Result<WatchQuery, Error> parse_watch_query(std::string_view json) {
  return read_json(json, ErrorCode::InvalidParams, [](const Json& object) {
    return WatchQuery{.prefix = raw_at(object, "prefix"), .after = number_at(object, "after")};
  });
}

std::string to_json(const std::vector<Change>& changes) {
  Json list = Json::array();
  for (const Change& change : changes)
    list.push_back({{"key", to_value(change.key)},
                    {"value", change.value ? to_value(*change.value) : Json(nullptr)},
                    {"revision", change.revision}});
  return dump({{"changes", std::move(list)}});
}

bgp::Result<std::vector<Change>, Error> parse_changes(std::string_view json) {
  return read_json(json, ErrorCode::Internal, [](const Json& object) {
    std::vector<Change> changes;
    for (const Json& change : object.at("changes"))
      changes.push_back({.key = raw_at(change, "key"),
                         .value = optional_raw(change, "value"),
                         .revision = number_at(change, "revision")});
    return changes;
  });
}

}  // namespace ctl::protocol
