// The store in a data directory, opened by this process while no agent runs.
#pragma once

#include <memory>
#include <string>

#include "bgp/base/result.h"
#include "config/store/store.h"
#include "ctl/cli/context.h"

namespace ctl::cli {

// To read: a snapshot, and an empty one where there is no store yet, so that looking makes nothing. To write: the store
// itself, made if need be, and nobody else's meanwhile; the error names the process that has it.
bgp::Result<std::shared_ptr<config::store::Store>, std::string> open_embedded(const std::string& data_dir,
                                                                              Access access);

}  // namespace ctl::cli
