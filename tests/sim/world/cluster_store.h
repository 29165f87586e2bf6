// The configuration of all nodes in one store, as documents: what an operator says goes through the model, the store and
// resolve() to each node, as in the daemon. The store can fail at a write: before it is on the disk, or after that but
// before anybody is told.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "config/store/mem_store.h"
#include "plan.h"

namespace sim {

enum class StoreFault : uint8_t { None, BeforeDisk, AfterDisk };

class ClusterStore {
 public:
  explicit ClusterStore(const Plan& plan);

  // Called after each change that watchers hear of, and when the store is back after a crash.
  std::function<void()> changed;
  std::function<void(const std::string&)> broken;

  // ---- what an operator does; while the store is down it waits and is done later
  void put(const std::string& yaml);
  void erase(const std::string& yaml);
  void fail_next(StoreFault fault) { fault_ = fault; }
  bool is_up() const { return is_up_; }
  void restart();

  std::vector<config::store::Entry> entries();

 private:
  struct Request {
    std::string yaml;
    bool is_erase = false;
  };
  void commit(const Request& request);
  void carry_out(const Request& request);
  std::map<std::string, std::string> content();

  config::store::MemStore store_;
  std::map<std::string, std::string> acknowledged_;    // I6
  std::map<std::string, std::string> unacknowledged_;  // what a crash may have left instead
  StoreFault fault_ = StoreFault::None;
  bool is_up_ = true;
  std::vector<Request> waiting_;
};

// ---- documents
std::string node_name(int node);
std::string node_document(int node, std::optional<uint32_t> as_number);
std::string mesh_document(bool is_enabled);
std::string peer_document(int node, const std::string& address, uint32_t as_number);
std::string block_document(int node, const std::string& cidr);

}  // namespace sim
