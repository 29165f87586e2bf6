#include <map>

#include "bgp/base/escape.h"
#include "config/model/settings.h"
#include "ctl/cli/command.h"
#include "ctl/cli/source.h"

namespace ctl::cli {
namespace {

using namespace config::model;
using config::store::Store;
using config::store::StoreError;

constexpr int kConflictRetriesMax = 5;

struct Question {
  std::string action;  // "set", "get", "unset"
  std::string name;
  std::string value;
  std::string node;
  std::string raw;  // "bgp", "felix", or empty
};

// Answers from the store and remembers the revisions, which a write then expects.
class Reader {
 public:
  explicit Reader(Store& store) : store_(store) {}

  Lookup lookup() {
    return [this](const std::string& key) -> std::optional<std::string> {
      auto entry = store_.get(key);
      if (!entry) {
        error_ = entry.error().reason;
        return std::nullopt;
      }
      revisions_[key] = entry->has_value() ? (*entry)->revision : 0;
      if (!entry->has_value()) return std::nullopt;
      return (*entry)->value;
    };
  }
  // Why a look-up did not work; empty: all did.
  const std::string& error() const { return error_; }
  std::optional<uint64_t> revision(const std::string& key) const {
    auto found = revisions_.find(key);
    if (found == revisions_.end()) return std::nullopt;
    return found->second;
  }

 private:
  Store& store_;
  std::map<std::string, uint64_t> revisions_;
  std::string error_;
};

OrReason<std::string> answer(Store& store, const Question& q) {
  Reader reader(store);
  if (q.raw.empty()) {
    auto value = get_setting(q.name, q.node, reader.lookup());
    if (!reader.error().empty()) return bgp::Err(reader.error());
    if (!value) return bgp::Err(value.error().to_string());
    return std::move(*value);
  }
  auto key = raw_key(q.raw, q.name, q.node);
  if (!key) return bgp::Err(key.error().to_string());
  std::optional<std::string> value = reader.lookup()(*key);
  if (!reader.error().empty()) return bgp::Err(reader.error());
  return value.value_or("(unset)");
}

Outcome<SettingWrite> plan(const Question& q, const Lookup& lookup) {
  if (q.raw.empty())
    return q.action == "set" ? set_setting(q.name, q.node, q.value, lookup) : unset_setting(q.name, q.node, lookup);
  auto key = raw_key(q.raw, q.name, q.node);
  if (!key) return bgp::Err(key.error());
  return SettingWrite{*key, q.action == "set" ? std::optional(q.value) : std::nullopt};
}

bgp::Status<std::string> change(Store& store, const Question& q) {
  for (int attempt = 0;; ++attempt) {
    Reader reader(store);
    auto write = plan(q, reader.lookup());
    if (!reader.error().empty()) return bgp::Err(reader.error());
    if (!write) return bgp::Err(write.error().to_string());
    auto revision = store.commit({{write->key, write->value, reader.revision(write->key)}});
    if (revision) return bgp::Done{};
    bool is_conflict = revision.error().kind == StoreError::Kind::Conflict;
    if (!is_conflict) return bgp::Err(revision.error().reason);
    if (attempt == kConflictRetriesMax) return bgp::Err("update conflict: '" + q.name + "'");
  }
}

std::optional<Question> question(const Arguments& arguments) {
  Question q{arguments.at(0), arguments.at(1), arguments.at(2), arguments.text("node"), arguments.text("raw")};
  size_t words = q.action == "set" ? 3 : 2;
  bool is_known = q.action == "set" || q.action == "get" || q.action == "unset";
  if (!is_known || arguments.positional.size() != words) return std::nullopt;
  if (arguments.has("raw") && q.raw != "bgp" && q.raw != "felix") return std::nullopt;
  return q;
}

int fail(Context& context, const std::string& why) {
  context.out << "Error executing command: " << why << "\n";
  return 1;
}

std::optional<int> run_config(Context& context, const Arguments& arguments) {
  auto q = question(arguments);
  if (!q) return std::nullopt;
  auto store = context.open_store(whereabouts(context, arguments), q->action == "get" ? Access::Read : Access::Write);
  if (!store) {
    context.out << store.error() << "\n";
    return 1;
  }
  if (q->action == "get") {
    auto value = answer(**store, *q);
    if (!value) return fail(context, value.error());
    context.out << *value << "\n";
    return 0;
  }
  auto changed = change(**store, *q);
  return changed ? 0 : fail(context, changed.error());
}

}  // namespace

const Command kConfig = {
    .name = "config",
    .summary = "Set, get or unset options of the network.",
    .usage = "Usage:\n"
             "  calicoctl config set <NAME> <VALUE> [--node=<NODE>] [--raw=(bgp|felix)] [--config=<CONFIG>]\n"
             "                    [--socket=<PATH>] [--data-dir=<DIR>]\n"
             "  calicoctl config get <NAME> [--node=<NODE>] [--raw=(bgp|felix)] [--config=<CONFIG>]\n"
             "                    [--socket=<PATH>] [--data-dir=<DIR>]\n"
             "  calicoctl config unset <NAME> [--node=<NODE>] [--raw=(bgp|felix)] [--config=<CONFIG>]\n"
             "                      [--socket=<PATH>] [--data-dir=<DIR>]\n",
    .details = "Options of the whole network, and of single nodes.\n\n"
               "Names:\n"
               "  asNumber         The AS number of nodes without one of their own. [default: 64512]\n"
               "  nodeToNodeMesh   on or off: a session between each two nodes. [default: on]\n"
               "  ipip             on or off: whether Felix makes the IP-in-IP device. [default: off]\n"
               "  logLevel         none, debug, info, warning, error or critical; also of a node. [default: info]\n\n"
               "Examples:\n"
               "  calicoctl config set asNumber 64513\n"
               "  calicoctl config set nodeToNodeMesh off\n"
               "  calicoctl config get nodeToNodeMesh\n\n"
               "Options:\n"
               "  -h --help               Show this screen.\n"
               "  -n --node=<NODE>        The node, where the option may be a node's own.\n"
               "     --raw=(bgp|felix)    Any key of that component, unchecked.\n"
               "  -c --config=<CONFIG>    Datastore configuration. [default: /etc/calico/calicoctl.cfg]\n"
               "     --socket=<PATH>      The agent's control socket.\n"
               "     --data-dir=<DIR>     The embedded store, used while no agent runs.\n",
    .options = with_store_options({.with_value = {"node,n", "raw"}, .flags = {}, .positional_max = 3}),
    .run = run_config};

}  // namespace ctl::cli
