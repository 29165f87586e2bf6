#include "config/etcd/transaction.h"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>

#include "config/etcd/base64.h"
#include "config/store/watch_hub.h"

namespace config::etcd {
namespace {

using Json = nlohmann::json;
using store::Entry;
using store::Write;

std::map<std::string, const Write*> last_of_each_key(const std::vector<Write>& writes) {
  std::map<std::string, const Write*> last;
  for (const Write& write : writes) last[write.key] = &write;
  return last;
}

const Entry* find(const std::vector<Entry>& entries, const std::string& key) {
  const auto found = std::find_if(entries.begin(), entries.end(), [&](const Entry& entry) { return entry.key == key; });
  return found == entries.end() ? nullptr : &*found;
}

Json comparison(const Write& write) {
  return {{"key", to_base64(write.key)},
          {"target", "MOD"},
          {"result", "EQUAL"},
          {"mod_revision", std::to_string(*write.expected_revision)}};
}

Json operation(const Write& write) {
  const std::string key = to_base64(write.key);
  if (!write.value) return {{"request_delete_range", {{"key", key}}}};
  return {{"request_put", {{"key", key}, {"value", to_base64(*write.value)}}}};
}

}  // namespace

std::string txn_request(const std::vector<Write>& writes) {
  Json request{{"compare", Json::array()}, {"success", Json::array()}, {"failure", Json::array()}};
  for (const Write& write : writes) {
    if (write.expected_revision) request["compare"].push_back(comparison(write));
  }
  for (const auto& [key, write] : last_of_each_key(writes)) {
    request["success"].push_back(operation(*write));
    request["failure"].push_back({{"request_range", {{"key", to_base64(key)}}}});
  }
  return request.dump();
}

bool is_repeatable(const std::vector<Write>& writes) {
  return std::all_of(writes.begin(), writes.end(), [](const Write& write) { return write.expected_revision.has_value(); });
}

bool has_happened(const std::vector<Write>& writes, const std::vector<Entry>& present) {
  for (const auto& [key, write] : last_of_each_key(writes)) {
    const Entry* entry = find(present, key);
    if (write->value.has_value() != (entry != nullptr)) return false;
    if (entry != nullptr && entry->value != *write->value) return false;
  }
  return true;
}

store::StoreError conflict_among(const std::vector<Write>& writes, const std::vector<Entry>& present) {
  for (const Write& write : writes) {
    if (auto conflict = store::conflict_of(write, find(present, write.key))) return *conflict;
  }
  return {.kind = store::StoreError::Kind::Unknown,
          .reason = "etcd refused the change without a conflict; read again, then repeat", .key = {}};
}

}  // namespace config::etcd
