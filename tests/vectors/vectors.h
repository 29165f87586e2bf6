// Other people's test vectors through our decoders. A file is JSON lines, one vector each:
//
//   {"id": "x-1", "kind": "message", "hex": "ff...", "expect": "treat-as-withdraw", "params": {"peer": "ebgp"}, "note": "..."}
//
// kind: message, raw (a stream), update_body, path_attributes, attr_value (with attr_type), attribute, nlri, capability,
// open_optparams, open_body, notification_body, route_refresh_body; any other is not carried by us.
// expect: ok, treat-as-withdraw, attribute-discard, a NOTIFICATION as 3/9, error (anything but ok), incomplete; no-crash and
// see-note agree with everything. text, hops, contains_as and not_contains_as say what an AS_PATH reads as.
// What params leave open (AS numbers, their width, ADD-PATH) may be what makes it agree: a capture does not say.
#pragma once

#include <iosfwd>
#include <string>
#include <vector>

namespace vectors {

struct Report {
  int agree = 0;
  int not_carried = 0;                      // of a kind, a family or a sort of session that we do not have; nothing broke
  std::vector<std::string> disagreements;   // "x-1 (name): expected ok, ours 3/9; the note [the caution]"
  std::vector<std::string> unreadable;      // lines that are no vectors
};

Report judge(std::istream& lines);
// "file: 3 agree, 1 disagree, 2 not carried" and the disagreements, a line each.
std::string text_of(const std::string& name, const Report& report);

}  // namespace vectors
