// One line of a client as a value. BIRD's commands are sentences of whole words; abbreviations are birdc's business.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "bgp/base/prefix.h"

namespace ctl::bird {

// The whole answer: "9001 syntax error", "0016 Access restricted".
struct Message {
  int code = 0;
  std::string text;
  bool operator==(const Message&) const = default;
};
struct ShowStatus {
  bool operator==(const ShowStatus&) const = default;
};
struct ShowProtocols {
  bool all = false;
  std::string name = {};  // empty: every one
  bool is_pattern = false;
  bool operator==(const ShowProtocols&) const = default;
};
struct ShowSymbols {
  std::string type = {};  // "protocol", "routing table", ...; empty: every one
  std::string name = {};
  bool operator==(const ShowSymbols&) const = default;
};
struct ShowRoute {
  std::optional<bgp::Prefix> net = {};
  bool is_for = false;  // the longest that contains `net`, instead of `net` itself
  bool all = false;
  bool primary = false;
  bool filtered = false;
  bool count = false;    // no rows
  bool stats = false;    // rows, and how many
  std::string protocol = {};  // empty: any
  bool operator==(const ShowRoute&) const = default;
};
using Command = std::variant<Message, ShowStatus, ShowProtocols, ShowSymbols, ShowRoute>;

// `family`: of the daemon that we stand for. Nothing changes anything: what would is denied.
Command parse_command(std::string_view line, bgp::Family family);

// BIRD's patterns: '*' any text, '?' any character, '\' takes the next one literally. Cost: O(pattern * text).
bool matches_pattern(std::string_view pattern, std::string_view text);

}  // namespace ctl::bird
