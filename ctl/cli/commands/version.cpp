#include "ctl/protocol/version.h"

#include "ctl/cli/command.h"

namespace ctl::cli {

const Command kVersion = {
    .name = "version",
    .summary = "Show the versions of this tool and of the running agent.",
    .usage = "Usage:\n  calicoctl version [--socket=<PATH>]\n",
    .details = "Shows this tool's version, and the agent's if one runs.\n\n"
               "Options:\n"
               "  -h --help           Show this screen.\n"
               "     --socket=<PATH>  The agent's control socket.\n",
    .options = {.with_value = {"socket"}, .flags = {}, .positional_max = 0},
    .run = [](Context& context, const Arguments& arguments) -> std::optional<int> {
      const protocol::VersionInfo build = protocol::this_build();
      context.out << "Version:      " << build.version << "\nBuild date:   " << build.build_date
                  << "\nGit commit:   " << build.git_commit << "\n";
      auto agent = context.find_agent(whereabouts(context, arguments))->version();
      if (agent) context.out << "Agent:        " << agent->version << "\n";
      return 0;
    }};

}  // namespace ctl::cli
