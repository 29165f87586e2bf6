// RocksDB as we use it: options for a small store, rows, and its Status as StoreError. Internal to config/rocks.
#pragma once

#include <rocksdb/db.h>
#include <rocksdb/write_batch.h>

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "config/rocks/store_dir.h"
#include "config/store/store.h"

namespace config::rocks {

struct StateRow {
  uint64_t revision = 0;
  uint64_t entries = 0;
};

class Database {
 public:
  static bgp::Result<std::unique_ptr<Database>, store::StoreError> open(const StoreDir& dir, bool writable, bool create);

  bgp::Result<std::optional<store::Entry>, store::StoreError> get(const std::string& key);
  // Every entry under `prefix`, in order.
  bgp::Status<store::StoreError> each(const std::string& prefix, const std::function<void(store::Entry)>& visit);
  bgp::Result<std::optional<std::string>, store::StoreError> own_row(const std::string& name);
  // One synced batch: the writes at `state.revision`, and the state row.
  bgp::Status<store::StoreError> write(const std::vector<store::Write>& writes, const StateRow& state);
  bgp::Status<store::StoreError> write_own_row(const std::string& name, const std::string& value);

 private:
  Database(StoreDir dir, std::unique_ptr<rocksdb::DB> db) : dir_(std::move(dir)), db_(std::move(db)) {}
  store::StoreError error(const rocksdb::Status& status) const;

  StoreDir dir_;
  std::unique_ptr<rocksdb::DB> db_;
};

std::string to_row(const StateRow& state);
std::optional<StateRow> parse_state_row(const std::string& row);

}  // namespace config::rocks
