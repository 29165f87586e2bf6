#include "ctl/protocol/datastore_json.h"

namespace ctl::protocol {

Json to_object(const DatastoreStatus& status) {
  Json skipped = Json::array();
  for (const SkippedKey& row : status.skipped) skipped.push_back({{"key", inert(row.key)}, {"reason", inert(row.reason)}});
  return {{"type", status.type},
          {"state", status.state},
          {"degraded", status.degraded},
          {"reason", status.reason ? Json(inert(*status.reason)) : Json(nullptr)},
          {"since", to_rfc3339(status.since)},
          {"revision", status.revision},
          {"skipped", std::move(skipped)}};
}

DatastoreStatus datastore_status(const Json& json) {
  auto since = parse_rfc3339(text_at(json, "since"));
  if (!since) refuse("since", "is no RFC 3339 time");
  DatastoreStatus status{.type = text_at(json, "type"),
                         .state = text_at(json, "state"),
                         .degraded = json.at("degraded").get<bool>(),
                         .reason = {},
                         .since = *since,
                         .revision = number_at(json, "revision"),
                         .skipped = {}};
  if (!json.at("reason").is_null()) status.reason = text_at(json, "reason");
  for (const Json& row : json.at("skipped")) status.skipped.push_back({text_at(row, "key"), text_at(row, "reason")});
  return status;
}

}  // namespace ctl::protocol
