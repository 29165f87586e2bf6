#include "ctl/cli/store_choice.h"

#include <fstream>
#include <iterator>
#include <map>
#include <utility>

#include "bgp/base/escape.h"
#include "bgp/base/limits.h"
#include "config/etcd/etcd_store.h"
#include "config/etcd/v2_store.h"
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

bgp::Err<std::string> invalid(const std::string& what) { return bgp::Err("invalid config file: " + what); }

// The fields of a file that name the datastore, by the variable that says the same.
constexpr std::pair<const char*, const char*> kFields[] = {
    {"datastoreType", "DATASTORE_TYPE"},       {"etcdScheme", "ETCD_SCHEME"},      {"etcdAuthority", "ETCD_AUTHORITY"},
    {"etcdEndpoints", "ETCD_ENDPOINTS"},       {"etcdUsername", "ETCD_USERNAME"},  {"etcdPassword", "ETCD_PASSWORD"},
    {"etcdCACertFile", "ETCD_CA_CERT_FILE"},   {"etcdCertFile", "ETCD_CERT_FILE"}, {"etcdKeyFile", "ETCD_KEY_FILE"},
};

// apiVersion v1, kind calicoApiConfig, or both as of v3; what its spec says of the datastore.
bgp::Result<Environment, std::string> read_file(const std::string& text) {
  auto documents = config::model::parse_yaml(text);
  if (!documents) return invalid(documents.error().to_string());
  if (documents->size() != 1 || !documents->front().is_map()) return invalid("it is no single YAML or JSON object");
  const config::model::Value& document = documents->front();
  auto text_at = [&](const char* key) {
    const config::model::Value* value = document.find(key);
    return value != nullptr ? bgp::printable(value->text) : "";
  };
  const bool is_v3 = text_at("apiVersion") == "projectcalico.org/v3";
  if (!is_v3 && text_at("apiVersion") != "v1") return invalid("unknown APIVersion '" + text_at("apiVersion") + "'");
  const std::string kind = is_v3 ? "CalicoAPIConfig" : "calicoApiConfig";
  if (text_at("kind") != kind) return invalid("expected kind '" + kind + "', got '" + text_at("kind") + "'");
  std::map<std::string, std::string> values;
  const config::model::Value* spec = document.find("spec");
  for (const auto& [field, variable] : kFields) {
    const config::model::Value* value = spec != nullptr ? spec->find(field) : nullptr;
    if (value != nullptr) values[variable] = value->text;
  }
  return Environment([values](const std::string& name) {
    auto found = values.find(name);
    return found == values.end() ? std::nullopt : std::optional<std::string>(found->second);
  });
}

// Where the datastore's names are looked up: in the file if there is one, and then there alone; else in the environment.
bgp::Result<Environment, std::string> datastore_names(const Whereabouts& where, const Environment& environment) {
  const std::string path = where.config_file.empty() ? kDefaultConfigFile : where.config_file;
  std::ifstream file(path, std::ios::binary);
  if (!file) return environment;
  return read_file(std::string(std::istreambuf_iterator<char>(file), {}));
}

std::string type_in(const Environment& names) {
  const std::string type = names("DATASTORE_TYPE").value_or("");
  return type.empty() ? "embedded" : type;
}

Opened open_etcd(const Environment& names, bool is_v2) {
  auto settings = config::etcd::read_settings(names);
  if (!settings) return bgp::Err(settings.error());
  auto etcd = std::make_unique<config::etcd::EtcdStore>(std::move(*settings), bgp::limits::kEtcdAnswerWait);
  if (is_v2) return StorePtr(std::make_shared<config::etcd::V2Store>(std::move(etcd)));
  return StorePtr(std::move(etcd));
}

}  // namespace

std::string socket_path(const Whereabouts& where, const Environment& environment) {
  return first_of(where.socket, environment("CALICO_BGP_SOCKET"), kDefaultSocket);
}

bgp::Result<std::string, std::string> datastore_type(const Whereabouts& where, const Environment& environment) {
  auto names = datastore_names(where, environment);
  if (!names) return bgp::Err(names.error());
  return type_in(*names);
}

Opened open_store(const Whereabouts& where, Access access, const Environment& environment) {
  auto names = datastore_names(where, environment);
  if (!names) return bgp::Err(names.error());
  const std::string type = type_in(*names);
  if (type == "embedded") return agent_or_embedded(where, access, environment);
  if (type == "etcdv3" || type == "etcdv2") return open_etcd(*names, type == "etcdv2");
  if (type.starts_with("unix:")) return remote(type.substr(5));
  return bgp::Err("datastore type '" + bgp::printable(type) +
                  "' is not supported, must be one of: embedded, etcdv3, etcdv2, unix:PATH");
}

}  // namespace ctl::cli
