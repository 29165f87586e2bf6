#include "vectors.h"

#include <doctest/doctest.h>

#include <fstream>
#include <sstream>

namespace vectors {

// Each kind once, good or bad; what disagrees and what cannot be read is so on purpose.
TEST_CASE("vectors of every kind are judged, and a disagreement says what was expected") {
  std::ifstream file(CALICO_SOURCE_DIR "/tests/vectors/sample.jsonl");
  Report report = judge(file);
  CHECK(report.agree == 16);
  CHECK(report.not_carried == 4);
  REQUIRE(report.disagreements.size() == 2);
  CHECK(report.disagreements[0] == "sample-5 (): expected error, ours ok");
  CHECK(report.disagreements[1] ==
        "sample-8 (another text): expected ok, ours ok, text 1 10; on purpose [wrong]");
  CHECK(report.unreadable.size() == 2);  // odd numbers of digits
  CHECK(text_of("sample", report).starts_with("sample: 16 agree, 2 disagree, 4 not carried\n  sample-5 (): "));
}

TEST_CASE("a line that is no JSON is said to be none, and the others are judged") {
  std::istringstream lines("{\n\n{\"kind\": \"message\", \"hex\": \"\", \"expect\": \"incomplete\"}\n");
  Report report = judge(lines);
  CHECK(report.agree == 1);
  CHECK(report.unreadable.size() == 1);
}

}  // namespace vectors
