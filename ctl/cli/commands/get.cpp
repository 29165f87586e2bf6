#include "bgp/base/escape.h"
#include "config/model/kinds.h"
#include "config/model/settings.h"
#include "ctl/cli/command.h"
#include "ctl/cli/output/listing.h"
#include "ctl/cli/source.h"

namespace ctl::cli {
namespace {

using namespace config::model;

// One thing asked for: by the command line, or by one resource of a file.
struct Wanted {
  const Kind* kind = nullptr;
  std::string key;  // where it is, if it has its own name; empty: not known
  std::function<bool(const Resource&)> matches;
};

OrReason<Wanted> wanted_by_arguments(const Arguments& arguments, Api api) {
  auto kind = wanted_kind(arguments);
  if (!kind) return bgp::Err(kind.error());
  Identifiers ids = identifiers(arguments, api);
  if (auto sensible = (*kind)->check(ids); !sensible) return bgp::Err(sensible.error().reason);
  auto named = (*kind)->identify(ids);
  return Wanted{*kind, api == Api::V3 && named ? (*kind)->key(*named) : "",
                [kind = *kind, ids](const Resource& resource) { return kind->matches(resource, ids); }};
}

std::vector<Wanted> wanted_by_file(const std::vector<Resource>& resources) {
  std::vector<Wanted> all;
  for (const Resource& named : resources)
    all.push_back({named.kind, named.api == Api::V3 ? named.kind->key(named) : "", [named](const Resource& resource) {
                     if (named.api == Api::V3) return resource.name == named.name;
                     return same_identity(resource, named);
                   }});
  return all;
}

// Not what a script reads, hence stderr.
void warn(Context& context, const Stored& stored) {
  context.err << "Warning: " << stored.resource.kind->names().v3 << " " << bgp::printable(stored.resource.name)
              << " is not shown, it cannot be read: " << stored.problem << " (key " << bgp::printable(stored.key)
              << "); replace it, or delete it with --api v3\n";
}

// What may match: the one under its key if it does, else all of its kind.
OrReason<std::vector<Stored>> candidates(config::store::Store& store, const Wanted& wanted) {
  if (wanted.key.empty()) return stored_resources(store, *wanted.kind);
  auto own = stored_resource(store, *wanted.kind, wanted.key);
  if (!own) return bgp::Err(own.error());
  const bool is_it = own->has_value() && (*own)->problem.empty() && wanted.matches((*own)->resource);
  return is_it ? std::vector<Stored>{std::move(**own)} : stored_resources(store, *wanted.kind);
}

OrReason<std::vector<output::Group>> fetch(Context& context, config::store::Store& store,
                                           const std::vector<Wanted>& wanted) {
  std::vector<output::Group> groups;
  for (const Wanted& one : wanted) {
    auto all = candidates(store, one);
    if (!all) return bgp::Err(all.error());
    output::Group group{one.kind, {}};
    for (Stored& stored : *all)
      if (!stored.problem.empty()) warn(context, stored);
      else if (one.matches(stored.resource)) group.resources.push_back(std::move(stored.resource));
    sort_for_listing(group.resources);
    groups.push_back(std::move(group));
  }
  return groups;
}

// The AS number that a node inherits; the default where the setting cannot be read.
DisplayContext display_context(config::store::Store& store) {
  auto lookup = [&](const std::string& key) -> std::optional<std::string> {
    auto entry = store.get(key);
    if (!entry || !entry->has_value()) return std::nullopt;
    return (*entry)->value;
  };
  DisplayContext context;
  auto text = get_setting("asNumber", "", lookup);
  if (text)
    if (auto asn = bgp::parse_asn(*text)) context.global_as = *asn;
  return context;
}

int fail(Context& context, const std::string& what, const std::string& why) {
  context.out << what << ": " << why << "\n";
  return 1;
}

std::optional<int> run_get(Context& context, const Arguments& arguments) {
  if (arguments.has("filename") == !arguments.positional.empty()) return std::nullopt;
  auto format = output::parse_format(arguments.has("output") ? arguments.text("output") : "ps");
  if (!format) {
    context.out << format.error() << "\n";
    return 1;
  }
  auto api = wanted_api(context, arguments);
  if (!api) return fail(context, "Failed to get resources", api.error());

  std::vector<Wanted> wanted;
  if (arguments.has("filename")) {
    auto resources = read_resources(context, arguments.text("filename"));
    if (!resources) return fail(context, "Failed to execute command", resources.error());
    wanted = wanted_by_file(*resources);
    if (wanted.empty()) {
      context.out << "No resources specified in file\n";
      return 1;
    }
  } else {
    auto one = wanted_by_arguments(arguments, *api);
    if (!one) return fail(context, "Failed to get resources", one.error());
    wanted.push_back(std::move(*one));
  }

  auto store = context.open_store(whereabouts(context, arguments), Access::Read);
  if (!store) return fail(context, "Failed to create Calico API client", store.error());
  auto groups = fetch(context, **store, wanted);
  if (!groups) return fail(context, "Failed to get resources", groups.error());
  context.out << output::show(*groups, *format, *api, display_context(**store));
  return 0;
}

}  // namespace

const Command kGet = {
    .name = "get",
    .summary = "Show resources by file, or by kind and name.",
    .usage = "Usage:\n"
             "  calicoctl get ([--scope=<SCOPE>] [--node=<NODE>] <KIND> [<NAME>] | --filename=<FILENAME>)\n"
             "                [--output=<OUTPUT>] [--api=<API>] [--config=<CONFIG>] [--socket=<PATH>]\n"
             "                [--data-dir=<DIR>]\n",
    .details = "Shows resources: all of a kind, the one that NAME says, or those that a file names.\n"
               "Kinds: bgpPeer, node, ipPool, blockAffinity, bgpConfiguration, felixConfiguration, bgpFilter, calicoNodeStatus;\n"
               "in any case, and by their short names.\n\n"
               "Examples:\n"
               "  calicoctl get bgpPeer --scope=global\n"
               "  calicoctl get bgpPeer --node=node1\n"
               "  calicoctl get node -o wide\n\n"
               "Options:\n"
               "  -h --help                    Show this screen.\n"
               "  -f --filename=<FILENAME>     YAML or JSON; - is standard input.\n"
               "  -o --output=<OUTPUT>         ps (default), wide, yaml, json or custom-columns=<COLUMNS>.\n"
               "                               Go templates are not supported here.\n"
               "     --scope=<SCOPE>           Of a bgpPeer: global or node.\n"
               "  -n --node=<NODE>             The node of a node-specific peer or of a block.\n"
               "     --api=<API>               v1 (default) or v3: the clothes to show. Also CALICO_API.\n"
               "  -c --config=<CONFIG>         Datastore configuration. [default: /etc/calico/calicoctl.cfg]\n"
               "     --socket=<PATH>           The agent's control socket.\n"
               "     --data-dir=<DIR>          The embedded store, used while no agent runs.\n",
    .options = with_store_options(
        {.with_value = {"filename,f", "output,o", "scope", "node,n", "orchestrator", "workload", "api"},
         .flags = {},
         .positional_max = 2}),
    .run = run_get};

}  // namespace ctl::cli
