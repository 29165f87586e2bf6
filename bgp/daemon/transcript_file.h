// `--record FILE`: where a transcript's bytes go.
#pragma once

#include <memory>
#include <string>

#include "bgp/base/log.h"
#include "bgp/base/result.h"
#include "bgp/speaker/transcript/recorder.h"

namespace bgp::daemon {

// Writes FILE anew, readable by its owner alone. Each record is handed to the kernel before the call that it describes, so
// that it survives the process, whatever ends it; on the routing thread, which a slow disk can hold up: recording is
// for finding out, not for every day. The error says what to do.
Result<std::unique_ptr<speaker::transcript::Recorder>, std::string> open_recorder(
    const std::string& path, const speaker::transcript::Start& start, std::function<void(const LogRecord&)> log);

}  // namespace bgp::daemon
