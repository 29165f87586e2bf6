#include "ctl/cli/source.h"

#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>

#include "bgp/base/escape.h"
#include "bgp/base/limits.h"
#include "config/model/document.h"
#include "config/model/kinds.h"

namespace ctl::cli {

using namespace config::model;

namespace {

bgp::Err<std::string> reason(std::string text) { return bgp::Err(std::move(text)); }

// In pieces, so that a small file costs no memory of the largest, and no further than the parser needs to see that it
// is too long.
OrReason<std::string> read_all(std::istream& in, const std::string& path) {
  std::string text;
  char piece[16 * 1024];
  errno = 0;
  do {
    in.read(piece, sizeof piece);
    text.append(piece, static_cast<size_t>(in.gcount()));
  } while (in && text.size() <= bgp::limits::kDocumentBytesMax);
  if (in.bad()) return reason("read " + bgp::printable(path) + ": " + std::strerror(errno));
  return text;
}

Resource name_alone(const Kind& kind, const std::string& key) {
  Resource resource;
  resource.kind = &kind;
  resource.api = Api::V3;
  resource.name = key.substr(kind.prefix().size());
  resource.metadata = Value::map();
  resource.spec = Value::map();
  return resource;
}

Stored decoded(const Kind& kind, config::store::Entry entry) {
  auto resource = kind.decode(entry.key, entry.value);
  std::string problem = resource ? "" : resource.error().reason;
  Resource known = resource ? std::move(*resource) : name_alone(kind, entry.key);
  return {std::move(known), std::move(entry.key), std::move(entry.value), entry.revision, std::move(problem)};
}

OrReason<std::string> read_file(Context& context, const std::string& path) {
  if (path == "-") return read_all(context.in, "standard input");
  errno = 0;
  std::ifstream file(path, std::ios::binary);
  if (!file) return reason("open " + bgp::printable(path) + ": " + std::strerror(errno));
  return read_all(file, path);
}

}  // namespace

OrReason<std::vector<Resource>> read_resources(Context& context, const std::string& path) {
  auto text = read_file(context, path);
  if (!text) return reason(text.error());
  auto resources = parse_document(*text, path);
  if (!resources) return reason(resources.error().to_string());
  return std::move(*resources);
}

OrReason<Api> wanted_api(const Context& context, const Arguments& arguments) {
  std::string text = arguments.has("api") ? arguments.text("api") : context.environment("CALICO_API").value_or("");
  if (text.empty() || text == "v1") return Api::V1;
  if (text == "v3" || text == "projectcalico.org/v3") return Api::V3;
  return reason("unknown API version '" + bgp::printable(text) + "', must be one of: v1, v3");
}

OrReason<const Kind*> wanted_kind(const Arguments& arguments) {
  const Kind* kind = find_kind(arguments.at(0));
  if (kind == nullptr) return reason("Resource type '" + bgp::printable(arguments.at(0)) + "' is not supported");
  std::string scope = arguments.text("scope");
  if (!scope.empty() && scope != "global" && scope != "node")
    return reason("Unrecognized scope '" + bgp::printable(scope) + "', must be one of: global, node");
  return kind;
}

Identifiers identifiers(const Arguments& arguments, Api api) {
  return {.name = arguments.at(1), .scope = arguments.text("scope"), .node = arguments.text("node"), .api = api};
}

OrReason<std::vector<Stored>> stored_resources(config::store::Store& store, const Kind& kind) {
  auto listing = store.list(kind.prefix());
  if (!listing) return reason(listing.error().reason);
  std::vector<Stored> all;
  for (config::store::Entry& entry : listing->entries)
    if (kind.is_own_key(entry.key)) all.push_back(decoded(kind, std::move(entry)));
  return all;
}

OrReason<std::optional<Stored>> stored_resource(config::store::Store& store, const Kind& kind, const std::string& key) {
  if (!kind.is_own_key(key)) return std::optional<Stored>();
  auto entry = store.get(key);
  if (!entry) return reason(entry.error().reason);
  if (!entry->has_value()) return std::optional<Stored>();
  return std::optional(decoded(kind, std::move(**entry)));
}

}  // namespace ctl::cli
