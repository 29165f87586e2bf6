// Text from a peer is hostile until it went through here.
#pragma once

#include <string>
#include <string_view>

namespace bgp {

// Printable text for a terminal or a log: valid UTF-8 stays; control characters (C0, DEL, C1), ESC, backslash and
// bytes that are no UTF-8 become \xNN. At most `max` bytes of input are shown, "..." marks a cut.
std::string printable(std::string_view untrusted, size_t max = 255);

// printable(), and in double quotes (inner quotes escaped) when it is empty or has a blank, '=' or '"'.
std::string quote_if_needed(std::string_view untrusted);

}  // namespace bgp
