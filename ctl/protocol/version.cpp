#include "ctl/protocol/version.h"

// Packagers may name the commit: -DCMAKE_CXX_FLAGS=-DCALICO_GIT_COMMIT='"abc123"'.
#ifndef CALICO_GIT_COMMIT
#define CALICO_GIT_COMMIT "unknown"
#endif

namespace ctl::protocol {

VersionInfo this_build() { return {"v0.1.0", __DATE__, CALICO_GIT_COMMIT}; }

}  // namespace ctl::protocol
