// The directory around the database: whose it is, and who has it open.
#pragma once

#include <string>

#include "config/store/store.h"

namespace config::rocks {

class StoreDir {
 public:
  enum class State : uint8_t { Missing, Creating, Ready };

  explicit StoreDir(std::string path) : path_(std::move(path)) {}

  // Unknown when the directory holds something that is no store of ours.
  bgp::Result<State, store::StoreError> state() const;
  // Makes the directory, and says that a store is being made in it.
  bgp::Status<store::StoreError> begin() const;
  // The store is complete from here on.
  bgp::Status<store::StoreError> finish() const { return write_file("store.state", "ready\n"); }

  void write_pid() const;
  void remove_pid() const;
  int read_pid() const;  // 0: nobody said

  const std::string& path() const { return path_; }
  std::string db_path() const { return path_ + "/db"; }

 private:
  // Whole or not at all: written beside and renamed.
  bgp::Status<store::StoreError> write_file(const std::string& name, const std::string& text) const;
  std::string read_file(const std::string& name) const;

  std::string path_;
};

// `what` went wrong with `path`, from errno: NotPermitted, ReadOnly (no space) or Unknown.
store::StoreError system_error(const std::string& path, const std::string& what, int error_number);

}  // namespace config::rocks
