#include "ctl/cli/writing.h"

#include <algorithm>
#include <map>

#include "config/model/contradiction.h"
#include "ctl/cli/source.h"

namespace ctl::cli {

using namespace config::model;
using config::store::StoreError;
using config::store::Write;

namespace {

constexpr int kConflictRetriesMax = 5;

// The store as it will be after the writes planned so far.
class Plan {
 public:
  Plan(config::store::Store& store, const WriteOptions& options) : store_(store), options_(options) {}

  // Plans the writes for one resource; the reason why it cannot be.
  bgp::Status<std::string> add(const Resource& wanted);
  std::vector<Write> writes() const;
  size_t size() const { return planned_.size(); }

 private:
  OrReason<std::vector<Stored>*> all_of(const Kind& kind);
  bgp::Status<std::string> put(std::vector<Stored>& all, const Resource& wanted, Stored* existing);
  bgp::Status<std::string> erase(std::vector<Stored>& all, Stored& existing);
  void plan(const std::string& key, std::optional<std::string> value, uint64_t expected);

  config::store::Store& store_;
  WriteOptions options_;
  std::map<const Kind*, std::vector<Stored>> listed_;
  std::map<std::string, Write> planned_;  // one write a key: a file may name a resource twice
};

// The same key; or what v1 takes for the same thing though its v3 name differs.
Stored* find_existing(std::vector<Stored>& all, const Resource& wanted) {
  const std::string key = wanted.kind->key(wanted);
  for (Stored& stored : all)
    if (stored.key == key) return &stored;
  if (wanted.api == Api::V3) return nullptr;
  for (Stored& stored : all)
    if (stored.problem.empty() && same_identity(stored.resource, wanted)) return &stored;
  return nullptr;
}

// Of what is stored everything is kept that the wanted one does not say, unless the outcome could still not be read.
std::string encode(const Resource& resource, const std::optional<std::string>& before) {
  std::string value = resource.kind->encode(resource, before);
  if (!before || resource.kind->decode(resource.kind->key(resource), value)) return value;
  return resource.kind->encode(resource, std::nullopt);
}

OrReason<std::vector<Stored>*> Plan::all_of(const Kind& kind) {
  if (auto found = listed_.find(&kind); found != listed_.end()) return &found->second;
  auto all = stored_resources(store_, kind);
  if (!all) return bgp::Err(all.error());
  return &(listed_[&kind] = std::move(*all));
}

bgp::Status<std::string> Plan::add(const Resource& wanted) {
  auto all = all_of(*wanted.kind);
  if (!all) return bgp::Err(all.error());
  Stored* existing = find_existing(**all, wanted);
  const std::string identity = wanted.kind->identity(wanted);
  if (options_.verb == Verb::Create && existing != nullptr) {
    if (options_.skip) return bgp::Done{};
    return bgp::Err("resource already exists: " + identity);
  }
  if ((options_.verb == Verb::Replace || options_.verb == Verb::Delete) && existing == nullptr) {
    if (options_.skip) return bgp::Done{};
    return bgp::Err("resource does not exist: " + identity);
  }
  return options_.verb == Verb::Delete ? erase(**all, *existing) : put(**all, wanted, existing);
}

bgp::Status<std::string> Plan::put(std::vector<Stored>& all, const Resource& wanted, Stored* existing) {
  Resource resource = wanted;
  std::optional<std::string> before;
  if (existing != nullptr) {
    resource.name = existing->resource.name;
    before = existing->value;
  }
  if (existing != nullptr && existing->problem.empty()) {
    if (auto may = resource.kind->check_update(existing->resource, resource); !may) return bgp::Err(may.error().reason);
  }
  std::string value = encode(resource, before);
  std::string key = existing != nullptr ? existing->key : resource.kind->key(resource);
  plan(key, value, existing != nullptr ? existing->revision : 0);
  if (existing != nullptr)
    *existing = {std::move(resource), key, value, existing->revision};
  else
    all.push_back({std::move(resource), key, value, 0});
  return bgp::Done{};
}

bgp::Status<std::string> Plan::erase(std::vector<Stored>& all, Stored& existing) {
  for (const std::string& prefix : existing.resource.kind->dependent_prefixes(existing.resource)) {
    auto dependents = store_.list(prefix);
    if (!dependents) return bgp::Err(dependents.error().reason);
    for (const auto& entry : dependents->entries) plan(entry.key, std::nullopt, entry.revision);
  }
  plan(existing.key, std::nullopt, existing.revision);
  all.erase(all.begin() + (&existing - all.data()));
  return bgp::Done{};
}

// What is expected of a key is what was listed, however often the file writes it.
void Plan::plan(const std::string& key, std::optional<std::string> value, uint64_t expected) {
  auto [write, is_new] = planned_.try_emplace(key, Write{key, std::nullopt, expected});
  write->second.value = std::move(value);
}

std::vector<Write> Plan::writes() const {
  std::vector<Write> all;
  for (const auto& [key, write] : planned_) all.push_back(write);
  return all;
}

std::string text_of(const StoreError& error, const std::vector<Resource>& resources) {
  if (error.kind == StoreError::Kind::NotPermitted) return "connection is unauthorized: " + error.reason;
  if (error.kind != StoreError::Kind::Conflict) return error.reason;
  for (const Resource& resource : resources)
    if (resource.kind->key(resource) == error.key)
      return "update conflict: '" + resource.kind->identity(resource) + "'";
  return "update conflict: '" + error.key + "'";
}

struct Words {
  const char* infinitive;
  const char* participle;
};

Words words_for(Verb verb) {
  switch (verb) {
    case Verb::Create: return {"create", "created"};
    case Verb::Apply: return {"apply", "applied"};
    case Verb::Replace: return {"replace", "replaced"};
    case Verb::Delete: return {"delete", "deleted"};
  }
  return {"", ""};
}

// "'bgpPeer' " when all are of one kind, else nothing.
std::string quoted_kind(const std::vector<Resource>& resources) {
  const Resource& first = resources.front();
  bool is_one =
      std::all_of(resources.begin(), resources.end(), [&](const Resource& r) { return r.kind == first.kind; });
  return is_one ? "'" + first.kind->file_name(first.api) + "' " : "";
}

}  // namespace

WriteResult write_resources(config::store::Store& store, const std::vector<Resource>& resources,
                            const WriteOptions& options) {
  for (int attempt = 0;; ++attempt) {
    Plan plan(store, options);
    WriteResult result;
    for (const Resource& resource : resources) {
      if (auto added = plan.add(resource); !added) {
        result.error = added.error();
        break;
      }
      ++result.done;
    }
    if (plan.size() == 0) return result;
    auto revision = store.commit(plan.writes());
    if (revision) return result;
    bool is_conflict = revision.error().kind == StoreError::Kind::Conflict;
    if (!is_conflict || attempt == kConflictRetriesMax) return {0, text_of(revision.error(), resources)};
  }
}

int report(Context& context, const std::vector<Resource>& resources, Verb verb, const WriteResult& result) {
  const auto [infinitive, participle] = words_for(verb);
  const std::string kind = quoted_kind(resources);
  if (result.error.empty()) {
    context.out << "Successfully " << participle << " " << result.done << " " << kind << "resource(s)\n";
    return 0;
  }
  if (result.done > 0)
    context.out << "Partial success: " << participle << " the first " << result.done << " out of " << resources.size()
                << " " << kind << "resources:\nHit error: " << result.error << "\n";
  else if (resources.size() == 1)
    context.out << "Failed to " << infinitive << " " << kind << "resource: " << result.error << "\n";
  else
    context.out << "Failed to " << infinitive << " any " << kind << "resources: " << result.error << "\n";
  return 1;
}

int write_and_report(Context& context, const Whereabouts& where, const std::vector<Resource>& resources,
                     const WriteOptions& options) {
  if (resources.empty()) {
    context.out << "No resources specified in file\n";
    return 1;
  }
  auto store = context.open_store(where, Access::Write);
  if (!store) {
    context.out << "Failed to create Calico API client: " << store.error() << "\n";
    return 1;
  }
  return report(context, resources, options.verb, write_resources(**store, resources, options));
}

int write_file(Context& context, const Whereabouts& where, const std::string& path, const WriteOptions& options) {
  auto resources = read_resources(context, path);
  if (!resources) {
    context.out << "Failed to execute command: " << resources.error() << "\n";
    return 1;
  }
  // What is to go may have been written by an agent that took both.
  auto consistent = options.verb == Verb::Delete ? Outcome<bgp::Done>(bgp::Done{}) : check_contradictions(*resources);
  if (!consistent) {
    context.out << "Failed to execute command: " << consistent.error().to_string() << "\n";
    return 1;
  }
  return write_and_report(context, where, *resources, options);
}

}  // namespace ctl::cli
