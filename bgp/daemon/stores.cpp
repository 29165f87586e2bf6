#include "bgp/daemon/stores.h"

#include <cstdio>
#include <map>
#include <random>

#include "bgp/base/limits.h"
#include "bgp/daemon/default_resources.h"
#include "bgp/daemon/machine.h"
#include "bgp/daemon/registration.h"
#include "config/etcd/identity.h"
#include "config/etcd/v2_layout.h"
#include "config/etcd/v2_store.h"
#include "config/rocks/rocks_store.h"
#include "config/store/keys.h"
#include "ctl/client/remote_store.h"

namespace bgp::daemon {
namespace {

using config::store::Entry;
using config::store::StoreError;
using config::store::Write;

constexpr Duration kEtcdAtStart = 10s;  // without a copy of an earlier time there is nothing to run on

Result<std::unique_ptr<config::store::Store>, StartError> open_plain(const Options& options, LogWriter& log) {
  if (options.datastore.starts_with("unix:")) {
    auto lost = [&log](const StoreError& error) {
      log.log({LogLevel::Warn, "datastore_lost", "", {{"reason", error.reason}}});
    };
    return std::unique_ptr<config::store::Store>(
        std::make_unique<ctl::client::RemoteStore>(options.datastore.substr(5), lost));
  }
  std::optional<StoreError> weakness;
  auto store = config::rocks::open(options.data_dir, config::rocks::Mode::ReadWrite, &weakness);
  if (!store) return Err(to_start_error(store.error()));
  if (weakness) log.log({LogLevel::Error, "datastore_read_only", "", {{"reason", weakness->reason}}});
  return std::move(*store);
}

// What is remembered of etcd. A damaged one must not keep the node from its datastore.
Result<std::unique_ptr<config::store::Store>, StartError> open_etcd_cache(const std::string& dir, LogWriter& log) {
  auto cache = config::rocks::open(dir, config::rocks::Mode::ReadWrite);
  if (cache) return std::move(*cache);
  if (cache.error().kind == StoreError::Kind::Busy) return Err(to_start_error(cache.error()));
  log.log({LogLevel::Warn, "datastore_cache_unusable", "", {{"reason", cache.error().reason}}});
  return std::unique_ptr<config::store::Store>();
}

Result<OpenStore, StartError> open_etcd(const Options& options, LogWriter& log, std::function<void()> level) {
  const bool is_v2 = options.datastore == "etcdv2";
  const std::string dir = options.data_dir + (is_v2 ? "/etcd-cache-v2" : "/etcd-cache");
  auto cache = open_etcd_cache(dir, log);
  if (!cache) return Err(cache.error());
  std::random_device chance;
  auto mirror = std::make_unique<config::etcd::Mirror>(
      config::etcd::Mirror::Options{.settings = options.etcd,
                                    .type = options.datastore,
                                    .prefixes = is_v2 ? config::etcd::v2::prefixes() : config::etcd::Mirror::own_prefixes(),
                                    .seed = chance(),
                                    .cache_dir = dir},
      std::move(*cache),
      config::etcd::Mirror::Events{[&log](const LogRecord& record) { log.log(record); }, std::move(level)});
  config::etcd::Mirror* etcd = mirror.get();
  if (options.node.waits_for_datastore || etcd->wait_for_entries(kEtcdAtStart)) {
    if (!is_v2) return OpenStore{std::move(mirror), etcd};
    return OpenStore{std::make_unique<config::etcd::V2Store>(std::move(mirror)), etcd};
  }
  return Err(StartError{"nothing is remembered of etcd in " + dir + ", and it cannot be used: " + etcd->status().reason});
}

// What is planned of the store's entries, written if nobody wrote meanwhile: a lost race is read and tried again.
Status<StoreError> commit_plan(config::store::Store& store,
                               const std::function<std::vector<Write>(const std::vector<Entry>&)>& plan) {
  for (int attempt = 0;; ++attempt) {
    auto listing = store.list(std::string(config::store::kRoot));
    if (!listing) return Err(listing.error());
    const std::vector<Write> writes = plan(listing->entries);
    if (writes.empty()) return Done{};
    auto written = store.commit(writes);
    if (written) return Done{};
    if (written.error().kind != StoreError::Kind::Conflict || attempt == 10) return Err(written.error());
  }
}

Chance some_chance() {
  std::random_device chance;
  Chance bytes;
  for (uint8_t& byte : bytes) byte = static_cast<uint8_t>(chance());
  return bytes;
}

// Whose address the options leave to us.
Wanted wanted_of(const Options& options) {
  Wanted wanted;
  if (options.ip.empty() || options.ip == "autodetect") wanted.ipv4 = &options.node.ip_method;
  if (options.ip6 == "autodetect") wanted.ipv6 = &options.node.ip6_method;
  return wanted;
}

// What is in etcd and cannot be read is in no listing of ours, but there: nothing must be made in its place.
std::vector<Entry> with_skipped(std::vector<Entry> entries, const config::etcd::Mirror* etcd) {
  if (!etcd) return entries;
  for (const config::etcd::Skipped& skipped : etcd->status().skipped)
    entries.push_back({config::etcd::v2::resource_of(skipped.key).value_or(skipped.key), "", 0});
  return entries;
}

}  // namespace

Result<OpenStore, StartError> open_store(const Options& options, LogWriter& log, std::function<void()> level) {
  if (options.is_etcd()) return open_etcd(options, log, std::move(level));
  auto store = open_plain(options, log);
  if (!store) return Err(store.error());
  return OpenStore{std::move(*store)};
}

StartError to_start_error(const StoreError& error) {
  return {error.reason, error.kind == StoreError::Kind::Busy ? 75 : 1};
}

ctl::protocol::DatastoreStatus to_datastore_status(const config::etcd::MirrorStatus& etcd) {
  using State = config::etcd::MirrorStatus::State;
  static const std::map<State, std::string> kWords = {
      {State::Starting, "starting"}, {State::Level, "connected"}, {State::Away, "away"}, {State::Refused, "refused"}};
  ctl::protocol::DatastoreStatus status;
  status.type = etcd.type;
  status.state = kWords.at(etcd.state);
  status.degraded = etcd.state != State::Level;
  if (!etcd.reason.empty()) status.reason = etcd.reason;
  status.since = std::chrono::floor<std::chrono::milliseconds>(etcd.since);
  status.revision = etcd.revision;
  for (const config::etcd::Skipped& skipped : etcd.skipped) status.skipped.push_back({skipped.key, skipped.reason});
  return status;
}

Status<StoreError> initialise(config::store::Store& store) {
  const std::string key(config::etcd::kClusterInformationKey);
  auto stored = store.get(key);
  if (!stored) return Err(stored.error());
  if (*stored) return Done{};
  std::random_device chance;
  char guid[33] = {};
  std::snprintf(guid, sizeof guid, "%08x%08x%08x%08x", chance(), chance(), chance(), chance());
  auto written = store.commit({{key, config::etcd::make_cluster_information(guid), 0}});
  if (!written && written.error().kind != StoreError::Kind::Conflict) return Err(written.error());
  return Done{};
}

std::optional<std::string> unanswered(config::store::Store& store, config::etcd::Mirror* etcd) {
  if (etcd) {
    if (etcd->wait_for_entries(limits::kDatastoreWait)) return std::nullopt;
    return etcd->status().reason;
  }
  auto answer = store.get(std::string(config::etcd::kClusterInformationKey));
  return answer ? std::nullopt : std::optional(answer.error().reason);
}

Status<StartError> register_self(config::store::Store& store, const config::etcd::Mirror* etcd, const Options& options,
                                 LogWriter& log) {
  const Machine machine = look_at_machine(wanted_of(options));
  std::optional<Result<Registration, std::string>> plan;
  auto written = commit_plan(store, [&](const std::vector<Entry>& entries) {
    plan = register_node(entries, options, machine);
    return *plan && (*plan)->write ? std::vector<Write>{*(*plan)->write} : std::vector<Write>();
  });
  if (plan && !*plan) return Err(StartError{plan->error(), 1});
  if (plan)
    for (const LogRecord& record : (*plan)->records) log.log(record);
  if (!written) {
    if (written.error().kind != StoreError::Kind::ReadOnly) return Err(to_start_error(written.error()));
    // A disk that takes nothing is no reason to leave the peers: what is stored of this node holds.
    log.log({LogLevel::Warn, "registration_postponed", "", {{"reason", written.error().reason}}});
    return Done{};
  }
  const Chance chance = some_chance();
  auto made = commit_plan(store, [&](const std::vector<Entry>& entries) {
    std::vector<Write> missing = missing_defaults(with_skipped(entries, etcd), options.node, machine, chance);
    if (options.datastore == "etcdv2")
      for (Write& write : missing) write.key = config::etcd::v2::shown_as(write);
    return missing;
  });
  // Routing can do without; who starts next tries again.
  if (!made) log.log({LogLevel::Warn, "defaults_not_made", "", {{"reason", made.error().reason}}});
  return Done{};
}

}  // namespace bgp::daemon
