#include <doctest/doctest.h>

#include "ctl/cli/output/table.h"
#include "ctl/cli/output/tabwriter.h"

using namespace ctl::cli::output;

TEST_CASE("get's columns are as wide as their widest cell and three, five at least, the last one too") {
  CHECK(tabulate({"A", "LONGER"}, {{"", "x"}, {"abcdef", ""}}) ==
        "A        LONGER   \n"
        "         x        \n"
        "abcdef            \n"
        "\n");
  CHECK(tabulate({"A"}, {}) == "A    \n\n");
  CHECK_MESSAGE(tabulate({"N"}, {{"äöü"}}) == "N     \näöü   \n\n", "a letter is one column, however many bytes");
}

TEST_CASE("wrapping keeps lines even and words whole") {
  using Lines = std::vector<std::string>;
  CHECK(wrap("short", 30) == Lines{"short"});
  CHECK(wrap("", 30) == Lines{});
  CHECK(wrap("Active Socket: Connection reset by peer", 30) == Lines{"Active Socket: Connection", "reset by peer"});
  CHECK(wrap("aaa bb cc ddddd", 6) == Lines{"aaa", "bb cc", "ddddd"});
  CHECK(wrap("a veryverylongword b", 5) == Lines{"a", "veryverylongword", "b"});
}

TEST_CASE("a box centres headings, puts text left and whole numbers right") {
  CHECK(draw_table({"HEAD", "N"}, {{"x", "5"}, {"longer", "100"}}) ==
        "+--------+-----+\n"
        "|  HEAD  |  N  |\n"
        "+--------+-----+\n"
        "| x      |   5 |\n"
        "| longer | 100 |\n"
        "+--------+-----+\n");
}
