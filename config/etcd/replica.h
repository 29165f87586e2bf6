// What we hold of etcd: the entries under some prefixes, and whose they are. Takes listings and batches of events, and
// says what really changed. Pure; config/etcd/mirror.h guards it.
//
// Invariants: a listing that says what we have already changes nothing; what find_refusal() refuses changes nothing; a
// value that cannot be read, or is too large, leaves the key's previous value in place and is named in skipped().
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "config/etcd/identity.h"
#include "config/etcd/messages.h"
#include "config/store/store.h"

namespace config::etcd {

// Everything that one listing found, at one revision.
struct Snapshot {
  Header header;
  std::vector<store::Entry> entries;
};

struct Skipped {
  std::string key;
  uint64_t revision = 0;
  std::string reason;
  bool operator==(const Skipped&) const = default;
};

class Replica {
 public:
  struct Verdict {
    std::optional<std::string> refusal;
    std::vector<store::Change> changes;  // of values, for watchers; by revision
    std::vector<store::Change> rows;     // these, and entries whose revision alone is new: for the disk
    std::vector<Skipped> skipped;        // since the last time
  };

  // An empty prefix: every key.
  explicit Replica(std::vector<std::string> prefixes) : prefixes_(std::move(prefixes)) {}

  // What an earlier life knew. Its entries were good then, and are not looked at again.
  void restore(const std::vector<store::Entry>& entries, Identity identity, uint64_t revision);
  Verdict take(const Snapshot& snapshot);
  Verdict take(const WatchAnswer& answer);

  // Is the key under one of the prefixes? Needs no lock: they never change.
  bool is_held(const std::string& key) const;
  const std::vector<std::string>& prefixes() const { return prefixes_; }
  const std::map<std::string, store::Entry>& entries() const { return entries_; }
  const std::map<std::string, Skipped>& skipped() const { return skipped_; }
  const Identity& identity() const { return identity_; }
  uint64_t revision() const { return revision_; }

 private:
  std::optional<std::string> refusal_of(const WatchAnswer& answer, Identity& seen) const;
  void put(const store::Entry& entry, Verdict& verdict);
  void erase(const std::string& key, uint64_t revision, Verdict& verdict);
  void skip(const store::Entry& entry, const std::string& reason, Verdict& verdict);

  std::vector<std::string> prefixes_;
  std::map<std::string, store::Entry> entries_;
  std::map<std::string, Skipped> skipped_;  // at most limits::kEtcdSkippedMax; more are skipped without a trace
  Identity identity_;
  uint64_t revision_ = 0;
};

// Why this entry cannot be used, nullopt if it can.
std::optional<std::string> find_fault(const store::Entry& entry);

}  // namespace config::etcd
