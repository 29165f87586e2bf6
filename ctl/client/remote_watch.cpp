#include "ctl/client/remote_watch.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

namespace ctl::client {

using config::store::Change;
using config::store::Listing;
using config::store::StoreError;
using namespace std::chrono_literals;

namespace {
constexpr auto kPauseMin = 100ms;
constexpr auto kPauseMax = 5s;
}  // namespace

bgp::Result<std::unique_ptr<config::store::Watch>, StoreError> RemoteWatch::start(std::string path,
                                                                                  protocol::WatchQuery query,
                                                                                  config::store::WatchCallback callback,
                                                                                  RemoteStore::OnLost on_lost) {
  auto client = UnixClient::connect(path);
  if (!client) return bgp::Err(to_store_error(client.error()));
  // The listing is only to know later which keys have gone; it is read first, so that no erasure falls in between.
  auto listing = client->store_list(query.prefix);
  if (!listing) return bgp::Err(to_store_error(listing.error()));
  if (auto watching = client->store_watch(query); !watching) return bgp::Err(to_store_error(watching.error()));
  int stop = eventfd(0, EFD_CLOEXEC);
  if (stop < 0)
    return bgp::Err(StoreError{.kind = StoreError::Kind::Unknown, .reason = std::strerror(errno), .key = {}});
  std::unique_ptr<RemoteWatch> watch(
      new RemoteWatch(std::move(path), std::move(query), std::move(callback), std::move(on_lost), stop));
  // What is newer than `after` the watcher has not been told yet.
  for (const auto& entry : listing->entries)
    if (entry.revision <= watch->query_.after) watch->known_[entry.key] = entry.revision;
  watch->thread_ =
      std::thread([self = watch.get(), connected = std::move(*client)]() mutable { self->run(std::move(connected)); });
  return std::unique_ptr<config::store::Watch>(std::move(watch));
}

RemoteWatch::RemoteWatch(std::string path, protocol::WatchQuery query, config::store::WatchCallback callback,
                         RemoteStore::OnLost on_lost, int stop)
    : path_(std::move(path)),
      query_(std::move(query)),
      callback_(std::move(callback)),
      on_lost_(std::move(on_lost)),
      stop_(stop) {}

RemoteWatch::~RemoteWatch() {
  uint64_t one = 1;
  (void)!write(stop_, &one, sizeof one);  // an eventfd takes 8 bytes always
  if (thread_.joinable()) thread_.join();
  close(stop_);
}

void RemoteWatch::run(UnixClient client) {
  if (follow(client)) return;
  std::chrono::milliseconds pause = kPauseMin;
  while (!stopped_within(pause)) {
    auto again = reconnect();
    if (!again) {
      pause = std::min<std::chrono::milliseconds>(pause * 2, kPauseMax);
      continue;
    }
    pause = kPauseMin;
    if (follow(*again)) return;
  }
}

bool RemoteWatch::follow(UnixClient& client) {
  for (;;) {
    auto changes = client.next_changes(stop_);
    if (stopped_within(0ms)) return true;
    if (!changes) {
      if (on_lost_) on_lost_(to_store_error(changes.error()));
      return false;
    }
    deliver(*changes);
  }
}

Outcome<UnixClient> RemoteWatch::reconnect() {
  auto client = UnixClient::connect(path_);
  if (!client) return client;
  auto listing = client->store_list(query_.prefix);
  if (!listing) return bgp::Err(listing.error());
  auto watching = client->store_watch({.prefix = query_.prefix, .after = listing->revision});
  if (!watching) return bgp::Err(watching.error());
  deliver(difference(*listing));
  return client;
}

std::vector<Change> RemoteWatch::difference(const Listing& now) const {
  std::vector<Change> changes;
  std::map<std::string, uint64_t> gone = known_;
  for (const auto& entry : now.entries) {
    auto known = known_.find(entry.key);
    if (known == known_.end() || known->second != entry.revision)
      changes.push_back({.key = entry.key, .value = entry.value, .revision = entry.revision});
    gone.erase(entry.key);
  }
  for (const auto& [key, revision] : gone)
    changes.push_back({.key = key, .value = std::nullopt, .revision = now.revision});
  return changes;
}

void RemoteWatch::deliver(const std::vector<Change>& changes) {
  if (changes.empty()) return;
  for (const Change& change : changes) {
    if (change.value)
      known_[change.key] = change.revision;
    else
      known_.erase(change.key);
  }
  callback_(changes);
}

bool RemoteWatch::stopped_within(std::chrono::milliseconds pause) {
  pollfd stop{stop_, POLLIN, 0};
  return poll(&stop, 1, static_cast<int>(pause.count())) > 0;
}

}  // namespace ctl::client
