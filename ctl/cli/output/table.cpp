#include "ctl/cli/output/table.h"

#include <algorithm>
#include <iterator>
#include <limits>
#include <sstream>

#include "bgp/base/assert.h"
#include "ctl/cli/output/tabwriter.h"

namespace ctl::cli::output {
namespace {

constexpr size_t kCellWidthMax = 30;

using Lines = std::vector<std::string>;

bool is_number(const std::string& cell) {
  return !cell.empty() && std::all_of(cell.begin(), cell.end(), [](char c) { return c >= '0' && c <= '9'; });
}

std::string padded(const std::string& text, size_t left, size_t width) {
  return std::string(left, ' ') + text + std::string(width - left - display_width(text), ' ');
}

std::string border(const std::vector<size_t>& widths) {
  std::string line = "+";
  for (size_t width : widths) line += std::string(width + 2, '-') + "+";
  return line + "\n";
}

std::string heading_line(const Row& headings, const std::vector<size_t>& widths) {
  std::string line = "|";
  for (size_t i = 0; i < headings.size(); ++i)
    line += " " + padded(headings[i], (widths[i] - display_width(headings[i])) / 2, widths[i]) + " |";
  return line + "\n";
}

std::string row_lines(const std::vector<Lines>& cells, const std::vector<size_t>& widths) {
  size_t height = 1;
  for (const Lines& lines : cells) height = std::max(height, lines.size());
  std::string out;
  for (size_t y = 0; y < height; ++y) {
    out += "|";
    for (size_t i = 0; i < cells.size(); ++i) {
      const std::string text = y < cells[i].size() ? cells[i][y] : "";
      size_t left = is_number(text) ? widths[i] - display_width(text) : 0;
      out += " " + padded(text, left, widths[i]) + " |";
    }
    out += "\n";
  }
  return out;
}

}  // namespace

Lines wrap(const std::string& text, size_t width) {
  std::istringstream in(text);
  Lines words{std::istream_iterator<std::string>(in), {}};
  const size_t n = words.size();
  for (const std::string& word : words) width = std::max(width, display_width(word));

  // cost[i]: of the words from i on; after[i]: where the line that begins with word i ends.
  constexpr size_t kNone = std::numeric_limits<size_t>::max();
  std::vector<size_t> cost(n + 1, kNone), after(n + 1, n);
  cost[n] = 0;
  for (size_t i = n; i-- > 0;) {
    size_t length = 0;
    for (size_t j = i; j < n; ++j) {
      length += display_width(words[j]) + (j > i ? 1 : 0);
      if (length > width) break;
      size_t gap = j + 1 == n ? 0 : (width - length) * (width - length);
      if (gap + cost[j + 1] < cost[i] || j + 1 == n) cost[i] = gap + cost[j + 1], after[i] = j + 1;
    }
  }
  Lines lines;
  for (size_t i = 0; i < n; i = after[i]) {
    std::string line;
    for (size_t j = i; j < after[i]; ++j) line += (j > i ? " " : "") + words[j];
    lines.push_back(std::move(line));
  }
  return lines;
}

std::string draw_table(const Row& headings, const std::vector<Row>& rows) {
  std::vector<size_t> widths;
  for (const std::string& heading : headings) widths.push_back(display_width(heading));
  std::vector<std::vector<Lines>> cells;
  for (const Row& row : rows) {
    BGP_ASSERT(row.size() == headings.size());
    std::vector<Lines>& lines = cells.emplace_back();
    for (size_t i = 0; i < row.size(); ++i) {
      widths[i] = std::max(widths[i], std::min(display_width(row[i]), kCellWidthMax));
      lines.push_back(wrap(row[i], std::max(widths[i], kCellWidthMax)));
      for (const std::string& line : lines.back()) widths[i] = std::max(widths[i], display_width(line));
    }
  }
  std::string out = border(widths) + heading_line(headings, widths) + border(widths);
  for (const auto& row : cells) out += row_lines(row, widths);
  return out + border(widths);
}

}  // namespace ctl::cli::output
