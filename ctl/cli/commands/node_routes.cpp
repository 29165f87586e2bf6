#include "bgp/base/escape.h"
#include "ctl/cli/command.h"
#include "ctl/cli/node_agent.h"
#include "ctl/cli/output/tabwriter.h"

namespace ctl::cli {
namespace {

using protocol::RoutePage;
using protocol::RouteRow;

std::string number_or_dash(const std::optional<uint32_t>& number) { return number ? std::to_string(*number) : "-"; }
std::string or_dash(const std::string& text) { return text.empty() ? "-" : text; }

std::string table(const RoutePage& page) {
  std::vector<output::Row> rows;
  for (const RouteRow& r : page.rows)
    rows.push_back({r.best ? "*" : "", r.prefix.to_string(), or_dash(r.next_hop), r.peer, or_dash(r.as_path), r.origin,
                    number_or_dash(r.local_pref), number_or_dash(r.med), r.installed ? "yes" : "no", r.reason});
  return output::tabulate(
      {"BEST", "PREFIX", "NEXTHOP", "PEER", "ASPATH", "ORIGIN", "LOCALPREF", "MED", "INSTALLED", "REASON"}, rows);
}

// An array that grows page by page, one row a line: a full table never has to fit in memory.
class JsonArray {
 public:
  explicit JsonArray(std::ostream& out) : out_(out) { out_ << "["; }
  void add(const RoutePage& page) {
    for (const RouteRow& row : page.rows) {
      out_ << (is_empty_ ? "\n  " : ",\n  ") << to_json(row);
      is_empty_ = false;
    }
  }
  void end() { out_ << (is_empty_ ? "]\n" : "\n]\n"); }

 private:
  std::ostream& out_;
  bool is_empty_ = true;
};

int show(Context& context, const Whereabouts& where, protocol::RoutesQuery query, bool as_json) {
  std::unique_ptr<Agent> agent = context.find_agent(where);
  std::optional<JsonArray> array;
  do {
    auto page = agent->node_routes(query);
    if (!page) {
      context.out << agent_error_text(page.error());
      return 1;
    }
    if (as_json && !array) array.emplace(context.out);
    if (as_json) array->add(*page);
    else context.out << table(*page);
    query.from = page->next;
  } while (query.from);
  if (array) array->end();
  return 0;
}

std::optional<int> run_routes(Context& context, const Arguments& arguments) {
  std::string format = arguments.text("output");
  if (!format.empty() && format != "json" && format != "table") return std::nullopt;
  protocol::RoutesQuery query;
  if (!arguments.positional.empty()) {
    query.prefix = bgp::Prefix::parse_loose(arguments.at(0));
    if (!query.prefix) {
      context.out << "Error executing command: '" << bgp::printable(arguments.at(0))
                  << "' is no prefix; write it as 10.0.0.0/8, or an address\n";
      return 1;
    }
  }
  return show(context, whereabouts(context, arguments), query, format == "json");
}

}  // namespace

const Command kNodeRoutes = {
    .name = "node routes",
    .summary = "Show the routes that this node's agent knows.",
    .usage = "Usage:\n  calicoctl node routes [<PREFIX>] [--output=(table|json)] [--socket=<PATH>]\n",
    .details = "Shows every candidate for every prefix, and why it is or is not best, installed and advertised.\n"
               "With PREFIX: that prefix and those inside it; an address also shows what covers it.\n\n"
               "Options:\n"
               "  -h --help             Show this screen.\n"
               "  -o --output=<FORMAT>  table (default) or json.\n"
               "     --socket=<PATH>    The agent's control socket.\n",
    .options = {.with_value = {"output,o", "socket"}, .flags = {}, .positional_max = 1},
    .run = run_routes};

}  // namespace ctl::cli
