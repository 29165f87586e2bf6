#include "config/model/selector.h"

#include <doctest/doctest.h>

#include "bgp/base/document_limits.h"

using config::model::Labels;
using config::model::Selector;

TEST_CASE("selectors choose by labels") {
  const Labels labels = {{"rack", "a-17"}, {"role", "worker"}, {"empty", ""}, {"k8s.io/zone_1", "z"}, {"all", "x"}, {"in", "y"}};
  struct Row {
    const char* text;
    bool matches;
  };
  const Row rows[] = {
      {"", true},
      {"  ", true},
      {"all()", true},
      {"all( )", true},
      {"global()", true},
      {"!all()", false},
      {"rack == 'a-17'", true},
      {"rack==\"a-17\"", true},
      {"rack == 'b'", false},
      {"none == ''", false},
      {"empty == ''", true},
      {"rack != 'a-17'", false},
      {"rack != 'b'", true},
      {"none != 'b'", true},
      {"role in {'master', 'worker'}", true},
      {"role in { }", false},
      {"role in {'master'}", false},
      {"none in {'x'}", false},
      {"role not in {'master'}", true},
      {"role not in {'worker'}", false},
      {"none not in {'worker'}", true},
      {"has(rack)", true},
      {"has( rack )", true},
      {"has(none)", false},
      {"!has(none)", true},
      {"! has(rack)", false},
      {"rack contains '-1'", true},
      {"rack contains 'x'", false},
      {"none contains ''", false},
      {"rack starts with 'a-'", true},
      {"rack starts with '7'", false},
      {"rack ends with '17'", true},
      {"rack ends with 'a'", false},
      {"has(k8s.io/zone_1)", true},
      {"k8s.io/zone_1 == 'z'", true},
      {"all == 'x'", true},
      {"in in {'y'}", true},
      {"has(rack) && role == 'worker'", true},
      {"has(rack) && role == 'x'", false},
      {"has(none) || role == 'worker'", true},
      {"has(rack) || has(none) && has(none)", true},
      {"(has(rack) || has(none)) && has(none)", false},
      {"!(has(rack) && has(none))", true},
      {"!has(rack) || has(role)", true},
      {"!!has(rack)", true},
      {"rack == 'a-17'&&role=='worker'&&!has(none)", true},
  };
  for (const Row& row : rows) {
    CAPTURE(row.text);
    const auto selector = Selector::parse(row.text);
    REQUIRE_MESSAGE(selector.ok(), (selector ? "" : selector.error()));
    CHECK(selector->matches(labels) == row.matches);
  }
}

TEST_CASE("a selector that is none says what was expected and where") {
  const std::pair<const char*, const char*> rows[] = {
      {"rack", "expected an operator at 5, where it ends"},
      {"rack = 'a'", "expected an operator at 6, not '= 'a''"},
      {"rack == a", "expected a text in quotes at 9, not 'a'"},
      {"rack == 'a", "expected a text in quotes at 9, not ''a'"},
      {"rack in 'a'", "expected '{' at 9, not ''a''"},
      {"rack in {'a'", "expected '}' at 13, where it ends"},
      {"rack not 'a'", "expected an operator at 6, not 'not 'a''"},
      {"rack starts 'a'", "expected an operator at 6, not 'starts 'a''"},
      {"has(", "expected a label at 5, where it ends"},
      {"has(a", "expected ')' at 6, where it ends"},
      {"(has(a)", "expected ')' at 8, where it ends"},
      {"has(a))", "expected the end at 7, not ')'"},
      {"has(a) has(b)", "expected the end at 8, not 'has(b)'"},
      {"has(a) &&", "expected a label at 10, where it ends"},
      {"&& has(a)", "expected a label at 1, not '&& has(a)'"},
      {"!", "expected a label at 2, where it ends"},
      {"a\x1b[2J", "expected an operator at 2, not '\\x1b[2J'"},
  };
  for (const auto& [text, reason] : rows) {
    CAPTURE(text);
    const auto selector = Selector::parse(text);
    REQUIRE_FALSE(selector.ok());
    CHECK(selector.error() == reason);
  }
}

TEST_CASE("selectors are bounded in length and depth") {
  using namespace bgp::limits;
  CHECK(Selector::parse(std::string(kSelectorDepthMax - 1, '!') + "all()").ok());
  CHECK(Selector::parse(std::string(kSelectorDepthMax, '!') + "all()").error() == "nested deeper than 64 levels");
  CHECK(Selector::parse(std::string(kSelectorDepthMax, '(') + "all()").error() == "nested deeper than 64 levels");
  std::string many = "has(a)";
  while (many.size() + 10 <= kSelectorBytesMax) many += "||has(b)";
  CHECK(Selector::parse(many).ok());
  CHECK(Selector::parse(many + std::string(kSelectorBytesMax, ' ')).error() == "longer than 16384 bytes");
}
