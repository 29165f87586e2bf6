#include "config/model/document.h"

#include "bgp/base/escape.h"
#include "config/model/kinds.h"

namespace config::model {
namespace {

std::string text_of(const Value& map, std::string_view key) {
  const Value* value = map.find(key);
  return value != nullptr && value->is_scalar() ? value->text : "";
}

// "bgpPeer 192.0.2.1": how messages call a document that could not be read.
std::string label(const Value& document, const std::string& kind) {
  const Value* metadata = document.find("metadata");
  if (metadata == nullptr) return kind;
  for (const char* key : {"peerIP", "cidr", "name"}) {
    const std::string text = text_of(*metadata, key);
    if (!text.empty()) return kind + " " + bgp::printable(text, 128);
  }
  return kind;
}

class Reader {
 public:
  explicit Reader(std::string_view path) : path_(path) {}
  std::vector<Resource> resources;

  // A resource, a kind's List, or a list of either. `list_kind`: what an item is that does not say so itself.
  Outcome<bgp::Done> read(const Value& value, const Kind* list_kind, Api list_api) {
    if (value.is_null()) return bgp::Done{};
    if (value.is_list()) return read_items(value, nullptr, Api::V1);
    if (!value.is_map()) return error(value.line, "error parsing document: a resource is wanted here, not a value");
    const std::string version = text_of(value, "apiVersion");
    const std::string kind_name = text_of(value, "kind");
    if (list_kind != nullptr && kind_name.empty()) return read_one(value, *list_kind, list_api);

    const Api api = version == to_string(Api::V3) ? Api::V3 : Api::V1;
    const bool known_version = version == to_string(api);
    if (const Kind* kind = find_kind(kind_name, api); kind != nullptr && known_version) {
      return read_one(value, *kind, api);
    }
    if (const Kind* kind = kind_of_list(kind_name, api); kind != nullptr && known_version) {
      return read_list(value, *kind, api);
    }
    return error(value.line, "Unknown resource type (" + bgp::printable(kind_name) + ") and/or version (" +
                                 bgp::printable(version) + ")");
  }

 private:
  static const Kind* kind_of_list(std::string_view name, Api api) {
    return name.ends_with("List") ? find_kind(name.substr(0, name.size() - 4), api) : nullptr;
  }

  Outcome<bgp::Done> read_items(const Value& list, const Kind* kind, Api api) {
    for (const Value& item : list.items) {
      if (auto done = read(item, kind, api); !done) return done;
    }
    return bgp::Done{};
  }

  Outcome<bgp::Done> read_list(const Value& list, const Kind& kind, Api api) {
    for (const Member& member : list.members) {
      if (member.key == "apiVersion" || member.key == "kind" || member.key == "metadata") continue;
      if (member.key == "items" && (member.value.is_list() || member.value.is_null())) continue;
      return error(member.line, "field in document is not recognized or is in the wrong location: " +
                                    bgp::printable(member.key));
    }
    const Value* items = list.find("items");
    return items == nullptr ? Outcome<bgp::Done>(bgp::Done{}) : read_items(*items, &kind, api);
  }

  Outcome<bgp::Done> read_one(const Value& document, const Kind& kind, Api api) {
    auto parsed = kind.parse(document, api);
    if (!parsed) {
      const int line = parsed.error().line > 0 ? parsed.error().line : document.line;
      return error(line, label(document, kind.file_name(api)) + ": " + parsed.error().reason);
    }
    parsed->path = path_;
    resources.push_back(std::move(*parsed));
    return bgp::Done{};
  }

  Outcome<bgp::Done> error(int line, const std::string& reason) const {
    return bgp::Err(ConfigError{path_, line, inert(reason)});
  }

  // Every reason comes by here, and many quote the document; what is escaped already stays as it is.
  static std::string inert(std::string_view reason) {
    std::string out;
    for (size_t at = 0;;) {
      size_t backslash = reason.find('\\', at);
      out += bgp::printable(reason.substr(at, backslash - at), reason.size());
      if (backslash == std::string_view::npos) return out;
      out += '\\';
      at = backslash + 1;
    }
  }

  std::string path_;
};

}  // namespace

Outcome<std::vector<Resource>> parse_document(std::string_view text, std::string_view path) {
  auto documents = parse_yaml(text);
  if (!documents) {
    ConfigError error = documents.error();
    error.path = path;
    return bgp::Err(error);
  }
  Reader reader(path);
  for (const Value& document : *documents) {
    if (auto done = reader.read(document, nullptr, Api::V1); !done) return bgp::Err(done.error());
  }
  return std::move(reader.resources);
}

Value listing_document(const std::vector<Resource>& resources, const Kind& kind, Api api) {
  Value items = Value::list();
  for (const Resource& resource : resources) items.items.push_back(resource.kind->document(resource, api));
  if (api == Api::V1) return items;
  Value list = Value::map();
  list.set("kind", Value::string(kind.file_name(Api::V3) + "List"));
  list.set("apiVersion", Value::string(to_string(Api::V3)));
  list.set("metadata", Value::map());
  list.set("items", std::move(items));
  return list;
}

}  // namespace config::model
