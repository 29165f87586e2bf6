// Tables of `node status`: boxes of +---+ as the v1 tool draws them.
#pragma once

#include <string>
#include <vector>

namespace ctl::cli::output {

using Row = std::vector<std::string>;

// Headings upper-cased by the caller and centred; cells left-aligned, whole numbers right-aligned; a cell wider than 30
// is wrapped between words into lines of the most even length, its neighbours staying blank below their first line.
// Requires that each row has as many cells as `headings`.
std::string draw_table(const Row& headings, const std::vector<Row>& rows);

// Lines of at most `width`, but never less than the longest word, with the least sum of squared gaps (the last line's
// does not count): "Active Socket: Connection reset by peer" in 30 is "Active Socket: Connection" / "reset by peer".
std::vector<std::string> wrap(const std::string& text, size_t width);

}  // namespace ctl::cli::output
