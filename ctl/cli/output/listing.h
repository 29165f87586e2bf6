// What `get -o` says: tables, YAML, JSON, chosen columns.
#pragma once

#include <string>
#include <vector>

#include "bgp/base/result.h"
#include "config/model/resource.h"

namespace ctl::cli::output {

struct Format {
  enum class Kind : uint8_t { Ps, Wide, Yaml, Json, Columns };
  Kind kind = Kind::Ps;
  std::vector<std::string> columns;  // upper case
};

// "ps", "wide", "yaml", "json", "custom-columns=NODE,ASN". Errors are the v1 tool's. Templates are Go's own language,
// which this program does not speak: it says so.
bgp::Result<Format, std::string> parse_format(const std::string& text);

// All of one kind that answer one question.
struct Group {
  const config::model::Kind* kind = nullptr;
  std::vector<config::model::Resource> resources;
};

// Tables: one a group. YAML and JSON: one flat list of all of them (in v3 clothes: one list object a group).
std::string show(const std::vector<Group>& groups, const Format& format, config::model::Api api,
                 const config::model::DisplayContext& context);

}  // namespace ctl::cli::output
