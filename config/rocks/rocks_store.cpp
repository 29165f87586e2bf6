#include "config/rocks/rocks_store.h"

#include <algorithm>
#include <map>
#include <mutex>
#include <utility>

#include "config/rocks/database.h"
#include "config/rocks/store_dir.h"
#include "config/store/watch_hub.h"

namespace config::rocks {
namespace {

using store::Entry;
using store::Listing;
using store::StoreError;
using store::Watch;
using store::WatchCallback;
using store::Write;

constexpr int kSchema = 1;

StoreError of_kind(StoreError::Kind kind, std::string reason) {
  StoreError error;
  error.kind = kind;
  error.reason = std::move(reason);
  return error;
}

bgp::Status<StoreError> check_schema(Database& db, const std::string& path) {
  const auto row = db.own_row("schema");
  if (!row) return bgp::Err(row.error());
  const std::string found = row->value_or("");
  if (found == std::to_string(kSchema)) return bgp::Done{};
  return bgp::Err(of_kind(StoreError::Kind::Unknown,
                          path + ": the store has schema version '" + found + "', this program knows version " +
                              std::to_string(kSchema) + "; run the version that wrote it, or a newer one"));
}

// Reads everything once: a damaged file shows here and not as a configuration without peers.
bgp::Result<StateRow, StoreError> check_contents(Database& db, const std::string& path) {
  const auto row = db.own_row("state");
  if (!row) return bgp::Err(row.error());
  const StateRow state = parse_state_row(row->value_or("")).value_or(StateRow{});  // none: agrees with nothing below
  StateRow counted;
  auto read = db.each("", [&](const Entry& entry) {
    ++counted.entries;
    counted.revision = std::max(counted.revision, entry.revision);
  });
  if (!read) return bgp::Err(read.error());
  if (row->has_value() && state.entries == counted.entries && state.revision >= counted.revision) return state;
  return bgp::Err(of_kind(StoreError::Kind::Corrupt,
                          path + ": the store is damaged: it has " + std::to_string(counted.entries) +
                              " entries and its own count does not agree; restore a copy of the directory"));
}

// Also finishes what a crash, or a second process that lost the race, left half made; rows that are there stay.
bgp::Status<StoreError> create(const StoreDir& dir, StoreDir::State state) {
  if (state == StoreDir::State::Missing) {
    if (auto begun = dir.begin(); !begun) return begun;
  }
  auto db = Database::open(dir, true, true);
  if (!db) return bgp::Err(db.error());
  const auto made = (*db)->own_row("state");
  if (!made) return bgp::Err(made.error());
  if (*made) return dir.finish();
  if (auto done = (*db)->write_own_row("schema", std::to_string(kSchema)); !done) return done;
  if (auto done = (*db)->write({}, StateRow{}); !done) return done;
  return dir.finish();
}

struct Opened {
  std::unique_ptr<Database> db;
  StateRow state;
};

// Opening for writing already rewrites files: another version's store must be known, and left, before that. What cannot
// be read at all is left to the opening itself, which says why.
bgp::Status<StoreError> check_before_writing(const StoreDir& dir) {
  auto db = Database::open(dir, false, false);
  if (!db) return bgp::Done{};
  return check_schema(**db, dir.path());
}

bgp::Result<Opened, StoreError> open_checked(const StoreDir& dir, bool writable) {
  if (writable) {
    if (auto done = check_before_writing(dir); !done) return bgp::Err(done.error());
  }
  auto db = Database::open(dir, writable, false);
  if (!db) return bgp::Err(db.error());
  if (auto done = check_schema(**db, dir.path()); !done) return bgp::Err(done.error());
  auto state = check_contents(**db, dir.path());
  if (!state) return bgp::Err(state.error());
  return Opened{std::move(*db), *state};
}

class RocksStore : public store::Store {
 public:
  // `failure`: why it was opened for reading although the mode says more; the next commit tries again.
  RocksStore(StoreDir dir, Opened opened, Mode mode, std::optional<StoreError> failure)
      : dir_(std::move(dir)),
        db_(std::move(opened.db)),
        state_(opened.state),
        mode_(mode),
        failure_(std::move(failure)),
        hub_(std::make_shared<store::WatchHub>(opened.state.revision)) {
    if (mode_ == Mode::ReadWrite && !failure_) dir_.write_pid();
  }

  ~RocksStore() override {
    // While the lock is still ours: afterwards the file may be our successor's.
    if (mode_ == Mode::ReadWrite && !failure_) dir_.remove_pid();
  }

  bgp::Result<std::optional<Entry>, StoreError> get(const std::string& key) override {
    const std::lock_guard lock(hub_->mutex());
    if (db_ == nullptr) return bgp::Err(*failure_);
    return db_->get(key);
  }

  bgp::Result<Listing, StoreError> list(const std::string& prefix) override {
    const std::lock_guard lock(hub_->mutex());
    if (db_ == nullptr) return bgp::Err(*failure_);
    Listing listing;
    listing.revision = state_.revision;
    auto read = db_->each(prefix, [&](Entry entry) { listing.entries.push_back(std::move(entry)); });
    if (!read) return bgp::Err(read.error());
    return listing;
  }

  bgp::Result<uint64_t, StoreError> commit(const std::vector<Write>& writes) override {
    const std::lock_guard lock(hub_->mutex());
    if (mode_ == Mode::ReadOnly) {
      return bgp::Err(of_kind(StoreError::Kind::ReadOnly, dir_.path() + ": the store was opened for reading only"));
    }
    if (failure_ && !reopen()) return bgp::Err(*failure_);
    auto next = state_after(writes);
    if (!next) return bgp::Err(next.error());
    if (writes.empty()) return state_.revision;
    if (auto done = db_->write(writes, *next); !done) {
      failure_ = done.error();
      unsure_ = writes;
      return bgp::Err(done.error());
    }
    state_ = *next;
    hub_->publish(writes, state_.revision);
    return state_.revision;
  }

  bgp::Result<std::unique_ptr<Watch>, StoreError> watch(const std::string& prefix, uint64_t after,
                                                        WatchCallback callback) override {
    const std::lock_guard lock(hub_->mutex());
    return hub_->add(prefix, after, std::move(callback));
  }

 private:
  // The expectations checked, and what the state row will say.
  bgp::Result<StateRow, StoreError> state_after(const std::vector<Write>& writes) {
    std::map<std::string, bool> present;
    StateRow next{state_.revision + 1, state_.entries};
    for (const Write& write : writes) {
      auto stored = db_->get(write.key);
      if (!stored) return bgp::Err(stored.error());
      if (auto conflict = store::conflict_of(write, *stored ? &**stored : nullptr)) return bgp::Err(*conflict);
      const bool before = present.try_emplace(write.key, stored->has_value()).first->second;
      const bool after = write.value.has_value();
      next.entries += (after ? 1U : 0U);
      next.entries -= (before ? 1U : 0U);
      present[write.key] = after;
    }
    return next;
  }

  // After a failed write RocksDB refuses every further one until it is opened anew, even when there is room again.
  bool reopen() {
    const StoreError failure = *failure_;
    db_.reset();
    auto opened = open_checked(dir_, true);
    if (!opened) {
      failure_ = opened.error();
      // Readable, if nothing more: what is configured stays in force.
      if (auto readable = open_checked(dir_, false)) db_ = std::move(readable->db);
      return false;
    }
    db_ = std::move(opened->db);
    dir_.write_pid();
    failure_.reset();
    // The failed commit may have reached the disk after all; then its watchers must hear of it.
    const bool happened = opened->state.revision > state_.revision;
    state_ = opened->state;
    if (happened) hub_->publish(unsure_, state_.revision);
    return true;
  }

  StoreDir dir_;
  std::unique_ptr<Database> db_;
  StateRow state_;
  Mode mode_;
  std::optional<StoreError> failure_;  // of the last write: no commit before a re-open
  std::vector<Write> unsure_;          // what that write wanted
  std::shared_ptr<store::WatchHub> hub_;  // its lock guards the rest
};

}  // namespace

bgp::Result<std::unique_ptr<store::Store>, StoreError> open(const std::string& path, Mode mode,
                                                           std::optional<StoreError>* weakness) {
  const StoreDir dir(path);
  const auto state = dir.state();
  if (!state) return bgp::Err(state.error());
  if (*state != StoreDir::State::Ready) {
    if (mode == Mode::ReadOnly) {
      return bgp::Err(of_kind(StoreError::Kind::Unreachable, path + ": there is no store yet"));
    }
    if (auto created = create(dir, *state); !created) return bgp::Err(created.error());
  }
  auto opened = open_checked(dir, mode == Mode::ReadWrite);
  std::optional<StoreError> failure;
  if (!opened && mode == Mode::ReadWrite && opened.error().kind == StoreError::Kind::ReadOnly) {
    failure = opened.error();
    opened = open_checked(dir, false);
  }
  if (!opened) return bgp::Err(opened.error());
  if (failure && weakness != nullptr) *weakness = *failure;
  return std::unique_ptr<store::Store>(std::make_unique<RocksStore>(dir, std::move(*opened), mode, std::move(failure)));
}

}  // namespace config::rocks
