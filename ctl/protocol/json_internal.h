// For the .cpp files of this room only: JSON in and out without exceptions and without hostile text.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "bgp/base/result.h"
#include "ctl/protocol/error.h"

namespace ctl::protocol {

using Json = nlohmann::ordered_json;  // fields stay in the order in which the interface lists them

// Control characters and broken UTF-8 become \xNN; what is already escaped stays as it is, so this may be applied
// twice.
std::string inert(std::string_view text);

// One line, or indented by two. Never throws: broken UTF-8 that escaped inert() becomes U+FFFD.
std::string dump(const Json& json, bool indent = false);

// These throw nlohmann::json::exception, for read_json() to catch.
std::string text_at(const Json& json, const char* field);
uint64_t number_at(const Json& json, const char* field);
uint32_t number32_at(const Json& json, const char* field);
int int_at(const Json& json, const char* field);
// Throws what read_json() turns into "<field> ...".
[[noreturn]] void refuse(const char* field, const std::string& reason);

// read(json) for the JSON in `text`; every exception on the way becomes an Error.
template <class Read>
auto read_json(std::string_view text, ErrorCode code, Read read) -> bgp::Result<decltype(read(Json())), Error> {
  try {
    return read(Json::parse(text));
  } catch (const std::exception& e) {
    return bgp::Err(Error{.code = code, .message = inert(e.what()), .key = {}});
  }
}

}  // namespace ctl::protocol
