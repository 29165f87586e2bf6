// A command's options: docopt's habits (exact usage or none) on top of Boost.Program_options.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace ctl::cli {

struct Arguments {
  std::map<std::string, std::string> values;  // by long name; a flag's value is empty
  std::vector<std::string> positional;

  bool has(const std::string& name) const { return values.contains(name); }
  std::string text(const std::string& name) const {
    auto found = values.find(name);
    return found == values.end() ? "" : found->second;
  }
  // The n-th positional argument, empty if there are fewer.
  std::string at(size_t n) const { return n < positional.size() ? positional[n] : ""; }
};

// "filename,f" takes a value, a flag does not. `help,h` is always known.
struct OptionList {
  std::vector<std::string> with_value;
  std::vector<std::string> flags;
  size_t positional_max = 0;
};

// nullopt: no such usage.
std::optional<Arguments> parse_options(const OptionList& options, const std::vector<std::string>& words);

// Takes options up to the first word that is none: what stands before a command. `rest` gets that word and all after.
std::optional<Arguments> parse_leading_options(const OptionList& options, const std::vector<std::string>& words,
                                               std::vector<std::string>& rest);

}  // namespace ctl::cli
