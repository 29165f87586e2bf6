// create, apply, replace and delete: a list of resources against the store, in one commit, and what is said about it.
//
// The resources are taken in order against what is stored under their keys; everything up to the first that fails is
// written in one commit that expects what was read. When somebody else was quicker, all of it is read and tried again.
// Cost: a round trip for each of a few resources, however many others are stored. A kind is listed only for many of
// them, and for a v1 resource with nothing under its key: the same thing may have another v3 name.
#pragma once

#include <string>
#include <vector>

#include "config/model/resource.h"
#include "ctl/cli/context.h"

namespace ctl::cli {

enum class Verb : uint8_t { Create, Apply, Replace, Delete };

struct WriteOptions {
  Verb verb = Verb::Create;
  bool skip = false;  // --skip-exists, --skip-not-exists: not an error, and counted as done
};

struct WriteResult {
  size_t done = 0;    // so many of the first ones
  std::string error;  // of the next one; empty: all are done
};

// Requires at least one resource.
WriteResult write_resources(config::store::Store& store, const std::vector<config::model::Resource>& resources,
                            const WriteOptions& options);

// Says what became of it; returns the exit status.
int report(Context& context, const std::vector<config::model::Resource>& resources, Verb verb,
           const WriteResult& result);

// -f FILE for create, apply and replace.
int write_file(Context& context, const Whereabouts& where, const std::string& path, const WriteOptions& options);
// The rest of the way, whatever the resources came from.
int write_and_report(Context& context, const Whereabouts& where, const std::vector<config::model::Resource>& resources,
                     const WriteOptions& options);

}  // namespace ctl::cli
