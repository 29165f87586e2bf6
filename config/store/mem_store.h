// The store in memory: the shipped fake. The same semantics as the persistent ones (tests/support/store_contract.h);
// for tests and for trying things out. Thread-safe.
#pragma once

#include <map>

#include "config/store/store.h"
#include "config/store/watch_hub.h"

namespace config::store {

class MemStore : public Store {
 public:
  bgp::Result<std::optional<Entry>, StoreError> get(const std::string& key) override;
  bgp::Result<Listing, StoreError> list(const std::string& prefix) override;
  bgp::Result<uint64_t, StoreError> commit(const std::vector<Write>& writes) override;
  bgp::Result<std::unique_ptr<Watch>, StoreError> watch(const std::string& prefix, uint64_t after,
                                                        WatchCallback callback) override;

 private:
  std::shared_ptr<WatchHub> hub_ = std::make_shared<WatchHub>();  // its lock guards the rest
  std::map<std::string, Entry> entries_;
  uint64_t revision_ = 0;
};

}  // namespace config::store
