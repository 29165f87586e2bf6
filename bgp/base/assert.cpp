#include "bgp/base/assert.h"

#include <cstdio>
#include <cstdlib>

namespace bgp {

void assertion_failed(const char* expression, const char* file, int line) {
  std::fprintf(stderr, "calico-bgp: a bug: %s:%d: %s does not hold; please report this line\n", file, line, expression);
  std::abort();
}

}  // namespace bgp
