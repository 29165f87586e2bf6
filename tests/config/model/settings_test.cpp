#include "config/model/settings.h"

#include <doctest/doctest.h>

#include <map>

using namespace config::model;

namespace {

// A store of one map, and the commands of `calicoctl config` on it, answers and errors as one text.
struct Config {
  std::map<std::string, std::string> stored;

  Lookup lookup() {
    return [this](const std::string& key) -> std::optional<std::string> {
      auto found = stored.find(key);
      return found == stored.end() ? std::nullopt : std::optional(found->second);
    };
  }
  std::string get(const char* name, const char* node = "") {
    auto value = get_setting(name, node, lookup());
    return value ? *value : value.error().reason;
  }
  std::string set(const char* name, const char* value, const char* node = "") {
    return apply(set_setting(name, node, value, lookup()));
  }
  std::string unset(const char* name, const char* node = "") { return apply(unset_setting(name, node, lookup())); }

  std::string apply(const Outcome<SettingWrite>& write) {
    if (!write) return write.error().reason;
    if (write->value) {
      stored[write->key] = *write->value;
    } else {
      stored.erase(write->key);
    }
    return "";
  }
};

constexpr const char* kDefault = "/calico/resources/v3/projectcalico.org/bgpconfigurations/default";

}  // namespace

TEST_CASE("unset settings show the defaults of calicoctl v1") {
  Config config;
  CHECK(config.get("asNumber") == "64512");
  CHECK(config.get("NODETONODEMESH") == "on");
  CHECK(config.get("ipip") == "off");
  CHECK(config.get("loglevel") == "info");
}

TEST_CASE("settings live in one BGPConfiguration and leave each other alone") {
  Config config;
  CHECK(config.set("asNumber", "1.10") == "");
  CHECK(config.set("nodetonodemesh", "off") == "");
  CHECK(config.set("logLevel", "critical") == "");
  CHECK(config.stored[kDefault] ==
        R"({"kind":"BGPConfiguration","apiVersion":"projectcalico.org/v3","metadata":{"name":"default"},)"
        R"("spec":{"asNumber":65546,"nodeToNodeMeshEnabled":false,"logSeverityScreen":"Fatal"}})");
  CHECK(config.get("asnumber") == "65546");
  CHECK(config.get("nodeToNodeMesh") == "off");
  CHECK(config.get("logLevel") == "critical");
}

TEST_CASE("unset writes a global default back") {
  Config config;
  config.set("asNumber", "1");
  CHECK(config.unset("asNumber") == "");
  CHECK(config.get("asNumber") == "64512");
  CHECK(config.stored[kDefault].find("\"asNumber\":64512") != std::string::npos);
}

TEST_CASE("a node's log level wins, is inherited without one, and unset takes it away") {
  Config config;
  CHECK(config.get("logLevel", "n1") == "info (inherited from global)");
  CHECK(config.set("logLevel", "debug", "n1") == "");
  CHECK(config.get("logLevel", "n1") == "debug");
  CHECK(config.get("logLevel") == "info");
  CHECK(config.unset("logLevel", "n1") == "");
  CHECK(config.get("logLevel", "n1") == "info (inherited from global)");
  CHECK(config.stored.empty());
}

TEST_CASE("every log level of v1 reads back as written") {
  Config config;
  for (const char* level : {"none", "debug", "info", "warning", "error", "critical"}) {
    CHECK(config.set("logLevel", level) == "");
    CHECK(config.get("logLevel") == level);
  }
}

TEST_CASE("what is refused is refused in upstream's words and changes nothing") {
  Config config;
  CHECK(config.get("x") == "unrecognised config name 'x'");
  CHECK(config.set("asNumber", "65536.0") == "the supplied AS number is not valid");
  CHECK(config.set("nodeToNodeMesh", "ON") == "invalid value 'ON'");
  CHECK(config.set("logLevel", "loud") == "error with field loglevel = 'loud'");
  CHECK(config.get("asNumber", "n1") == "--node should not be specified");
  CHECK(config.stored.empty());
  config.stored[kDefault] = "{broken";
  CHECK(config.set("asNumber", "1").starts_with("stored value cannot be read"));
  CHECK(config.stored[kDefault] == "{broken");
}

TEST_CASE("raw settings are the keys of Calico v2") {
  CHECK(*raw_key("bgp", "x", "") == "/calico/bgp/v1/global/x");
  CHECK(*raw_key("bgp", "x", "n") == "/calico/bgp/v1/host/n/x");
  CHECK(*raw_key("felix", "x", "") == "/calico/v1/config/x");
  CHECK(*raw_key("felix", "x", "n") == "/calico/v1/host/n/config/x");
  CHECK_FALSE(raw_key("etcd", "x", "").ok());
}
