// etcd behind the Store seam, without a copy: of calicoctl. Every call goes to etcd; mod_revision is the seam's revision.
//
// An answer that does not come leaves a commit in doubt. When every write says what it expects, the commit is sent again:
// it cannot overwrite anybody, and if it is refused though all is stored as it wanted, it had happened. Else the error is
// Unknown. At most limits::kEtcdWritesMax writes a commit, etcd's own bound.
#pragma once

#include <mutex>

#include "config/etcd/client.h"
#include "config/store/store.h"

namespace config::etcd {

class EtcdStore : public store::Store {
 public:
  // `patience`: for one endpoint's answer.
  EtcdStore(Settings settings, bgp::Duration patience);

  bgp::Result<std::optional<store::Entry>, store::StoreError> get(const std::string& key) override;
  bgp::Result<store::Listing, store::StoreError> list(const std::string& prefix) override;
  bgp::Result<uint64_t, store::StoreError> commit(const std::vector<store::Write>& writes) override;
  // The callback runs on a thread of the watch's own, never inside this call.
  bgp::Result<std::unique_ptr<store::Watch>, store::StoreError> watch(const std::string& prefix, uint64_t after,
                                                                      store::WatchCallback callback) override;

 private:
  Settings settings_;
  std::mutex mutex_;  // guards client_
  Client client_;
};

}  // namespace config::etcd
