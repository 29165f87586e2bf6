// Tables of `get`: the layout of Go's text/tabwriter with minwidth 5, padding 3.
#pragma once

#include <string>
#include <vector>

namespace ctl::cli::output {

using Row = std::vector<std::string>;

// Every column, the last one too, is as wide as its widest cell plus 3, and 5 at least; so lines end in blanks, as
// scripts that cut fixed columns have always seen them. An empty line ends the table.
// Requires that each row has as many cells as `headings`.
std::string tabulate(const Row& headings, const std::vector<Row>& rows);

// Columns of a terminal: code points of the UTF-8 text.
size_t display_width(const std::string& text);

}  // namespace ctl::cli::output
