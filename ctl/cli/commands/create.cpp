#include "ctl/cli/command.h"
#include "ctl/cli/writing.h"

namespace ctl::cli {

const Command kCreate = {
    .name = "create",
    .summary = "Create resources from a file.",
    .usage = "Usage:\n  calicoctl create --filename=<FILENAME> [--skip-exists] [--config=<CONFIG>] [--socket=<PATH>]\n"
             "                   [--data-dir=<DIR>]\n",
    .details =
        "Creates the resources of a file. One that exists already is an error.\n"
        "All of the file is checked before anything is written.\n\n"
        "Options:\n"
        "  -h --help                  Show this screen.\n"
        "  -f --filename=<FILENAME>   YAML or JSON; - is standard input.\n"
        "     --skip-exists           Take what exists already as created.\n"
        "  -c --config=<CONFIG>       Datastore configuration. [default: /etc/calico/calicoctl.cfg]\n"
        "     --socket=<PATH>         The agent's control socket.\n"
        "     --data-dir=<DIR>        The embedded store, used while no agent runs.\n",
    .options = with_store_options({.with_value = {"filename,f"}, .flags = {"skip-exists"}, .positional_max = 0}),
    .run = [](Context& context, const Arguments& arguments) -> std::optional<int> {
      if (!arguments.has("filename")) return std::nullopt;
      return write_file(context, whereabouts(context, arguments), arguments.text("filename"),
                        {.verb = Verb::Create, .skip = arguments.has("skip-exists")});
    }};

}  // namespace ctl::cli
