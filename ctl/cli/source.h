// The resources that a command line names: a file's, or KIND [NAME] with --scope and --node.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "config/model/resource.h"
#include "ctl/cli/context.h"
#include "ctl/cli/options.h"

namespace ctl::cli {

template <class T>
using OrReason = bgp::Result<T, std::string>;

// Reads `path` ("-": standard input) whole and checks all of it.
OrReason<std::vector<config::model::Resource>> read_resources(Context& context, const std::string& path);

// --api v1|v3, or CALICO_API.
OrReason<config::model::Api> wanted_api(const Context& context, const Arguments& arguments);

// The kind that KIND names: `Resource type 'x' is not supported`; also checks --scope.
OrReason<const config::model::Kind*> wanted_kind(const Arguments& arguments);
config::model::Identifiers identifiers(const Arguments& arguments, config::model::Api api);

// A resource as it is stored.
struct Stored {
  config::model::Resource resource;  // of one that cannot be read: its kind and name alone
  std::string key;
  std::string value;
  uint64_t revision = 0;
  std::string problem = {};  // why it cannot be read; empty: it can
};
// All of a kind, with what cannot be read, so that it can be shown, replaced and deleted.
OrReason<std::vector<Stored>> stored_resources(config::store::Store& store, const config::model::Kind& kind);
// The one under `key`, if there is one: what it costs does not depend on how many others there are.
OrReason<std::optional<Stored>> stored_resource(config::store::Store& store, const config::model::Kind& kind,
                                                const std::string& key);

}  // namespace ctl::cli
