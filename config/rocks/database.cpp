#include "config/rocks/database.h"

#include <rocksdb/cache.h>
#include <rocksdb/env.h>
#include <rocksdb/options.h>
#include <rocksdb/table.h>

#include "bgp/base/bytes.h"

namespace config::rocks {
namespace {

using store::Entry;
using store::StoreError;

// RocksDB's LOG file is for its developers; what an operator must know comes back as a StoreError.
class NoLog : public rocksdb::Logger {
 public:
  using rocksdb::Logger::Logv;
  void Logv(const char*, va_list) override {}
};

// A few thousand small rows, an idle process below 25 MiB, open in tens of milliseconds.
rocksdb::Options options(bool create) {
  rocksdb::Options options;
  options.create_if_missing = create;
  options.paranoid_checks = true;
  // The default, kPointInTimeRecovery, silently drops acknowledged commits behind a damaged record; this one drops a
  // torn tail only and refuses the rest.
  options.wal_recovery_mode = rocksdb::WALRecoveryMode::kTolerateCorruptedTailRecords;
  options.write_buffer_size = 1 << 20;
  options.compression = rocksdb::kNoCompression;
  options.max_open_files = 64;
  options.max_background_jobs = 1;
  options.max_manifest_file_size = 1 << 20;
  options.stats_dump_period_sec = 0;
  options.stats_persist_period_sec = 0;
  options.skip_stats_update_on_db_open = true;
  options.info_log = std::make_shared<NoLog>();
  rocksdb::BlockBasedTableOptions table;
  table.block_cache = rocksdb::NewLRUCache(512 << 10, 0);
  options.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
  return options;
}

std::string data_row(const std::string& key) { return "d" + key; }
std::string own_row_name(const std::string& name) { return "m" + name; }

std::string big_endian(uint64_t number) {
  bgp::Bytes bytes;
  bgp::ByteWriter(bytes).u64(number);
  return {bytes.begin(), bytes.end()};
}

uint64_t read_u64(rocksdb::Slice& slice) {
  bgp::ByteReader reader({reinterpret_cast<const uint8_t*>(slice.data()), slice.size()});
  const uint64_t number = reader.u64();
  if (!reader.failed()) slice.remove_prefix(8);
  return number;
}

std::optional<Entry> parse_data_row(const rocksdb::Slice& row_name, rocksdb::Slice row) {
  if (row.size() < 8) return std::nullopt;
  Entry entry;
  entry.key = std::string(row_name.data() + 1, row_name.size() - 1);
  entry.revision = read_u64(row);
  entry.value = row.ToString();
  return entry;
}

StoreError corrupt(const std::string& path, const std::string& what) {
  StoreError error;
  error.kind = StoreError::Kind::Corrupt;
  error.reason = path + ": the store is damaged: " + what + "; restore a copy of the directory, or move it away to " +
                 "start with an empty one";
  return error;
}

StoreError busy(const StoreDir& dir) {
  StoreError error;
  error.kind = StoreError::Kind::Busy;
  error.holder_pid = dir.read_pid();
  const std::string pid = error.holder_pid > 0 ? " (pid " + std::to_string(error.holder_pid) + ")" : "";
  error.reason = dir.path() + ": another daemon" + pid + " holds the store; talk to it, or stop it first";
  return error;
}

bool says(const rocksdb::Status& status, const char* words) { return status.ToString().find(words) != std::string::npos; }

// Opening fails in more ways than using: the lock, and files that are gone.
StoreError open_error(const StoreDir& dir, const rocksdb::Status& status) {
  if (status.IsIOError() && (says(status, "lock file") || says(status, "lock hold"))) return busy(dir);
  if (says(status, "Permission denied")) return system_error(dir.db_path(), "cannot open the store", EACCES);
  if (status.IsIOError() && says(status, "No such file")) return corrupt(dir.path(), status.ToString());
  if (status.IsInvalidArgument() && says(status, "does not exist")) return corrupt(dir.path(), status.ToString());
  if (status.IsCorruption()) return corrupt(dir.path(), status.ToString());
  StoreError error;
  error.kind = status.IsIOError() || status.IsNoSpace() ? StoreError::Kind::ReadOnly : StoreError::Kind::Unknown;
  error.reason = dir.path() + ": the store cannot be opened for writing (" + status.ToString() +
                 "); make room or mend the disk, then try again";
  return error;
}

}  // namespace

StoreError Database::error(const rocksdb::Status& status) const {
  if (status.IsCorruption()) return corrupt(dir_.path(), status.ToString());
  StoreError error;
  error.kind = StoreError::Kind::ReadOnly;
  error.reason = dir_.path() + ": the store takes no more changes (" + status.ToString() +
                 "); what is configured stays in force; make room or mend the disk, then try again";
  return error;
}

bgp::Result<std::unique_ptr<Database>, StoreError> Database::open(const StoreDir& dir, bool writable, bool create) {
  rocksdb::DB* db = nullptr;
  const rocksdb::Status status = writable ? rocksdb::DB::Open(options(create), dir.db_path(), &db)
                                          : rocksdb::DB::OpenForReadOnly(options(false), dir.db_path(), &db);
  if (!status.ok()) return bgp::Err(open_error(dir, status));
  return std::unique_ptr<Database>(new Database(dir, std::unique_ptr<rocksdb::DB>(db)));
}

bgp::Result<std::optional<Entry>, StoreError> Database::get(const std::string& key) {
  std::string row;
  const std::string name = data_row(key);
  const rocksdb::Status status = db_->Get(rocksdb::ReadOptions(), name, &row);
  if (status.IsNotFound()) return std::optional<Entry>();
  if (!status.ok()) return bgp::Err(error(status));
  auto entry = parse_data_row(name, row);
  if (!entry) return bgp::Err(corrupt(dir_.path(), "the row of " + key + " is too short"));
  return entry;
}

bgp::Status<StoreError> Database::each(const std::string& prefix, const std::function<void(Entry)>& visit) {
  rocksdb::ReadOptions read;
  read.fill_cache = false;
  const std::unique_ptr<rocksdb::Iterator> row(db_->NewIterator(read));
  const std::string start = data_row(prefix);
  for (row->Seek(start); row->Valid() && row->key().starts_with(start); row->Next()) {
    auto entry = parse_data_row(row->key(), row->value());
    if (!entry) return bgp::Err(corrupt(dir_.path(), "the row of " + row->key().ToString() + " is too short"));
    visit(std::move(*entry));
  }
  // A damaged file ends the loop like the end of the table does: only the status tells them apart.
  if (!row->status().ok()) return bgp::Err(error(row->status()));
  return bgp::Done{};
}

bgp::Result<std::optional<std::string>, StoreError> Database::own_row(const std::string& name) {
  std::string row;
  const rocksdb::Status status = db_->Get(rocksdb::ReadOptions(), own_row_name(name), &row);
  if (status.IsNotFound()) return std::optional<std::string>();
  if (!status.ok()) return bgp::Err(error(status));
  return std::optional<std::string>(row);
}

bgp::Status<StoreError> Database::write(const std::vector<store::Write>& writes, const StateRow& state) {
  rocksdb::WriteBatch batch;
  for (const store::Write& write : writes) {
    const rocksdb::Status added = write.value ? batch.Put(data_row(write.key), big_endian(state.revision) + *write.value)
                                              : batch.Delete(data_row(write.key));
    if (!added.ok()) return bgp::Err(error(added));
  }
  if (const rocksdb::Status added = batch.Put(own_row_name("state"), to_row(state)); !added.ok()) {
    return bgp::Err(error(added));
  }
  rocksdb::WriteOptions synced;
  synced.sync = true;
  const rocksdb::Status status = db_->Write(synced, &batch);
  if (!status.ok()) return bgp::Err(error(status));
  return bgp::Done{};
}

bgp::Status<StoreError> Database::write_own_row(const std::string& name, const std::string& value) {
  rocksdb::WriteOptions synced;
  synced.sync = true;
  const rocksdb::Status status = db_->Put(synced, own_row_name(name), value);
  if (!status.ok()) return bgp::Err(error(status));
  return bgp::Done{};
}

std::string to_row(const StateRow& state) { return big_endian(state.revision) + big_endian(state.entries); }

std::optional<StateRow> parse_state_row(const std::string& row) {
  if (row.size() != 16) return std::nullopt;
  rocksdb::Slice slice(row);
  StateRow state;
  state.revision = read_u64(slice);
  state.entries = read_u64(slice);
  return state;
}

}  // namespace config::rocks
