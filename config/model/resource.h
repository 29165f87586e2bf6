// config/model: what an operator may write down, and how it is read, checked, shown and stored.
//
// A Resource is a value: its kind, its name and its spec as a tree in today's Calico v3 shape, whatever clothes it was
// written in. A Kind is one row of the list in kinds.h; verbs, tables, YAML and store keys ask it and know no kind by
// name. Who calls: ctl/cli and the agent (documents, tables, settings), config/desired (typed reads, kinds/<kind>.h).
// Pure: no files, no store, no clock. Both YAML and JSON libraries stay inside the .cpp files.
//
// Invariants: a Resource that a function here returned is valid; a spec field that we do not interpret is kept as it
// was through decode and encode; what v1 clothes cannot say (fits_v1) is shown in v3 clothes.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "bgp/base/numbers.h"
#include "config/model/error.h"
#include "config/model/value.h"

namespace config::model {

class Kind;

// The two apiVersions: "v1" (calicoctl v1.x) and "projectcalico.org/v3".
enum class Api : uint8_t { V1, V3 };
const char* to_string(Api api);

struct Resource {
  const Kind* kind = nullptr;
  Api api = Api::V1;     // the clothes it was written in
  std::string name;      // the stored name: "10-0-0-1", "node1.10-0-0-1", "node1", "192-168-0-0-16", "default"
  Value metadata;        // v3 metadata besides the name (labels, uid, creationTimestamp...); a map
  Value spec;            // v3 form; a map
  Value status;          // as stored, by those who report it: shown, and never taken from a document; or Null
  std::string path;      // where it was read
  int line = 0;
};

// What the command line says about the resources wanted; empty: not said.
struct Identifiers {
  std::string name = {};   // NAME: the peer's address, the node's name, the CIDR; with Api::V3 the metadata.name
  std::string scope = {};  // --scope
  std::string node = {};   // --node
  Api api = Api::V1;
};

// Facts that a table cell needs from outside its own resource.
struct DisplayContext {
  bgp::Asn global_as{64512};  // shown in parentheses where a node inherits it
};

class Kind {
 public:
  struct Names {
    std::string v1;       // file spelling "bgpPeer"; empty: the kind has no v1 clothes
    std::string v3;       // file spelling "BGPPeer"
    std::string plural;   // "bgppeers": of the store key, and an alias
    std::vector<std::string> aliases;  // lower case, besides the lower-cased v1/v3 names and the plural
  };
  const Names& names() const { return names_; }
  // "bgpPeer" or "BGPPeer": as messages quote it. A kind without v1 clothes answers its v3 name.
  const std::string& file_name(Api api) const;

  // ---- reading -------------------------------------------------------------------------------------------------
  // One document with this kind. Errors carry the line; the caller adds path and label.
  Outcome<Resource> parse(const Value& document, Api api) const;
  // A stored entry. Unknown fields are kept, not refused.
  virtual Outcome<Resource> decode(std::string_view key, std::string_view value) const;
  // The resource that a command line names, identity only, for delete: `insufficient identifiers, missing 'scope'`.
  virtual Outcome<Resource> identify(const Identifiers& ids) const = 0;
  // Identifiers of a `get`: each may be missing, those given must make sense.
  virtual Outcome<bgp::Done> check(const Identifiers& ids) const;
  virtual bool matches(const Resource& resource, const Identifiers& ids) const = 0;

  // ---- identity and storage --------------------------------------------------------------------------------------
  // "BGPPeer(global, ip=192.20.30.40)", "Node(name=x)", "IPPool(cidr=10.0.0.0/8)".
  virtual std::string identity(const Resource& resource) const = 0;
  // Listing order: by this text.
  virtual std::string order_key(const Resource& resource) const { return resource.name; }
  // Where this kind lives: one prefix for List, which may hold keys of no interest (is_own_key).
  virtual std::string prefix() const;
  virtual bool is_own_key(std::string_view key) const;
  virtual std::string key(const Resource& resource) const;
  // The value to store. `existing`: what is stored now; a v1 document changes only what v1 can say and keeps the rest.
  virtual std::string encode(const Resource& resource, const std::optional<std::string>& existing) const;
  // Whether `wanted` may take the place of what is stored: fields that must not change.
  virtual Outcome<bgp::Done> check_update(const Resource& /*stored*/, const Resource& /*wanted*/) const { return bgp::Done{}; }
  // Prefixes whose entries go when this resource is deleted (a node's block affinities).
  virtual std::vector<std::string> dependent_prefixes(const Resource&) const { return {}; }

  // ---- showing -----------------------------------------------------------------------------------------------------
  virtual bool fits_v1(const Resource& resource) const = 0;
  // The whole document, keys in JSON order. Api::V1 of a resource that does not fit answers v3 clothes.
  Value document(const Resource& resource, Api api) const;
  // Headings of the default table, of `-o wide`, and all that custom-columns may name.
  virtual std::vector<std::string> ps_columns(Api api) const = 0;
  virtual std::vector<std::string> wide_columns(Api api) const = 0;
  virtual std::vector<std::string> all_columns(Api api) const { return wide_columns(api); }
  virtual std::string cell(const Resource& resource, std::string_view heading, Api api,
                           const DisplayContext& context) const = 0;

  virtual ~Kind() = default;
  Kind(const Kind&) = delete;
  Kind& operator=(const Kind&) = delete;

 protected:
  explicit Kind(Names names) : names_(std::move(names)) {}

  // v1 metadata and spec -> name and v3 spec.
  virtual Outcome<Resource> parse_v1(const Value& metadata, const Value& spec) const = 0;
  // Checks the v3 spec (and name) and rewrites its scalars canonically. Strict: unknown fields are errors.
  virtual Outcome<bgp::Done> check_v3(Resource& resource, bool strict) const = 0;
  virtual Value v1_metadata(const Resource& resource) const = 0;
  virtual Value v1_spec(const Resource& resource) const = 0;
  // The name in v3 clothes: converted to what Kubernetes accepts.
  virtual std::string v3_name(const Resource& resource) const { return resource.name; }
  // Lays the v1-expressible fields of `wanted` over `stored`.
  virtual Value overlay_v1(const Value& wanted, Value stored) const = 0;

 private:
  Names names_;
};

// `kind`'s identity texts equal: the same thing in v1 eyes, though a v3 name may differ.
bool same_identity(const Resource& a, const Resource& b);
// In the order of `get`: by order_key.
void sort_for_listing(std::vector<Resource>& resources);

}  // namespace config::model
