#include "config/etcd/mirror.h"

#include <algorithm>

#include "bgp/base/limits.h"
#include "config/model/kinds.h"

namespace config::etcd {

using bgp::LogLevel;
using store::Entry;
using store::StoreError;

std::vector<std::string> Mirror::own_prefixes() {
  std::vector<std::string> prefixes = {std::string(kClusterInformationKey)};
  for (const model::Kind* kind : model::all_kinds()) prefixes.push_back(kind->prefix());
  return prefixes;
}

Mirror::Mirror(Options options, std::unique_ptr<store::Store> cache, Events events)
    : cache_dir_(std::move(options.cache_dir)),
      events_(std::move(events)),
      replica_(std::move(options.prefixes)),
      etcd_(options.settings, bgp::limits::kEtcdCommitWait) {
  status_.type = options.type;
  status_.since = std::chrono::system_clock::now();
  if (cache) cache_ = std::make_unique<Cache>(std::move(cache));
  load_cache();
  hub_ = std::make_shared<store::WatchHub>(replica_.revision());
  // It begins with a listing: our copy may be from long ago.
  follower_ = std::make_unique<Follower>(
      options.settings, replica_.prefixes(), Header{}, options.seed,
      Follower::Events{[this](const Snapshot& snapshot) {
                         const std::lock_guard lock(hub_->mutex());
                         const Replica::Verdict verdict = replica_.take(snapshot);
                         if (!verdict.refusal)
                           log(LogLevel::Info, "datastore_listed",
                               {{"revision", std::to_string(snapshot.header.revision)},
                                {"entries", std::to_string(replica_.entries().size())},
                                {"changed", std::to_string(verdict.changes.size())}});
                         return apply(verdict);
                       },
                       [this](const WatchAnswer& answer) {
                         const std::lock_guard lock(hub_->mutex());
                         return apply(replica_.take(answer));
                       },
                       [this](const Endpoint& endpoint) { become_level(endpoint); },
                       [this](const std::string& reason, bool is_refused) { lose(reason, is_refused); }});
}

Mirror::~Mirror() { follower_.reset(); }

void Mirror::log(LogLevel level, std::string event, std::vector<std::pair<std::string, std::string>> fields) {
  if (events_.log) events_.log({level, std::move(event), "", std::move(fields)});
}

void Mirror::load_cache() {
  if (!cache_) return;
  auto remembered = cache_->load();
  if (!remembered) return log(LogLevel::Warn, "datastore_cache_unreadable", {{"reason", remembered.error().reason}});
  replica_.restore(remembered->entries, remembered->identity, remembered->revision);
}

std::optional<std::string> Mirror::apply(const Replica::Verdict& verdict) {
  if (verdict.refusal) return verdict.refusal;
  for (const Skipped& skipped : verdict.skipped)
    log(LogLevel::Warn, "datastore_entry_skipped", {{"key", skipped.key}, {"reason", skipped.reason}});
  hub_->publish(verdict.changes);  // routing first, the disk afterwards
  save(verdict);
  changed_.notify_all();
  return std::nullopt;
}

// After a failure the copy on disk is older than ours: everything is written the next time.
void Mirror::save(const Replica::Verdict& verdict) {
  if (!cache_ || (verdict.rows.empty() && !is_cache_broken_ && status_.state == State::Level)) return;
  std::vector<store::Change> rows = verdict.rows;
  if (is_cache_broken_) {
    for (const auto& [key, entry] : replica_.entries()) rows.push_back({key, entry.value, entry.revision});
  }
  auto saved = cache_->save(rows, replica_.identity(), replica_.revision());
  if (!saved && !is_cache_broken_)
    log(LogLevel::Warn, "datastore_cache_not_written", {{"reason", saved.error().reason}});
  is_cache_broken_ = !saved.ok();
}

void Mirror::become_level(const Endpoint& endpoint) {
  {
    const std::lock_guard lock(hub_->mutex());
    status_.state = State::Level;
    status_.reason.clear();
    status_.since = std::chrono::system_clock::now();
  }
  changed_.notify_all();
  log(LogLevel::Info, "datastore_connected", {{"endpoint", endpoint.to_string()}});
  if (events_.level) events_.level();
}

void Mirror::lose(const std::string& reason, bool is_refused) {
  const State state = is_refused ? State::Refused : State::Away;
  const std::string full =
      is_refused && !cache_dir_.empty()
          ? reason + "; nothing of it is applied. Restore etcd; or, if this is meant, stop the agent, remove " + cache_dir_ + " and start it again"
          : reason;
  {
    const std::lock_guard lock(hub_->mutex());
    const bool is_known = status_.state == state && (!is_refused || status_.reason == full);
    status_.reason = full;
    if (is_known) return;  // a line for each outage, not for each try
    status_.state = state;
    status_.since = std::chrono::system_clock::now();
  }
  changed_.notify_all();
  log(is_refused ? LogLevel::Error : LogLevel::Warn, is_refused ? "datastore_refused" : "datastore_lost",
      {{"reason", full}, {"degraded", "true"}});
}

bgp::Result<std::optional<Entry>, StoreError> Mirror::get(const std::string& key) {
  if (!replica_.is_held(key)) return etcd_.get(key);
  const std::lock_guard lock(hub_->mutex());
  const auto found = replica_.entries().find(key);
  return found == replica_.entries().end() ? std::optional<Entry>() : std::optional<Entry>(found->second);
}

bgp::Result<store::Listing, StoreError> Mirror::list(const std::string& prefix) {
  const std::lock_guard lock(hub_->mutex());
  store::Listing listing;
  listing.revision = replica_.revision();
  const auto& entries = replica_.entries();
  for (auto entry = entries.lower_bound(prefix); entry != entries.end() && entry->first.starts_with(prefix); ++entry) {
    listing.entries.push_back(entry->second);
  }
  return listing;
}

bgp::Result<uint64_t, StoreError> Mirror::commit(const std::vector<store::Write>& writes) {
  if (const MirrorStatus now = status(); now.state != State::Level)
    return bgp::Err(StoreError{.kind = StoreError::Kind::Unreachable,
                               .reason = "etcd is not in use, nothing was written: " + now.reason, .key = {}});
  auto revision = etcd_.commit(writes);
  const bool is_held = std::any_of(writes.begin(), writes.end(), [this](const store::Write& w) { return replica_.is_held(w.key); });
  if (!revision || !is_held) return revision;
  // So that whoever reads now finds what it wrote; bounded, for erasing what was not there is no event.
  std::unique_lock lock(hub_->mutex());
  changed_.wait_for(lock, bgp::limits::kEtcdEchoWait, [&] { return replica_.revision() >= *revision; });
  return revision;
}

bgp::Result<std::unique_ptr<store::Watch>, StoreError> Mirror::watch(const std::string& prefix, uint64_t after,
                                                                     store::WatchCallback callback) {
  const std::lock_guard lock(hub_->mutex());
  return hub_->add(prefix, after, std::move(callback));
}

bool Mirror::wait_for_entries(bgp::Duration patience) {
  std::unique_lock lock(hub_->mutex());
  changed_.wait_for(lock, patience, [&] {
    return status_.state == State::Level || status_.state == State::Refused ||
           (status_.state == State::Away && !replica_.entries().empty());
  });
  return status_.state == State::Level || !replica_.entries().empty();
}

MirrorStatus Mirror::status() const {
  const std::lock_guard lock(hub_->mutex());
  MirrorStatus status = status_;
  status.revision = replica_.revision();
  for (const auto& [key, skipped] : replica_.skipped()) status.skipped.push_back(skipped);
  return status;
}

}  // namespace config::etcd
