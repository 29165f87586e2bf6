#include "ctl/protocol/version.h"

namespace ctl::protocol {

VersionInfo this_build() { return {CALICO_BGP_VERSION, __DATE__, CALICO_BGP_COMMIT}; }

}  // namespace ctl::protocol
