// The last known good state of etcd on disk, in a store of its own (RocksDB, given by the daemon): what a node starts
// from while etcd is away, and how it knows its etcd again.
//
//   "/calico/..."  the mod_revision that etcd gave (u64, big-endian), then the value
//   "etcd"         cluster id, clusterGUID and revision, a line each; written with every batch
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "config/etcd/replica.h"
#include "config/store/store.h"

namespace config::etcd {

struct Remembered {
  std::vector<store::Entry> entries;
  Identity identity;
  uint64_t revision = 0;
};

class Cache {
 public:
  // Never null.
  explicit Cache(std::unique_ptr<store::Store> store) : store_(std::move(store)) {}

  // Empty when there was no etcd yet.
  bgp::Result<Remembered, store::StoreError> load();
  bgp::Status<store::StoreError> save(const std::vector<store::Change>& rows, const Identity& identity,
                                      uint64_t revision);

 private:
  std::unique_ptr<store::Store> store_;
};

}  // namespace config::etcd
