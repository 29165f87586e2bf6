#include "ctl/cli/command.h"
#include "ctl/cli/writing.h"

namespace ctl::cli {

const Command kApply = {
    .name = "apply",
    .summary = "Create or update resources from a file.",
    .usage = "Usage:\n  calicoctl apply --filename=<FILENAME> [--config=<CONFIG>] [--socket=<PATH>]\n"
             "                  [--data-dir=<DIR>]\n",
    .details =
        "Creates the resources of a file, or updates those that exist.\n"
        "All of the file is checked before anything is written.\n\n"
        "Options:\n"
        "  -h --help                  Show this screen.\n"
        "  -f --filename=<FILENAME>   YAML or JSON; - is standard input.\n"
        "  -c --config=<CONFIG>       Datastore configuration. [default: /etc/calico/calicoctl.cfg]\n"
        "     --socket=<PATH>         The agent's control socket.\n"
        "     --data-dir=<DIR>        The embedded store, used while no agent runs.\n",
    .options = with_store_options({.with_value = {"filename,f"}, .flags = {}, .positional_max = 0}),
    .run = [](Context& context, const Arguments& arguments) -> std::optional<int> {
      if (!arguments.has("filename")) return std::nullopt;
      return write_file(context, whereabouts(context, arguments), arguments.text("filename"),
                        {.verb = Verb::Apply, .skip = false});
    }};

}  // namespace ctl::cli
