// Input that broke other speakers (tests/golden/cves.txt). tests/interop/test_malformed.py sends it to the running daemon.
#include <doctest/doctest.h>

#include "case_verdicts.h"

using namespace tests::support;

TEST_CASE("what broke other speakers does nothing to us that an RFC does not ask for") {
  std::vector<Case> cases = read_cases(CALICO_SOURCE_DIR "/tests/golden/cves.txt");
  CHECK(cases.size() >= 60);
  for (const Case& row : cases) {
    CAPTURE(row.name);
    if (row.external != "-") CHECK(verdict_of(row, context_of(row, false)) == row.external);
    if (row.internal != "-") CHECK(verdict_of(row, context_of(row, true)) == row.internal);
  }
}
