#include "cluster_store.h"

#include "bgp/base/assert.h"
#include "config/model/document.h"
#include "config/store/keys.h"

namespace sim {
namespace {

std::string v1(const std::string& kind, const std::string& metadata, const std::string& spec) {
  return "- {apiVersion: v1, kind: " + kind + ", metadata: {" + metadata + "}, spec: {" + spec + "}}\n";
}

}  // namespace

std::string node_name(int node) { return "node" + std::to_string(node); }

std::string node_document(int node, std::optional<uint32_t> as_number) {
  std::string as = as_number ? ", asNumber: " + std::to_string(*as_number) : "";
  return v1("node", "name: " + node_name(node), "bgp: {ipv4Address: 10.0.0." + std::to_string(node + 1) + "/24" + as + "}");
}

std::string mesh_document(bool is_enabled) {
  return std::string("- {apiVersion: projectcalico.org/v3, kind: BGPConfiguration, metadata: {name: default}, ") +
         "spec: {nodeToNodeMeshEnabled: " + (is_enabled ? "true" : "false") + "}}\n";
}

std::string peer_document(int node, const std::string& address, uint32_t as_number) {
  return v1("bgpPeer", "scope: node, node: " + node_name(node) + ", peerIP: " + address,
            "asNumber: " + std::to_string(as_number));
}

std::string block_document(int node, const std::string& cidr) {
  return v1("blockAffinity", "node: " + node_name(node) + ", cidr: " + cidr, "state: confirmed");
}

ClusterStore::ClusterStore(const Plan&) {
  put("- {apiVersion: v1, kind: ipPool, metadata: {cidr: 10.1.0.0/16}}\n");
  put("- {apiVersion: v1, kind: ipPool, metadata: {cidr: 10.66.0.0/16}}\n");
}

void ClusterStore::put(const std::string& yaml) { commit({yaml, false}); }
void ClusterStore::erase(const std::string& yaml) { commit({yaml, true}); }

void ClusterStore::commit(const Request& request) {
  if (!is_up_) return waiting_.push_back(request);
  StoreFault fault = std::exchange(fault_, StoreFault::None);
  if (fault == StoreFault::None) {
    carry_out(request);
    acknowledged_ = content();
    if (changed) changed();
    return;
  }
  if (fault == StoreFault::AfterDisk) carry_out(request);
  unacknowledged_ = content();
  waiting_.push_back(request);  // the operator was told nothing, and tries again
  is_up_ = false;
}

void ClusterStore::carry_out(const Request& request) {
  auto resources = config::model::parse_document(request.yaml, "-");
  BGP_ASSERT(resources.ok());
  std::vector<config::store::Write> writes;
  for (const auto& resource : *resources) {
    config::store::Write write{resource.kind->key(resource), std::nullopt, std::nullopt};
    if (!request.is_erase) write.value = resource.kind->encode(resource, std::nullopt);
    writes.push_back(std::move(write));
  }
  BGP_ASSERT(store_.commit(writes).ok());
}

// I6: what was acknowledged is there, and of what was not, all or nothing.
void ClusterStore::restart() {
  if (is_up_) return;
  is_up_ = true;
  std::map<std::string, std::string> found = content();
  if (found != acknowledged_ && found != unacknowledged_)
    broken("I6: the store is neither what was acknowledged nor that and the write that was under way");
  std::vector<Request> waiting = std::exchange(waiting_, {});
  for (const Request& request : waiting) commit(request);
  if (changed) changed();
}

std::map<std::string, std::string> ClusterStore::content() {
  std::map<std::string, std::string> all;
  for (const config::store::Entry& entry : entries()) all[entry.key] = entry.value;
  return all;
}

std::vector<config::store::Entry> ClusterStore::entries() {
  auto listing = store_.list(std::string(config::store::kRoot));
  BGP_ASSERT(listing.ok());
  return listing->entries;
}

}  // namespace sim
