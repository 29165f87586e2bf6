// The store on disk: RocksDB behind the Store seam. One process at a time writes; a commit is one synced batch, so an
// acknowledged commit survives kill -9 and power loss, and none is ever half there.
//
//   <dir>/store.state   "creating" or "ready": tells a store of ours from somebody's directory
//   <dir>/store.pid     of the process that writes, for the message to the second one
//   <dir>/db/           RocksDB: data rows "d<key>" = revision (u64, big-endian) + value, and two rows of our own:
//                       "mschema" = "1", "mstate" = revision and number of entries, written with every batch
//
// Who calls: bgp/daemon and ctl/cli (when no agent runs). Thread-safe; a commit blocks for one fsync.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "config/store/store.h"

namespace config::rocks {

enum class Mode : uint8_t {
  ReadWrite,  // makes the store where there is none yet; Busy when another process has it
  ReadOnly,   // a snapshot of this moment, beside a writer too; Unreachable when there is no store yet
};

// The whole store is read once and checked against its own revision and count before it is trusted.
// Errors: Busy (holder_pid), Corrupt (damaged, or files missing), NotPermitted, ReadOnly (no store yet and no room for
// one), Unreachable; Unknown for a directory that is not ours or a store of a newer version, of which nothing is touched.
// A store that is there on a disk that is full, broken or read-only can be read all the same: a node that restarts keeps
// its configuration. Then `weakness` says why nothing can be written; each commit tries again.
bgp::Result<std::unique_ptr<store::Store>, store::StoreError> open(
    const std::string& dir, Mode mode, std::optional<store::StoreError>* weakness = nullptr);

}  // namespace config::rocks
