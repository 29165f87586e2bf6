// Which CalicoNodeStatus of this node is to be reported when. Pure: time is an argument.
//
// The rules are upstream's: at once when it is new or its spec changed, then every updatePeriodSeconds; with 0 never
// again. What changes beside the spec (our own report, labels) moves no deadline.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "bgp/base/time.h"
#include "config/model/kinds/calico_node_status.h"
#include "config/store/store.h"

namespace bgp::daemon {

class NodeStatusSchedule {
 public:
  explicit NodeStatusSchedule(std::string node) : node_(std::move(node)) {}

  struct Wanted {
    config::model::CalicoNodeStatus spec;
    config::store::Entry stored;
    Instant due;
  };
  // A change of a CalicoNodeStatus in the store; those of other nodes are passed over.
  void take(const config::store::Change& change, Instant now);
  // When something is due; kNever: nothing is.
  Instant next() const;
  // The key of one that is due. It is due no more, until one of the calls below says how it went.
  std::optional<std::string> take_due(Instant now);
  // As it is wanted now; nullptr: it is gone.
  const Wanted* find(const std::string& key) const;

  // What is stored is what there is to report.
  void reported(const std::string& key, Instant now);
  // It could not be stored, or somebody else wrote it: again in limits::kNodeStatusRetry.
  void failed(const std::string& key, Instant now);

 private:
  std::string node_;
  std::map<std::string, Wanted> wanted_;
};

}  // namespace bgp::daemon
