#include "bgp/daemon/config_source.h"

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <utility>

#include "config/model/kinds/calico_node_status.h"
#include "config/model/kinds/node.h"
#include "config/store/keys.h"

namespace bgp::daemon {

constexpr Duration kFilesPoll = 1s;

using config::desired::Resolved;
using config::store::Change;
using config::store::Entry;

ConfigSource::ConfigSource(boost::asio::io_context& io, config::store::Store& store,
                           config::desired::NodeIdentity node, const Directories& directories, Events events)
    : io_(io), store_(store), resolver_(std::move(node)), secrets_(directories.secrets),
      endpoints_(directories.endpoint_status), files_timer_(io), events_(std::move(events)) {}

void ConfigSource::stop() {
  watch_.reset();
  files_timer_.cancel();
}

Result<Resolved, config::store::StoreError> ConfigSource::start() {
  const std::string root(config::store::kRoot);
  auto listing = store_.list(root);
  if (!listing) return Err(listing.error());
  for (Entry& entry : listing->entries) keep({entry.key, std::move(entry.value), entry.revision});
  // The callback comes from whichever thread commits or reads the socket; the entries are this thread's.
  auto watch = store_.watch(root, listing->revision, [this](const std::vector<Change>& changes) {
    boost::asio::post(io_, [this, changes] { take(changes); });
  });
  if (!watch) return Err(watch.error());
  watch_ = std::move(*watch);
  endpoints_.look();
  last_ = resolve();
  if (last_.problem) last_.config = {};  // nothing to keep yet: run without peers until it is mended
  report(last_);
  watch_files();
  return last_;
}

// By asking, not by inotify: a mounted Kubernetes secret changes by swapping a link two directories up, and there are
// few files.
void ConfigSource::watch_files() {
  files_timer_.expires_after(kFilesPoll);
  files_timer_.async_wait([this](const boost::system::error_code& error) {
    if (error || !watch_) return;
    const bool has_other_workloads = endpoints_.look();
    if (has_other_workloads || secrets_.have_changed()) resolve_soon();
    watch_files();
  });
}

void ConfigSource::take(const std::vector<Change>& changes) {
  if (!watch_) return;  // stopped
  bool matters = false;
  for (const Change& change : changes) matters |= keep(change);
  if (matters) resolve_soon();
}

// Does the configuration depend on it?
bool ConfigSource::keep(const Change& change) {
  if (config::model::calico_node_status_kind().is_own_key(change.key)) {
    events_.node_status(change);
    return false;
  }
  if (!change.value) {
    nodes_.erase(change.key);
    return resolver_.erase(change.key);
  }
  Entry entry{change.key, *change.value, change.revision};
  const bool matters = resolver_.put(entry);
  if (config::model::node_kind().is_own_key(change.key)) nodes_[change.key] = std::move(entry);
  return matters;
}

// Commits that wait in the queue together are resolved once.
void ConfigSource::resolve_soon() {
  if (std::exchange(is_resolving_soon_, true)) return;
  boost::asio::post(io_, [this] {
    is_resolving_soon_ = false;
    if (!watch_) return;
    Resolved resolved = resolve();
    if (resolved.warnings != last_.warnings || resolved.problem != last_.problem) report(resolved);
    if (resolved.problem) {
      resolved.config = last_.config;
      resolved.surroundings = last_.surroundings;
    }
    bool is_same = resolved.config == last_.config && resolved.surroundings == last_.surroundings;
    last_ = std::move(resolved);
    if (!is_same) events_.resolved(last_);
  });
}

void ConfigSource::report(const Resolved& resolved) {
  for (const LogRecord& warning : resolved.warnings) events_.log(warning);
  if (resolved.problem)
    events_.log({LogLevel::Warn, "configuration_refused", "", {{"reason", *resolved.problem}}});
}

std::vector<Entry> ConfigSource::nodes() const {
  std::vector<Entry> nodes;
  nodes.reserve(nodes_.size());
  for (const auto& [key, entry] : nodes_) nodes.push_back(entry);
  return nodes;
}

Resolved ConfigSource::resolve() {
  secrets_.forget();
  Resolved resolved = resolver_.resolve([this](const config::model::SecretRef& ref) { return secrets_.read(ref); },
                                        endpoints_.workloads());
  resolved.warnings.insert(resolved.warnings.end(), endpoints_.warnings().begin(), endpoints_.warnings().end());
  return resolved;
}

}  // namespace bgp::daemon
