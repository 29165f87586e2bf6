#include "ctl/protocol/routes.h"

#include "ctl/protocol/json_internal.h"

namespace ctl::protocol {
namespace {

template <class T>
Json or_null(const std::optional<T>& number) {
  return number ? Json(*number) : Json(nullptr);
}

Json to_object(const RouteRow& row) {
  Json communities = Json::array();
  for (const std::string& community : row.communities) communities.push_back(inert(community));
  return {{"prefix", row.prefix.to_string()},
          {"nextHop", inert(row.next_hop)},
          {"peer", inert(row.peer)},
          {"origin", inert(row.origin)},
          {"asPath", inert(row.as_path)},
          {"localPref", or_null(row.local_pref)},
          {"med", or_null(row.med)},
          {"communities", std::move(communities)},
          {"best", row.best},
          {"installed", row.installed},
          {"reason", inert(row.reason)}};
}

bgp::Prefix prefix_at(const Json& json, const char* field) {
  auto prefix = bgp::Prefix::parse(text_at(json, field));
  if (!prefix) refuse(field, "'" + text_at(json, field) + "' is no prefix");
  return *prefix;
}

std::optional<bgp::Prefix> optional_prefix(const Json& json, const char* field) {
  if (!json.contains(field) || json.at(field).is_null()) return std::nullopt;
  return prefix_at(json, field);
}

std::optional<uint32_t> optional_number(const Json& json, const char* field) {
  if (json.at(field).is_null()) return std::nullopt;
  return number32_at(json, field);
}

RouteRow route_row(const Json& json) {
  RouteRow row{.prefix = prefix_at(json, "prefix"),
               .next_hop = text_at(json, "nextHop"),
               .peer = text_at(json, "peer"),
               .origin = text_at(json, "origin"),
               .as_path = text_at(json, "asPath"),
               .local_pref = optional_number(json, "localPref"),
               .med = optional_number(json, "med"),
               .communities = {},
               .best = json.at("best").get<bool>(),
               .installed = json.at("installed").get<bool>(),
               .reason = text_at(json, "reason")};
  for (const Json& community : json.at("communities")) row.communities.push_back(inert(community.get<std::string>()));
  return row;
}

// Rows are rendered once and joined, so that cutting a page costs no second rendering.
std::string page_json(const std::string& rows, const std::optional<bgp::Prefix>& next) {
  return "{\"rows\":[" + rows + "],\"next\":" + (next ? "\"" + next->to_string() + "\"" : "null") + "}";
}

}  // namespace

bool matches(const RoutesQuery& query, const bgp::Prefix& prefix) {
  if (!query.prefix) return true;
  return query.prefix->contains(prefix) || (query.prefix->is_host() && prefix.contains(query.prefix->address()));
}

std::string to_json(const RoutesQuery& query) {
  Json out = Json::object();
  if (query.prefix) out["prefix"] = query.prefix->to_string();
  if (query.from) out["from"] = query.from->to_string();
  return dump(out);
}

std::string to_json(const RoutePage& page) {
  std::string rows;
  for (const RouteRow& row : page.rows) rows += (rows.empty() ? "" : ",") + dump(to_object(row));
  return page_json(rows, page.next);
}

std::string to_json_within(RoutePage page, size_t bytes) {
  std::string rows;
  for (size_t at = 0; at < page.rows.size();) {
    const bgp::Prefix& prefix = page.rows[at].prefix;
    std::string of_prefix;
    for (; at < page.rows.size() && page.rows[at].prefix == prefix; ++at)
      of_prefix += (of_prefix.empty() ? "" : ",") + dump(to_object(page.rows[at]));
    if (!rows.empty() && rows.size() + of_prefix.size() + 128 > bytes) return page_json(rows, prefix);
    rows += (rows.empty() ? "" : ",") + of_prefix;
  }
  return page_json(rows, page.next);
}

std::string to_json(const RouteRow& row) { return dump(to_object(row)); }

bgp::Result<RoutesQuery, Error> parse_routes_query(std::string_view json) {
  return read_json(json, ErrorCode::InvalidParams, [](const Json& object) {
    return RoutesQuery{.prefix = optional_prefix(object, "prefix"), .from = optional_prefix(object, "from")};
  });
}

bgp::Result<RoutePage, Error> parse_route_page(std::string_view json) {
  return read_json(json, ErrorCode::Internal, [](const Json& object) {
    RoutePage page;
    for (const Json& row : object.at("rows")) page.rows.push_back(route_row(row));
    page.next = optional_prefix(object, "next");
    return page;
  });
}

}  // namespace ctl::protocol
