// Reading the fields of one map: typed, each taken once, with upstream's words for what is wrong.
//
// The first problem is kept and everything after it answers "absent", so that a kind reads a whole map and asks once. What
// is stored may be read tolerantly: then each problem costs its own field alone.
#pragma once

#include <initializer_list>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "bgp/base/ip_address.h"
#include "bgp/base/numbers.h"
#include "bgp/base/prefix.h"
#include "bgp/base/time.h"
#include "config/model/error.h"
#include "config/model/value.h"

namespace config::model {

class Fields {
 public:
  // `map` outlives this; it may be Null (no fields). `line`: of the map where it has none of its own.
  explicit Fields(const Value& map, int line = 0);

  // From here on a field that makes no sense is absent and noted, and spoils no other.
  void tolerate() { is_tolerant_ = true; }
  const std::vector<std::string>& faults() const { return faults_; }

  std::optional<std::string> text(std::string_view key);
  std::optional<bool> flag(std::string_view key);
  std::optional<bgp::IpAddress> ip(std::string_view key);
  std::optional<bgp::Prefix> cidr(std::string_view key);
  std::optional<bgp::Asn> asn(std::string_view key);
  std::optional<uint64_t> number(std::string_view key, uint64_t max);
  // Go's "1m30s".
  std::optional<bgp::Duration> duration(std::string_view key);
  // One of `words`, as written there.
  std::optional<std::string> word(std::string_view key, std::initializer_list<std::string_view> words);
  // The items of a list, empty where there is none.
  const std::vector<Value>& list(std::string_view key);
  // The items of a list of texts.
  std::vector<std::string> texts(std::string_view key);
  // The nested map, or a shared Null.
  const Value& map(std::string_view key);
  // Any value: known by name, not looked into; nullptr where there is none.
  const Value* any(std::string_view key);

  // "error with field <key> = '<value>' (<why>)", at the field's line.
  void invalid(std::string_view key, std::string_view value, std::string_view why);
  // "insufficient identifiers, missing '<key>'".
  void missing(std::string_view key);
  void fail(std::string reason, int line);
  void fail(const ConfigError& error) { fail(error.reason, error.line); }
  int line_of(std::string_view key) const;

  // What went wrong; with `strict` also fields that nobody asked for.
  Outcome<bgp::Done> finish(bool strict = true);
  // Names of the fields that nobody asked for.
  std::vector<std::string> left() const;

 private:
  const Value* take(std::string_view key);

  const Value& map_;
  int line_;
  std::set<std::string, std::less<>> taken_;
  std::optional<ConfigError> problem_;
  bool is_tolerant_ = false;
  std::vector<std::string> faults_;
};

// Go's net.ParseIP: an IPv4-mapped IPv6 address is IPv4.
std::optional<bgp::IpAddress> parse_ip(std::string_view text);
// "64512", "1.10"; error in upstream's words.
Outcome<bgp::Asn> parse_as_number(const std::string& text);
// ^[a-zA-Z0-9_.-]{1,128}$
bool is_v1_name(std::string_view text);
// A Kubernetes name: lower-case letters, digits, '-', '.', at most 253.
bool is_v3_name(std::string_view text);
// ^[a-zA-Z0-9_.*-]{1,15}$
bool is_interface_pattern(std::string_view text);
// Upstream's conversion of a v1 name.
std::string normalize_name(std::string_view v1_name);
// "192.168.0.0/16" -> "192-168-0-0-16".
std::string dashed_cidr(const bgp::Prefix& cidr);

}  // namespace config::model
