// Calico v2's layout behind the Store seam: keys and values of today's resources in and out, Calico v2's in the store below
// (config/etcd/v2_layout.h). Keys of v2 itself, and ClusterInformation, pass through as they are.
//
// Keeps nothing of its own: every call lists the store below, which is memory in an agent. A commit expects of each part
// what was seen of it, so that it is as atomic as below. A resource's revision is that of its youngest part: a part that
// vanished does not show in it.
#pragma once

#include <memory>

#include "config/store/store.h"

namespace config::etcd {

class V2Store : public store::Store {
 public:
  explicit V2Store(std::unique_ptr<store::Store> below) : below_(std::move(below)) {}

  bgp::Result<std::optional<store::Entry>, store::StoreError> get(const std::string& key) override;
  bgp::Result<store::Listing, store::StoreError> list(const std::string& prefix) override;
  bgp::Result<uint64_t, store::StoreError> commit(const std::vector<store::Write>& writes) override;
  // May tell of a resource that is as it was.
  bgp::Result<std::unique_ptr<store::Watch>, store::StoreError> watch(const std::string& prefix, uint64_t after,
                                                                      store::WatchCallback callback) override;

 private:
  // All of v2's keys; the revision is the oldest of those that were listed at.
  bgp::Result<store::Listing, store::StoreError> list_below();
  void tell(const std::string& prefix, const std::vector<store::Change>& below, const store::WatchCallback& callback);

  std::unique_ptr<store::Store> below_;
};

}  // namespace config::etcd
