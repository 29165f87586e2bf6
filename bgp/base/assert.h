// BGP_ASSERT: a broken invariant of ours ends the process, in release builds too. Malformed input never reaches one.
#pragma once

namespace bgp {
[[noreturn]] void assertion_failed(const char* expression, const char* file, int line);
}

#define BGP_ASSERT(expression) \
  (static_cast<bool>(expression) ? static_cast<void>(0) : ::bgp::assertion_failed(#expression, __FILE__, __LINE__))
