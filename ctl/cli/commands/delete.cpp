#include "ctl/cli/command.h"
#include "ctl/cli/source.h"
#include "ctl/cli/writing.h"

namespace ctl::cli {
namespace {

using config::model::Resource;

OrReason<std::vector<Resource>> named_resource(const Context& context, const Arguments& arguments) {
  auto api = wanted_api(context, arguments);
  if (!api) return bgp::Err(api.error());
  auto kind = wanted_kind(arguments);
  if (!kind) return bgp::Err(kind.error());
  auto resource = (*kind)->identify(identifiers(arguments, *api));
  if (!resource) return bgp::Err(resource.error().reason);
  return std::vector<Resource>{std::move(*resource)};
}

// A command line that identifies nothing gets the v1 tool's answer on stdout, where scripts expect it; what is wrong
// with it, which that tool keeps to itself, goes to stderr.
int refuse(Context& context, const std::string& why) {
  context.out << "No resources specified in file\n";
  context.err << why << "\n";
  return 1;
}

// What lacks an identifier was understood, and fails as an operation does.
bool is_missing_identifier(const std::string& why) { return why.starts_with("insufficient identifiers"); }

std::optional<int> run_delete(Context& context, const Arguments& arguments) {
  if (arguments.has("filename") == !arguments.positional.empty()) return std::nullopt;
  WriteOptions options{.verb = Verb::Delete, .skip = arguments.has("skip-not-exists")};
  Whereabouts where = whereabouts(context, arguments);
  if (arguments.has("filename")) return write_file(context, where, arguments.text("filename"), options);

  auto resources = named_resource(context, arguments);
  if (resources) return write_and_report(context, where, *resources, options);
  auto kind = wanted_kind(arguments);
  if (!kind || !is_missing_identifier(resources.error())) return refuse(context, resources.error());
  auto api = wanted_api(context, arguments);
  context.out << "Failed to delete '" << (*kind)->file_name(*api) << "' resource: " << resources.error() << "\n";
  return 1;
}

}  // namespace

const Command kDelete = {
    .name = "delete",
    .summary = "Delete resources by file, or by kind and name.",
    .usage = "Usage:\n"
             "  calicoctl delete ([--scope=<SCOPE>] [--node=<NODE>] <KIND> [<NAME>] | --filename=<FILE>)\n"
             "                   [--skip-not-exists] [--api=<API>] [--config=<CONFIG>] [--socket=<PATH>]\n"
             "                   [--data-dir=<DIR>]\n",
    .details = "Deletes the resources of a file, or the one that KIND and NAME identify.\n"
               "Kinds: bgpPeer, node, ipPool, blockAffinity, bgpConfiguration, felixConfiguration, bgpFilter, calicoNodeStatus;\n"
               "in any case, and by their short names.\n\n"
               "Examples:\n"
               "  calicoctl delete bgpPeer 192.20.30.40 --scope=global\n"
               "  calicoctl delete bgpPeer aa:bb::ff --scope=node --node=node1\n"
               "  calicoctl delete -f peers.yaml\n\n"
               "Options:\n"
               "  -h --help               Show this screen.\n"
               "  -f --filename=<FILE>    YAML or JSON; - is standard input.\n"
               "  -s --skip-not-exists    Take what does not exist as deleted.\n"
               "     --scope=<SCOPE>      Of a bgpPeer: global or node.\n"
               "  -n --node=<NODE>        The node of a node-specific peer or of a block.\n"
               "     --api=<API>          v1 (default) or v3: what NAME is. Also CALICO_API.\n"
               "  -c --config=<CONFIG>    Datastore configuration. [default: /etc/calico/calicoctl.cfg]\n"
               "     --socket=<PATH>      The agent's control socket.\n"
               "     --data-dir=<DIR>     The embedded store, used while no agent runs.\n",
    .options = with_store_options({.with_value = {"filename,f", "scope", "node,n", "orchestrator", "workload", "api"},
                                   .flags = {"skip-not-exists,s"},
                                   .positional_max = 2}),
    .run = run_delete};

}  // namespace ctl::cli
