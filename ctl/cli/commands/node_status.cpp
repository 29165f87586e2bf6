#include "config/model/value.h"
#include "ctl/cli/command.h"
#include "ctl/cli/node_agent.h"
#include "ctl/cli/output/status.h"

namespace ctl::cli {
namespace {

using protocol::NodeStatus;

enum class Format : uint8_t { Table, Json, Yaml };

struct Shown {
  std::string text;
  std::string table;  // of the same status: what --watch compares, since counters always change
  int exit = 0;
};

std::string to_yaml(const NodeStatus& status) {
  auto value = config::model::parse_json(to_json(status));
  return value ? config::model::to_yaml(*value) : value.error().to_string() + "\n";
}

std::string render(const NodeStatus& status, Format format, const std::string& table) {
  switch (format) {
    case Format::Table: return table;
    case Format::Json: return to_json(status, true) + "\n";
    case Format::Yaml: return to_yaml(status);
  }
  return table;
}

Shown look(Context& context, const Whereabouts& where, Format format) {
  auto status = context.find_agent(where)->node_status();
  if (status) {
    sort_for_display(status->peers);
    std::string table = output::status_text(*status, context.now());
    return {render(*status, format, table), table, 0};
  }
  if (status.error().code != protocol::ErrorCode::Unreachable) {
    std::string text = agent_error_text(status.error());
    return {text, text, 1};
  }
  std::string text = "Calico process is not running.\n";
  NodeStatus none;
  none.running = false;
  return {render(none, format, text), text, 1};
}

int watch(Context& context, const Whereabouts& where, Format format) {
  std::string before;
  for (;;) {
    Shown shown = look(context, where, format);
    if (shown.table != before) context.out << shown.text << std::flush;
    before = shown.table;
    if (!context.pause()) return shown.exit;
  }
}

std::optional<int> run_status(Context& context, const Arguments& arguments) {
  std::string output = arguments.text("output");
  if (!output.empty() && output != "json" && output != "yaml" && output != "table") return std::nullopt;
  Format format = output == "json" ? Format::Json : output == "yaml" ? Format::Yaml : Format::Table;
  Whereabouts where = whereabouts(context, arguments);
  if (arguments.has("watch")) return watch(context, where, format);
  Shown shown = look(context, where, format);
  context.out << shown.text;
  return shown.exit;
}

}  // namespace

const Command kNodeStatus = {
    .name = "node status",
    .summary = "Show this node's BGP sessions.",
    .usage = "Usage:\n  calicoctl node status [--output=(table|json|yaml)] [--watch] [--socket=<PATH>]\n",
    .details =
        "Shows the BGP sessions of the agent on this machine: the mesh's, the global and the node-specific peers'.\n\n"
        "Options:\n"
        "  -h --help             Show this screen.\n"
        "  -o --output=<FORMAT>  table (default), json or yaml.\n"
        "  -w --watch            Show it again whenever it changes.\n"
        "     --socket=<PATH>    The agent's control socket.\n",
    .options = {.with_value = {"output,o", "socket"}, .flags = {"watch,w"}, .positional_max = 0},
    .run = run_status};

}  // namespace ctl::cli
