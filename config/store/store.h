// The store: a small ordered map of keys to values with revisions, compare-and-write and a watch. The one seam behind
// which RocksDB, etcd, another agent's socket and the tests' memory stand.
//
// Invariants: a revision belongs to one commit and only grows; a commit happens whole or not at all; an acknowledged
// commit survives a crash (of a persistent store); a watcher sees every commit after its revision once, in order.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "bgp/base/result.h"

namespace config::store {

struct Entry {
  std::string key;    // "/calico/..."
  std::string value;
  uint64_t revision = 0;  // of the commit that wrote it
  bool operator==(const Entry&) const = default;
};

struct Listing {
  std::vector<Entry> entries;  // by key
  uint64_t revision = 0;       // of the store: watch from here
};

struct Write {
  std::string key;
  std::optional<std::string> value;                 // nullopt: erase
  std::optional<uint64_t> expected_revision;        // nullopt: any; 0: must not exist; else: exactly this one
};

struct Change {
  std::string key;
  std::optional<std::string> value;  // nullopt: erased
  uint64_t revision = 0;
};

struct StoreError {
  enum class Kind : uint8_t { Conflict, Busy, Corrupt, ReadOnly, Unreachable, Unknown, NotPermitted };
  Kind kind = Kind::Unknown;
  std::string reason;    // one line for a person: what, where, what to do
  std::string key;       // of the write whose expectation did not hold (Conflict)
  int holder_pid = 0;    // of the process that holds the lock (Busy), 0 if unknown
};

// Called in the store's own order, from the thread that commits (or reads from the remote end). Must not block.
using WatchCallback = std::function<void(const std::vector<Change>&)>;

// Ends the watch when destroyed.
class Watch {
 public:
  virtual ~Watch() = default;
};

class Store {
 public:
  virtual ~Store() = default;
  virtual bgp::Result<std::optional<Entry>, StoreError> get(const std::string& key) = 0;
  // Every entry whose key starts with `prefix`.
  virtual bgp::Result<Listing, StoreError> list(const std::string& prefix) = 0;
  // All of the writes or none. Returns the new revision. Conflict names the first write whose expectation fails.
  virtual bgp::Result<uint64_t, StoreError> commit(const std::vector<Write>& writes) = 0;
  // Changes under `prefix` with a revision above `after`.
  virtual bgp::Result<std::unique_ptr<Watch>, StoreError> watch(const std::string& prefix, uint64_t after,
                                                                WatchCallback callback) = 0;
};

}  // namespace config::store
