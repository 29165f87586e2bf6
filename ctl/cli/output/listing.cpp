#include "ctl/cli/output/listing.h"

#include <algorithm>
#include <cctype>
#include <sstream>

#include "bgp/base/escape.h"
#include "config/model/document.h"
#include "ctl/cli/output/tabwriter.h"

namespace ctl::cli::output {

using namespace config::model;

namespace {

std::vector<std::string> split_columns(const std::string& text) {
  std::vector<std::string> columns;
  std::istringstream in(text);
  for (std::string column; std::getline(in, column, ',');) {
    std::transform(column.begin(), column.end(), column.begin(),
                   [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
    columns.push_back(column);
  }
  return columns;
}

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : ", ") + word;
  return text;
}

std::string table(const Group& group, const std::vector<std::string>& columns, Api api, const DisplayContext& context) {
  std::vector<Row> rows;
  for (const Resource& resource : group.resources) {
    Row& row = rows.emplace_back();
    for (const std::string& column : columns) row.push_back(group.kind->cell(resource, column, api, context));
  }
  return tabulate(columns, rows);
}

std::string chosen_columns(const Group& group, const Format& format, Api api, const DisplayContext& context) {
  const std::vector<std::string> known = group.kind->all_columns(api);
  for (const std::string& column : format.columns)
    if (std::find(known.begin(), known.end(), column) == known.end())
      return "Unknown heading " + bgp::printable(column) + ", valid values are: " + joined(known) + "\n";
  return table(group, format.columns, api, context);
}

std::string documents(const std::vector<Group>& groups, Api api, std::string (*print)(const Value&),
                      const std::string& separator) {
  if (api == Api::V1) {
    std::vector<Resource> flat;
    for (const Group& group : groups) flat.insert(flat.end(), group.resources.begin(), group.resources.end());
    return print(listing_document(flat, *groups.front().kind, api));
  }
  std::string out;
  for (const Group& group : groups)
    out += (out.empty() ? "" : separator) + print(listing_document(group.resources, *group.kind, api));
  return out;
}

}  // namespace

bgp::Result<Format, std::string> parse_format(const std::string& text) {
  std::string name = text.substr(0, text.find('='));
  std::string value = name.size() < text.size() ? text.substr(name.size() + 1) : "";
  if (text == "ps") return Format{Format::Kind::Ps, {}};
  if (text == "wide") return Format{Format::Kind::Wide, {}};
  if (text == "yaml") return Format{Format::Kind::Yaml, {}};
  if (text == "json") return Format{Format::Kind::Json, {}};
  if (name == "custom-columns") {
    if (value.empty()) return bgp::Err<std::string>("need to specify at least one column");
    return Format{Format::Kind::Columns, split_columns(value)};
  }
  if (name == "go-template" && value.empty()) return bgp::Err<std::string>("need to specify a template");
  if (name == "go-template-file" && value.empty()) return bgp::Err<std::string>("need to specify a template file");
  if (name == "go-template" || name == "go-template-file")
    return bgp::Err<std::string>("output format '" + name +
                                 "' is not supported here: use custom-columns=..., or -o json with jq");
  return bgp::Err("unrecognized output format '" + bgp::printable(text) + "'");
}

std::string show(const std::vector<Group>& groups, const Format& format, Api api, const DisplayContext& context) {
  std::string out;
  switch (format.kind) {
    case Format::Kind::Yaml: return documents(groups, api, config::model::to_yaml, "---\n");
    case Format::Kind::Json: return documents(groups, api, config::model::to_json, "");
    case Format::Kind::Ps:
      for (const Group& group : groups) out += table(group, group.kind->ps_columns(api), api, context);
      return out;
    case Format::Kind::Wide:
      for (const Group& group : groups) out += table(group, group.kind->wide_columns(api), api, context);
      return out;
    case Format::Kind::Columns:
      for (const Group& group : groups) out += chosen_columns(group, format, api, context);
      return out;
  }
  return out;
}

}  // namespace ctl::cli::output
