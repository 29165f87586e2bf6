#include "config/model/settings.h"

#include <array>

#include "bgp/base/escape.h"
#include "config/model/kinds/bgp_configuration.h"
#include "config/model/kinds/felix_configuration.h"
#include "config/model/kinds/fields.h"

namespace config::model {
namespace {

// One name of `calicoctl config`: the field of a v3 resource behind it, and the two translations.
struct Setting {
  std::string_view name;       // as messages spell it
  std::string_view kind;       // of the v3 resource
  std::string_view key_start;  // the store key without the resource's name
  std::string_view field;
  std::string_view initial;    // in v1 words
  bool per_node = false;
  Outcome<Value> (*to_stored)(const std::string& v1);
  std::string (*to_v1)(const Value& stored);
};

constexpr std::string_view kBgp = "/calico/resources/v3/projectcalico.org/bgpconfigurations/";
constexpr std::string_view kFelix = "/calico/resources/v3/projectcalico.org/felixconfigurations/";

ConfigError refused(std::string reason) { return {"", 0, std::move(reason)}; }

Outcome<Value> as_number_to_stored(const std::string& v1) {
  const auto number = parse_as_number(v1);
  if (!number) return bgp::Err(refused("the supplied AS number is not valid"));
  return Value::number(number->value);
}

std::string as_number_to_v1(const Value& stored) {
  const auto number = parse_as_number(stored.text);
  return number ? number->to_string() : bgp::printable(stored.text);
}

Outcome<Value> switch_to_stored(const std::string& v1) {
  if (v1 != "on" && v1 != "off") return bgp::Err(refused("invalid value '" + bgp::printable(v1) + "'"));
  return Value::boolean(v1 == "on");
}

std::string switch_to_v1(const Value& stored) { return stored.is_true() ? "on" : "off"; }

struct LogWord {
  std::string_view v1;
  std::string_view v3;
};
// "none" has no v3 word; ours is kept so that v1 reads back what it wrote.
constexpr std::array<LogWord, 6> kLogWords = {{{"none", "None"},
                                               {"debug", "Debug"},
                                               {"info", "Info"},
                                               {"warning", "Warning"},
                                               {"error", "Error"},
                                               {"critical", "Fatal"}}};

Outcome<Value> log_level_to_stored(const std::string& v1) {
  for (const LogWord& word : kLogWords) {
    if (word.v1 == v1) return Value::string(word.v3);
  }
  return bgp::Err(refused("error with field loglevel = '" + bgp::printable(v1) + "'"));
}

std::string log_level_to_v1(const Value& stored) {
  std::string text = stored.text;
  for (char& c : text) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  if (text == "fatal") return "critical";
  return text == "trace" ? "debug" : bgp::printable(text);
}

constexpr std::array<Setting, 4> kSettings = {{
    {"asNumber", "BGPConfiguration", kBgp, "asNumber", "64512", false, as_number_to_stored, as_number_to_v1},
    {"nodeToNodeMesh", "BGPConfiguration", kBgp, "nodeToNodeMeshEnabled", "on", false, switch_to_stored, switch_to_v1},
    {"ipip", "FelixConfiguration", kFelix, "ipipEnabled", "off", false, switch_to_stored, switch_to_v1},
    {"logLevel", "BGPConfiguration", kBgp, "logSeverityScreen", "info", true, log_level_to_stored, log_level_to_v1},
}};

bool same_word(std::string_view a, std::string_view b) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
  if (a.size() != b.size()) return false;
  for (size_t i = 0; i < a.size(); ++i) {
    if (lower(a[i]) != lower(b[i])) return false;
  }
  return true;
}

Outcome<const Setting*> find_setting(std::string_view name, std::string_view node) {
  for (const Setting& setting : kSettings) {
    if (!same_word(setting.name, name)) continue;
    if (!node.empty() && !setting.per_node) return bgp::Err(refused("--node should not be specified"));
    if (!node.empty() && !is_v1_name(node)) {
      return bgp::Err(refused("error with field node = '" + bgp::printable(node) + "'"));
    }
    return &setting;
  }
  return bgp::Err(refused("unrecognised config name '" + bgp::printable(name) + "'"));
}

std::string resource_name(std::string_view node) { return node.empty() ? "default" : "node." + std::string(node); }

std::string key_of(const Setting& setting, std::string_view node) {
  return std::string(setting.key_start) + resource_name(node);
}

// The stored resource, or an empty one of the right shape. What cannot be read is an error: writing over it would
// lose the other settings in it.
Outcome<Value> load(const Setting& setting, std::string_view node, const Lookup& lookup) {
  const std::string key = key_of(setting, node);
  if (const auto stored = lookup(key)) {
    auto document = parse_json(*stored);
    if (document && document->is_map()) return document;
    return bgp::Err(ConfigError{key, 0, "stored value cannot be read: " +
                                            (document ? "it is no resource" : document.error().reason)});
  }
  Value document = Value::map();
  document.set("kind", Value::string(setting.kind));
  document.set("apiVersion", Value::string("projectcalico.org/v3"));
  document.set("metadata", Value::map().set("name", Value::string(resource_name(node))));
  document.set("spec", Value::map());
  return document;
}

Outcome<std::optional<Value>> stored_field(const Setting& setting, std::string_view node, const Lookup& lookup) {
  auto document = load(setting, node, lookup);
  if (!document) return bgp::Err(document.error());
  const Value* spec = document->find("spec");
  const Value* field = spec == nullptr ? nullptr : spec->find(setting.field);
  if (field == nullptr || field->is_null()) return std::optional<Value>();
  return std::optional<Value>(*field);
}

Value& spec_in(Value& document) {
  if (Value* spec = document.find("spec"); spec == nullptr || !spec->is_map()) document.set("spec", Value::map());
  return *document.find("spec");
}

}  // namespace

Outcome<std::string> get_setting(std::string_view name, std::string_view node, const Lookup& lookup) {
  const auto setting = find_setting(name, node);
  if (!setting) return bgp::Err(setting.error());
  const Setting& s = **setting;
  if (!node.empty()) {
    const auto own = stored_field(s, node, lookup);
    if (!own) return bgp::Err(own.error());
    if (*own) return s.to_v1(**own);
  }
  const auto global = stored_field(s, "", lookup);
  if (!global) return bgp::Err(global.error());
  const std::string value = *global ? s.to_v1(**global) : std::string(s.initial);
  return node.empty() ? value : value + " (inherited from global)";
}

Outcome<SettingWrite> set_setting(std::string_view name, std::string_view node, std::string_view value,
                                  const Lookup& lookup) {
  const auto setting = find_setting(name, node);
  if (!setting) return bgp::Err(setting.error());
  auto stored = (*setting)->to_stored(std::string(value));
  if (!stored) return bgp::Err(stored.error());
  auto document = load(**setting, node, lookup);
  if (!document) return bgp::Err(document.error());
  spec_in(*document).set((*setting)->field, std::move(*stored));
  return SettingWrite{key_of(**setting, node), to_compact_json(*document)};
}

Outcome<SettingWrite> unset_setting(std::string_view name, std::string_view node, const Lookup& lookup) {
  const auto setting = find_setting(name, node);
  if (!setting) return bgp::Err(setting.error());
  if (node.empty()) return set_setting(name, node, (*setting)->initial, lookup);
  auto document = load(**setting, node, lookup);
  if (!document) return bgp::Err(document.error());
  Value& spec = spec_in(*document);
  spec.erase((*setting)->field);
  // A node's resource that says nothing any more goes.
  if (spec.members.empty()) return SettingWrite{key_of(**setting, node), std::nullopt};
  return SettingWrite{key_of(**setting, node), to_compact_json(*document)};
}

Outcome<std::string> raw_key(std::string_view component, std::string_view name, std::string_view node) {
  const std::string n(name);
  const std::string host(node);
  if (name.empty() || (!node.empty() && !is_v1_name(node))) {
    return bgp::Err(refused("unrecognised config name '" + bgp::printable(name) + "'"));
  }
  if (component == "bgp") return "/calico/bgp/v1/" + (node.empty() ? "global/" + n : "host/" + host + "/" + n);
  if (component == "felix") return "/calico/v1/" + (node.empty() ? "config/" + n : "host/" + host + "/config/" + n);
  return bgp::Err(refused("unrecognised config component '" + bgp::printable(component) + "'"));
}

}  // namespace config::model
