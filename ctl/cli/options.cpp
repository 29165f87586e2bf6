#include "ctl/cli/options.h"

#include <boost/program_options.hpp>

namespace ctl::cli {
namespace {

namespace po = boost::program_options;

constexpr const char* kPositional = "positional";

po::options_description describe(const OptionList& options) {
  po::options_description all;
  auto add = all.add_options();
  add("help,h", "");
  for (const std::string& name : options.with_value) add(name.c_str(), po::value<std::string>(), "");
  for (const std::string& name : options.flags) add(name.c_str(), "");
  add(kPositional, po::value<std::vector<std::string>>(), "");
  return all;
}

}  // namespace

std::optional<Arguments> parse_options(const OptionList& options, const std::vector<std::string>& words) {
  try {
    po::options_description all = describe(options);
    po::positional_options_description rest;
    rest.add(kPositional, -1);
    po::parsed_options parsed = po::command_line_parser(words).options(all).positional(rest).run();
    Arguments arguments;
    for (const auto& option : parsed.options) {
      if (option.string_key == kPositional && option.position_key < 0) return std::nullopt;  // "--positional"
      if (option.string_key == kPositional)
        arguments.positional.insert(arguments.positional.end(), option.value.begin(), option.value.end());
      else if (!arguments.values.emplace(option.string_key, option.value.empty() ? "" : option.value[0]).second)
        return std::nullopt;  // given twice
    }
    if (arguments.positional.size() > options.positional_max && !arguments.has("help")) return std::nullopt;
    return arguments;
  } catch (const po::error&) {
    return std::nullopt;
  }
}

std::optional<Arguments> parse_leading_options(const OptionList& options, const std::vector<std::string>& words,
                                               std::vector<std::string>& rest) {
  // A word belongs to the options while it is one, or the value of the one before it.
  size_t end = 0;
  while (end < words.size() && words[end].size() > 1 && words[end][0] == '-') {
    if (parse_options(options, {words[end]})) ++end;
    else if (end + 1 < words.size() && parse_options(options, {words[end], words[end + 1]})) end += 2;
    else return std::nullopt;
  }
  rest.assign(words.begin() + static_cast<std::ptrdiff_t>(end), words.end());
  return parse_options(options, {words.begin(), words.begin() + static_cast<std::ptrdiff_t>(end)});
}

}  // namespace ctl::cli
