#include "ctl/cli/command.h"

#include <algorithm>
#include <array>

#include "bgp/base/escape.h"
#include "ctl/protocol/version.h"

namespace ctl::cli {
namespace {

constexpr std::array kLogLevels = {"panic", "fatal", "error", "warn", "info", "debug"};

std::string overview() {
  std::string text =
      "Usage:\n"
      "  calicoctl [options] <command> [<args>...]\n\n";
  for (const Command* command : all_commands())
    text += "    " + command->name + std::string(14 - std::min<size_t>(command->name.size(), 13), ' ') +
            command->summary + "\n";
  return text +
         "\nOptions:\n"
         "  -h --help                 Show this screen.\n"
         "  -l --log-level=<level>    panic, fatal, error, warn, info or debug. [default: panic]\n"
         "     --socket=<PATH>        The agent's control socket.\n"
         "                            [default: /var/run/calico/calico-bgp.ctl, or CALICO_BGP_SOCKET]\n"
         "     --data-dir=<DIR>       The embedded store, used while no agent runs.\n"
         "                            [default: /var/lib/calico-bgp, or CALICO_BGP_DATA_DIR]\n"
         "     --version              Show the version.\n\n"
         "'calicoctl <command> --help' tells more about a command.\n";
}

std::string node_overview() {
  std::string text = "Usage:\n  calicoctl node <command> [<args>...]\n\n";
  for (const Command* command : all_commands())
    if (command->name.starts_with("node "))
      text +=
          "    " + command->name.substr(5) + std::string(13 - command->name.size() + 5, ' ') + command->summary + "\n";
  return text + "\nOptions:\n  -h --help   Show this screen.\n";
}

int unknown_command(Context& context, const std::string& name, const std::string& help) {
  context.err << "Unknown command: \"" << bgp::printable(name) << "\"\n";
  context.out << help;
  return 1;
}

int invalid_option(Context& context, const std::string& usage) {
  context.err << usage;
  context.out << "Invalid option: 'calicoctl " << bgp::printable(context.command_line, 4096)
              << "'. Use flag '--help' to read about a specific subcommand.\n";
  return 1;
}

// The command that `words` begin with; takes its name off.
const Command* take_command(std::vector<std::string>& words) {
  for (const Command* command : all_commands()) {
    std::string name = words[0] + (words[0] == "node" && words.size() > 1 ? " " + words[1] : "");
    if (name != command->name) continue;
    words.erase(words.begin(), words.begin() + (words[0] == "node" ? 2 : 1));
    return command;
  }
  return nullptr;
}

int run_command(Context& context, std::vector<std::string> words) {
  if (words[0] == "node" && words.size() > 1 && (words[1] == "-h" || words[1] == "--help")) {
    context.out << node_overview();
    return 0;
  }
  if (words[0] == "node" && words.size() == 1) return invalid_option(context, node_overview());
  const Command* command = take_command(words);
  if (command == nullptr)
    return words[0] == "node" ? unknown_command(context, words[1], node_overview())
                              : unknown_command(context, words[0], overview());
  std::optional<Arguments> arguments = parse_options(command->options, words);
  if (!arguments) return invalid_option(context, command->usage);
  if (arguments->has("help")) {
    context.out << command->usage << "\n" << command->details;
    return 0;
  }
  std::optional<int> status = command->run(context, *arguments);
  return status ? *status : invalid_option(context, command->usage);
}

}  // namespace

const std::vector<const Command*>& all_commands() {
  static const std::vector<const Command*> commands = {&kCreate, &kReplace,    &kApply,      &kDelete,   &kGet,
                                                       &kConfig, &kNodeStatus, &kNodeRoutes, &kNodePeer, &kVersion};
  return commands;
}

OptionList with_store_options(OptionList options) {
  options.with_value.insert(options.with_value.end(), {"config,c", "socket", "data-dir"});
  return options;
}

Whereabouts whereabouts(const Context& context, const Arguments& arguments) {
  Whereabouts where = context.whereabouts;
  if (arguments.has("socket")) where.socket = arguments.text("socket");
  if (arguments.has("data-dir")) where.data_dir = arguments.text("data-dir");
  if (arguments.has("config")) where.config_file = arguments.text("config");
  return where;
}

int run(const std::vector<std::string>& words, Context context) {
  for (const std::string& word : words) context.command_line += (context.command_line.empty() ? "" : " ") + word;
  std::vector<std::string> rest;
  std::optional<Arguments> leading = parse_leading_options(
      {.with_value = {"log-level,l", "socket", "data-dir"}, .flags = {"version"}, .positional_max = 0}, words, rest);
  if (!leading) return invalid_option(context, overview());
  if (leading->has("help")) {
    context.out << overview();
    return 0;
  }
  if (leading->has("version")) {
    auto build = protocol::this_build();
    context.out << "calicoctl version " << build.version << ", build " << build.git_commit << "\n";
    return 0;
  }
  std::string level = leading->has("log-level") ? leading->text("log-level") : "panic";
  if (std::find(kLogLevels.begin(), kLogLevels.end(), level) == kLogLevels.end()) {
    context.out << "Unknown log level: " << bgp::printable(level)
                << ", expected one of: \npanic, fatal, error, warn, info, debug.\n";
    return 1;
  }
  if (rest.empty()) return invalid_option(context, overview());
  context.whereabouts = whereabouts(context, *leading);
  return run_command(context, std::move(rest));
}

}  // namespace ctl::cli
