#include "ctl/cli/output/tabwriter.h"

#include <algorithm>
#include <cstdint>

#include "bgp/base/assert.h"

namespace ctl::cli::output {
namespace {

constexpr size_t kMinWidth = 5;
constexpr size_t kPadding = 3;

void append_row(std::string& out, const Row& row, const std::vector<size_t>& widths) {
  BGP_ASSERT(row.size() == widths.size());
  for (size_t i = 0; i < row.size(); ++i) out += row[i] + std::string(widths[i] - display_width(row[i]), ' ');
  out += '\n';
}

}  // namespace

size_t display_width(const std::string& text) {
  return static_cast<size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<uint8_t>(c) & 0xc0) != 0x80; }));
}

std::string tabulate(const Row& headings, const std::vector<Row>& rows) {
  std::vector<size_t> widths(headings.size(), kMinWidth);
  auto widen = [&](const Row& row) {
    for (size_t i = 0; i < widths.size() && i < row.size(); ++i)
      widths[i] = std::max(widths[i], display_width(row[i]) + kPadding);
  };
  widen(headings);
  for (const Row& row : rows) widen(row);

  std::string out;
  append_row(out, headings, widths);
  for (const Row& row : rows) append_row(out, row, widths);
  return out + "\n";
}

}  // namespace ctl::cli::output
