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
// Of one kind; a file with more of them is compared with a listing: that costs less than a round trip for each.
constexpr size_t kSingleLookupsMax = 8;

// The store as it will be after the writes planned so far.
class Plan {
 public:
  Plan(config::store::Store& store, const WriteOptions& options) : store_(store), options_(options) {}

  // Plans the writes for one resource; the reason why it cannot be.
  bgp::Status<std::string> add(const Resource& wanted);
  std::vector<Write> writes() const;
  size_t size() const { return planned_.size(); }

 private:
  using Place = std::optional<Stored>;  // what is under a key; nullopt: nothing
  struct Known {
    std::map<std::string, Place> places;  // by key
    bool is_listed = false;               // then nothing is under any other key
  };
  // Where the wanted one is, or is to be.
  OrReason<Place*> find(const Resource& wanted);
  OrReason<Place*> at(const Kind& kind, const std::string& key);
  bgp::Status<std::string> list(const Kind& kind);

  bgp::Status<std::string> put(const Resource& wanted, Place& place);
  bgp::Status<std::string> erase(Place& place);
  void plan(const std::string& key, std::optional<std::string> value, uint64_t expected);

  config::store::Store& store_;
  WriteOptions options_;
  std::map<const Kind*, Known> known_;
  std::map<std::string, Write> planned_;  // one write a key: a file may name a resource twice
};

// By its key; or what v1 takes for the same thing though its v3 name differs.
OrReason<Plan::Place*> Plan::find(const Resource& wanted) {
  auto own = at(*wanted.kind, wanted.kind->key(wanted));
  if (!own || (*own)->has_value() || wanted.api == Api::V3) return own;
  if (auto listed = list(*wanted.kind); !listed) return bgp::Err(listed.error());
  for (auto& [key, place] : known_[wanted.kind].places)
    if (place && place->problem.empty() && same_identity(place->resource, wanted)) return &place;
  return own;
}

OrReason<Plan::Place*> Plan::at(const Kind& kind, const std::string& key) {
  Known& known = known_[&kind];
  if (known.places.size() >= kSingleLookupsMax)
    if (auto listed = list(kind); !listed) return bgp::Err(listed.error());
  auto [found, is_new] = known.places.try_emplace(key);
  if (!is_new || known.is_listed) return &found->second;
  auto stored = stored_resource(store_, kind, key);
  if (!stored) return bgp::Err(stored.error());
  found->second = std::move(*stored);
  return &found->second;
}

// What is known already stays: it may be planned otherwise, and the commit expects it as it was first read.
bgp::Status<std::string> Plan::list(const Kind& kind) {
  Known& known = known_[&kind];
  if (known.is_listed) return bgp::Done{};
  auto all = stored_resources(store_, kind);
  if (!all) return bgp::Err(all.error());
  for (Stored& stored : *all) known.places.try_emplace(stored.key, std::move(stored));
  known.is_listed = true;
  return bgp::Done{};
}

// Of what is stored everything is kept that the wanted one does not say, unless the outcome could still not be read.
std::string encode(const Resource& resource, const std::optional<std::string>& before) {
  std::string value = resource.kind->encode(resource, before);
  if (!before || resource.kind->decode(resource.kind->key(resource), value)) return value;
  return resource.kind->encode(resource, std::nullopt);
}

bgp::Status<std::string> Plan::add(const Resource& wanted) {
  auto place = find(wanted);
  if (!place) return bgp::Err(place.error());
  const bool exists = (*place)->has_value();
  const std::string identity = wanted.kind->identity(wanted);
  if (options_.verb == Verb::Create && exists) {
    if (options_.skip) return bgp::Done{};
    return bgp::Err("resource already exists: " + identity);
  }
  if ((options_.verb == Verb::Replace || options_.verb == Verb::Delete) && !exists) {
    if (options_.skip) return bgp::Done{};
    return bgp::Err("resource does not exist: " + identity);
  }
  return options_.verb == Verb::Delete ? erase(**place) : put(wanted, **place);
}

bgp::Status<std::string> Plan::put(const Resource& wanted, Place& place) {
  Resource resource = wanted;
  std::optional<std::string> before;
  if (place) {
    resource.name = place->resource.name;
    before = place->value;
  }
  if (place && place->problem.empty()) {
    if (auto may = resource.kind->check_update(place->resource, resource); !may) return bgp::Err(may.error().reason);
  }
  std::string value = encode(resource, before);
  std::string key = place ? place->key : resource.kind->key(resource);
  const uint64_t revision = place ? place->revision : 0;
  plan(key, value, revision);
  place = Stored{std::move(resource), std::move(key), std::move(value), revision};
  return bgp::Done{};
}

bgp::Status<std::string> Plan::erase(Place& place) {
  for (const std::string& prefix : place->resource.kind->dependent_prefixes(place->resource)) {
    auto dependents = store_.list(prefix);
    if (!dependents) return bgp::Err(dependents.error().reason);
    for (const auto& entry : dependents->entries) plan(entry.key, std::nullopt, entry.revision);
  }
  plan(place->key, std::nullopt, place->revision);
  place.reset();
  return bgp::Done{};
}

// What is expected of a key is what was read first, however often the file writes it.
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
