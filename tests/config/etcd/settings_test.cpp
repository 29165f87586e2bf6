#include "config/etcd/settings.h"

#include <doctest/doctest.h>

#include <map>

#include "config/etcd/backoff.h"

using namespace config::etcd;
using namespace std::chrono_literals;

namespace {

bgp::Result<Settings, std::string> settings_from(const std::map<std::string, std::string>& values) {
  return read_settings([&](const std::string& name) -> std::optional<std::string> {
    auto found = values.find(name);
    return found == values.end() ? std::nullopt : std::optional<std::string>(found->second);
  });
}

std::string endpoints_from(const std::map<std::string, std::string>& values) {
  auto settings = settings_from(values);
  if (!settings) return settings.error();
  std::string out;
  for (const Endpoint& endpoint : settings->endpoints) out += endpoint.to_string() + " ";
  return out;
}

}  // namespace

TEST_CASE("endpoints: a list, else scheme and authority, else this machine's") {
  CHECK(endpoints_from({}) == "http://127.0.0.1:2379 ");
  CHECK(endpoints_from({{"ETCD_SCHEME", "https"}, {"ETCD_AUTHORITY", "e:1"}}) == "https://e:1 ");
  CHECK(endpoints_from({{"ETCD_ENDPOINTS", "https://a, http://[::1]:5/ ,http://10.0.0.1:2379"}, {"ETCD_AUTHORITY", "x:1"}}) ==
        "https://a:2379 http://[::1]:5 http://10.0.0.1:2379 ");
}

TEST_CASE("an endpoint that is none is named, with what it should look like") {
  for (const char* bad : {"a:2379", "ftp://a:1", "https://", "https://:1", "https://a:0", "https://a:65536", "https://a:x",
                          "https://[::1", "https://[::1]x", "https://a:1/v3", "https://u@a:1", "https://a,", "https://a:"}) {
    const std::string text = endpoints_from({{"ETCD_ENDPOINTS", bad}});
    CHECK_MESSAGE(text.find("write it like https://10.0.0.1:2379") != std::string::npos, text);
  }
}

TEST_CASE("halves of a pair are refused") {
  CHECK(settings_from({{"ETCD_CERT_FILE", "c"}}).error() == "ETCD_CERT_FILE and ETCD_KEY_FILE belong together; give both or neither");
  CHECK(settings_from({{"ETCD_USERNAME", "u"}}).error() == "ETCD_USERNAME and ETCD_PASSWORD belong together; give both or neither");
}

TEST_CASE("pauses double up to four seconds, to half a minute after a refusal, and begin anew after success") {
  Backoff backoff(7);
  auto is_about = [](bgp::Duration pause, bgp::Duration most) { return pause <= most && pause >= most * 3 / 4; };
  for (bgp::Duration most : {500ms, 1000ms, 2000ms, 4000ms, 4000ms}) CHECK(is_about(backoff.next(), most));
  CHECK(is_about(backoff.next(true), 16s));
  CHECK(is_about(backoff.next(true), 30s));
  CHECK(is_about(backoff.next(true), 30s));
  CHECK(is_about(backoff.next(), 4s));
  backoff.reset();
  CHECK(is_about(backoff.next(), 500ms));
}
