#include "ctl/cli/command.h"
#include "ctl/cli/node_agent.h"
#include "ctl/cli/output/status.h"

namespace ctl::cli {

const Command kNodePeer = {
    .name = "node peer",
    .summary = "Show one BGP session in full.",
    .usage = "Usage:\n  calicoctl node peer <ADDRESS> [--output=(text|json)] [--socket=<PATH>]\n",
    .details =
        "Shows capabilities, timers, counters, the last NOTIFICATION each way and the recent states of a session.\n\n"
        "Options:\n"
        "  -h --help             Show this screen.\n"
        "  -o --output=<FORMAT>  text (default) or json.\n"
        "     --socket=<PATH>    The agent's control socket.\n",
    .options = {.with_value = {"output,o", "socket"}, .flags = {}, .positional_max = 1},
    .run = [](Context& context, const Arguments& arguments) -> std::optional<int> {
      std::string format = arguments.text("output");
      if (arguments.positional.empty() || (!format.empty() && format != "text" && format != "json"))
        return std::nullopt;
      auto detail = context.find_agent(whereabouts(context, arguments))->node_peer(arguments.at(0));
      if (!detail) {
        context.out << agent_error_text(detail.error());
        return 1;
      }
      context.out << (format == "json" ? to_json(*detail, true) + "\n" : output::peer_text(*detail));
      return 0;
    }};

}  // namespace ctl::cli
