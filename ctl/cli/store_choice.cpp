#include "ctl/cli/store_choice.h"

#include <fstream>
#include <iterator>

#include "bgp/base/escape.h"
#include "config/model/value.h"
#include "ctl/cli/embedded_store.h"
#include "ctl/client/remote_store.h"
#include "ctl/client/unix_client.h"

namespace ctl::cli {
namespace {

constexpr const char* kDefaultSocket = "/var/run/calico/calico-bgp.ctl";
constexpr const char* kDefaultDataDir = "/var/lib/calico-bgp";
constexpr const char* kDefaultConfigFile = "/etc/calico/calicoctl.cfg";

using StorePtr = std::shared_ptr<config::store::Store>;
using Opened = bgp::Result<StorePtr, std::string>;

std::string first_of(const std::string& given, const std::optional<std::string>& variable, const char* otherwise) {
  if (!given.empty()) return given;
  return variable && !variable->empty() ? *variable : otherwise;
}

StorePtr remote(const std::string& path) { return std::make_shared<client::RemoteStore>(path); }

// The agent's store, or else the embedded one: see the header.
Opened agent_or_embedded(const Whereabouts& where, Access access, const Environment& environment) {
  const std::string data_dir = first_of(where.data_dir, environment("CALICO_BGP_DATA_DIR"), kDefaultDataDir);
  const bool is_socket_named = !where.socket.empty() || !environment("CALICO_BGP_SOCKET").value_or("").empty();
  const bool is_data_dir_named = !where.data_dir.empty() || !environment("CALICO_BGP_DATA_DIR").value_or("").empty();
  if (!where.data_dir.empty() && !is_socket_named) return open_embedded(data_dir, access);

  const std::string socket = socket_path(where, environment);
  auto agent = client::UnixClient::connect(socket);
  if (agent) return remote(socket);
  bool is_away = agent.error().code == protocol::ErrorCode::Unreachable;
  if (!is_away || (is_socket_named && !is_data_dir_named)) return bgp::Err(agent.error().message);
  return open_embedded(data_dir, access);
}

using TypeOrReason = bgp::Result<std::string, std::string>;

bgp::Err<std::string> invalid(const std::string& what) { return bgp::Err("invalid config file: " + what); }

// apiVersion v1, kind calicoApiConfig, spec.datastoreType; the rest of spec is for datastores that we do not have.
TypeOrReason type_in_file(const std::string& text) {
  auto documents = config::model::parse_yaml(text);
  if (!documents) return invalid(documents.error().to_string());
  if (documents->size() != 1 || !documents->front().is_map()) return invalid("it is no single YAML or JSON object");
  const config::model::Value& document = documents->front();
  auto text_at = [&](const char* key) {
    const config::model::Value* value = document.find(key);
    return value != nullptr ? bgp::printable(value->text) : "";
  };
  if (text_at("apiVersion") != "v1") return invalid("unknown APIVersion '" + text_at("apiVersion") + "'");
  if (text_at("kind") != "calicoApiConfig")
    return invalid("expected kind 'calicoApiConfig', got '" + text_at("kind") + "'");
  const config::model::Value* spec = document.find("spec");
  const config::model::Value* type = spec != nullptr ? spec->find("datastoreType") : nullptr;
  return type != nullptr ? type->text : std::string();
}

}  // namespace

std::string socket_path(const Whereabouts& where, const Environment& environment) {
  return first_of(where.socket, environment("CALICO_BGP_SOCKET"), kDefaultSocket);
}

TypeOrReason datastore_type(const Whereabouts& where, const Environment& environment) {
  const std::string path = where.config_file.empty() ? kDefaultConfigFile : where.config_file;
  std::ifstream file(path, std::ios::binary);
  TypeOrReason type = environment("DATASTORE_TYPE").value_or("");
  if (file) type = type_in_file(std::string(std::istreambuf_iterator<char>(file), {}));
  if (type.ok() && type->empty()) return std::string("embedded");
  return type;
}

Opened open_store(const Whereabouts& where, Access access, const Environment& environment) {
  auto type = datastore_type(where, environment);
  if (!type) return bgp::Err(type.error());
  if (*type == "embedded") return agent_or_embedded(where, access, environment);
  if (type->starts_with("unix:")) return remote(type->substr(5));
  return bgp::Err("datastore type '" + bgp::printable(*type) +
                  "' is not supported, must be one of: embedded, unix:PATH");
}

}  // namespace ctl::cli
