// The replies to `show status`, `show protocols`, `show symbols` and `show route ... count`, word for word BIRD 1.6's.
// Each is one or more lines without the last newline.
#pragma once

#include <string>

#include "ctl/bird/command.h"
#include "ctl/bird/view.h"

namespace ctl::bird {

// "0001 BIRD v0.1.0 ready."
std::string greeting(const std::string& version);
std::string show(const Message& message);
std::string show(const ShowStatus& command, const View& view);
std::string show(const ShowProtocols& command, const View& view);
std::string show(const ShowSymbols& command, const View& view);
// Requires command.count, and a protocol that there is.
std::string show_count(const ShowRoute& command, const View& view);

// "2016-12-05 18:31:47".
std::string date_and_time(LocalTime at);
// "18:31:47", or the date when that is 20 h ago or more.
std::string short_time(LocalTime at, LocalTime now);

}  // namespace ctl::bird
