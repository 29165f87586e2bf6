// A community as it is written: `aa:nn` (RFC 1997, two numbers of 16 bits) or `aa:nn:mm` (RFC 8092, three of 32 bits).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "bgp/base/result.h"

namespace config::model {

struct Community {
  std::vector<uint32_t> parts;  // two or three
  bool is_large() const { return parts.size() == 3; }
  bool operator==(const Community&) const = default;
};

// The error is upstream's reason.
bgp::Result<Community, std::string> parse_community(std::string_view text);

}  // namespace config::model
