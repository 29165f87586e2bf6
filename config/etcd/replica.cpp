#include "config/etcd/replica.h"

#include <algorithm>
#include <set>

#include "bgp/base/escape.h"
#include "bgp/base/limits.h"
#include "config/etcd/v2_layout.h"
#include "config/model/kinds.h"

namespace config::etcd {

using store::Change;
using store::Entry;

std::optional<std::string> find_fault(const Entry& entry) {
  if (entry.value.size() > bgp::limits::kEtcdValueBytesMax)
    return "its value has " + std::to_string(entry.value.size()) + " octets, at most " +
           std::to_string(bgp::limits::kEtcdValueBytesMax) + " are taken";
  const model::Kind* kind = model::find_kind_of_key(entry.key);
  if (kind == nullptr) return v2::find_fault(entry);
  auto resource = kind->decode(entry.key, entry.value);
  return resource ? std::nullopt : std::optional<std::string>(bgp::printable(resource.error().reason));
}

bool Replica::is_held(const std::string& key) const {
  // Calico v2 kept workloads beside what it says of their node.
  if (key.starts_with(v2::kHosts) && !v2::resource_of(key)) return false;
  return std::any_of(prefixes_.begin(), prefixes_.end(), [&](const std::string& prefix) { return key.starts_with(prefix); });
}

void Replica::restore(const std::vector<Entry>& entries, Identity identity, uint64_t revision) {
  for (const Entry& entry : entries) {
    if (is_held(entry.key)) entries_[entry.key] = entry;
  }
  identity_ = std::move(identity);
  revision_ = revision;
}

Replica::Verdict Replica::take(const Snapshot& snapshot) {
  Verdict verdict;
  Identity seen{snapshot.header.cluster_id, "", true};
  for (const Entry& entry : snapshot.entries) {
    if (entry.key == kClusterInformationKey && !read_cluster_information(entry.value, seen)) seen.guid = identity_.guid;
  }
  verdict.refusal = find_refusal(identity_, seen, snapshot.entries.empty() && !entries_.empty());
  if (verdict.refusal) return verdict;
  identity_ = seen;
  std::set<std::string> present;
  for (const Entry& entry : snapshot.entries) {
    if (!is_held(entry.key)) continue;
    present.insert(entry.key);
    put(entry, verdict);
  }
  std::vector<std::string> gone;
  for (const auto& [key, entry] : entries_) {
    if (!present.contains(key)) gone.push_back(key);
  }
  for (const std::string& key : gone) erase(key, snapshot.header.revision, verdict);
  std::erase_if(skipped_, [&](const auto& row) { return !present.contains(row.first); });
  std::stable_sort(verdict.changes.begin(), verdict.changes.end(),
                   [](const Change& a, const Change& b) { return a.revision < b.revision; });
  revision_ = std::max(revision_, snapshot.header.revision);  // grows even where etcd was restored from a backup
  return verdict;
}

std::optional<std::string> Replica::refusal_of(const WatchAnswer& answer, Identity& seen) const {
  for (const Change& event : answer.events) {
    if (event.key != kClusterInformationKey) continue;
    if (!event.value) seen.guid.clear();
    else (void)read_cluster_information(*event.value, seen);  // unreadable: put() skips and names it
  }
  return find_refusal(identity_, seen, false);
}

Replica::Verdict Replica::take(const WatchAnswer& answer) {
  Verdict verdict;
  Identity seen = identity_;
  verdict.refusal = refusal_of(answer, seen);
  if (verdict.refusal) return verdict;
  identity_ = seen;
  for (const Change& event : answer.events) {
    revision_ = std::max(revision_, event.revision);
    if (!is_held(event.key)) continue;
    if (event.value) put({event.key, *event.value, event.revision}, verdict);
    else erase(event.key, event.revision, verdict);
  }
  return verdict;
}

void Replica::put(const Entry& entry, Verdict& verdict) {
  const auto held = entries_.find(entry.key);
  if (held != entries_.end() && held->second == entry) return;
  if (auto fault = find_fault(entry)) return skip(entry, *fault, verdict);
  skipped_.erase(entry.key);
  const bool is_new = held == entries_.end() || held->second.value != entry.value;
  entries_[entry.key] = entry;
  verdict.rows.push_back({entry.key, entry.value, entry.revision});
  if (is_new) verdict.changes.push_back(verdict.rows.back());
}

void Replica::erase(const std::string& key, uint64_t revision, Verdict& verdict) {
  skipped_.erase(key);
  if (entries_.erase(key) == 0) return;
  verdict.rows.push_back({key, std::nullopt, revision});
  verdict.changes.push_back(verdict.rows.back());
}

void Replica::skip(const Entry& entry, const std::string& reason, Verdict& verdict) {
  const Skipped skipped{entry.key, entry.revision, reason};
  const auto known = skipped_.find(entry.key);
  if (known != skipped_.end() ? known->second == skipped : skipped_.size() >= bgp::limits::kEtcdSkippedMax) return;
  skipped_[entry.key] = skipped;
  verdict.skipped.push_back(skipped);
}

}  // namespace config::etcd
