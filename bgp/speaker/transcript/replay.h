// Runs a transcript through a new Speaker and compares every output with what was recorded.
#pragma once

#include "bgp/base/result.h"
#include "bgp/speaker/transcript/record.h"

namespace bgp::speaker::transcript {

// A call that came out differently.
struct Difference {
  size_t call = 0;  // counted from 1
  What what{};
  Duration after_start{};
  Bytes recorded;   // both as they are encoded
  Bytes replayed;
};
// One line: which call, when, and the octets around the first that differs.
std::string to_text(const Difference& difference);

struct Replayed {
  std::string program;     // that recorded it
  size_t calls = 0;
  size_t outputs = 0;      // calls with a result that was compared
  Duration duration{};
  bool is_cut = false;     // the file ends inside a record, or before a result: the recording process was killed there
  std::optional<Difference> difference;  // the first; nothing behind it was looked at
};

// An error when this is no transcript, or one of another version or layout: who wrote it can replay it.
Result<Replayed, std::string> replay(ByteView file);

}  // namespace bgp::speaker::transcript
