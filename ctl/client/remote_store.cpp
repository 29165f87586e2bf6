#include "ctl/client/remote_store.h"

#include "ctl/client/remote_watch.h"
#include "ctl/client/unix_client.h"

namespace ctl::client {

using config::store::StoreError;

namespace {

// One call over a connection of its own.
template <class Call>
auto with_client(const std::string& path, Call call)
    -> bgp::Result<std::decay_t<decltype(*call(std::declval<UnixClient&>()))>, StoreError> {
  auto client = UnixClient::connect(path);
  if (!client) return bgp::Err(to_store_error(client.error()));
  auto result = call(*client);
  if (!result) return bgp::Err(to_store_error(result.error()));
  return std::move(*result);
}

}  // namespace

RemoteStore::RemoteStore(std::string socket_path, OnLost on_lost)
    : path_(std::move(socket_path)), on_lost_(std::move(on_lost)) {}

bgp::Result<std::optional<config::store::Entry>, StoreError> RemoteStore::get(const std::string& key) {
  return with_client(path_, [&](UnixClient& client) { return client.store_get(key); });
}

bgp::Result<config::store::Listing, StoreError> RemoteStore::list(const std::string& prefix) {
  return with_client(path_, [&](UnixClient& client) { return client.store_list(prefix); });
}

bgp::Result<uint64_t, StoreError> RemoteStore::commit(const std::vector<config::store::Write>& writes) {
  return with_client(path_, [&](UnixClient& client) { return client.store_commit(writes); });
}

bgp::Result<std::unique_ptr<config::store::Watch>, StoreError> RemoteStore::watch(
    const std::string& prefix, uint64_t after, config::store::WatchCallback callback) {
  return RemoteWatch::start(path_, {.prefix = prefix, .after = after}, std::move(callback), on_lost_);
}

}  // namespace ctl::client
