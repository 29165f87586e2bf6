// Which build this is; the same for both programs.
#pragma once

#include "ctl/protocol/frame.h"

namespace ctl::protocol {

// The version of CMakeLists.txt's project(); the date honours SOURCE_DATE_EPOCH, so that builds can be reproduced.
VersionInfo this_build();

}  // namespace ctl::protocol
