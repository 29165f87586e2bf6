// Documents as a store would hold them, and what a node makes of them.
#pragma once

#include <doctest/doctest.h>

#include <string>
#include <string_view>
#include <vector>

#include "config/desired/resolve.h"
#include "config/model/document.h"

inline std::vector<config::store::Entry> stored(std::string_view yaml) {
  auto resources = config::model::parse_document(yaml, "-");
  REQUIRE_MESSAGE(resources.ok(), (resources ? "" : resources.error().to_string()));
  std::vector<config::store::Entry> entries;
  for (const auto& resource : *resources) {
    entries.push_back({resource.kind->key(resource), resource.kind->encode(resource, std::nullopt), 1});
  }
  return entries;
}

inline std::string node(std::string_view name, std::string_view fields) {
  return "- {apiVersion: v1, kind: node, metadata: {name: " + std::string(name) + "}, spec: {bgp: {" +
         std::string(fields) + "}}}\n";
}
inline std::string global_peer(std::string_view ip, uint32_t as) {
  return "- {apiVersion: v1, kind: bgpPeer, metadata: {scope: global, peerIP: '" + std::string(ip) +
         "'}, spec: {asNumber: " + std::to_string(as) + "}}\n";
}
inline std::string node_peer(std::string_view name, std::string_view ip, uint32_t as) {
  return "- {apiVersion: v1, kind: bgpPeer, metadata: {scope: node, node: " + std::string(name) + ", peerIP: '" +
         std::string(ip) + "'}, spec: {asNumber: " + std::to_string(as) + "}}\n";
}
inline std::string v3(std::string_view kind, std::string_view name, std::string_view spec) {
  return "- {apiVersion: projectcalico.org/v3, kind: " + std::string(kind) + ", metadata: {name: " + std::string(name) +
         "}, spec: {" + std::string(spec) + "}}\n";
}
// A v3 node with labels.
inline std::string labelled(std::string_view name, std::string_view labels, std::string_view fields) {
  return "- {apiVersion: projectcalico.org/v3, kind: Node, metadata: {name: " + std::string(name) + ", labels: {" +
         std::string(labels) + "}}, spec: {bgp: {" + std::string(fields) + "}}}\n";
}
inline std::string block(std::string_view name, std::string_view cidr, std::string_view state = "confirmed") {
  return "- {apiVersion: v1, kind: blockAffinity, metadata: {node: " + std::string(name) + ", cidr: '" +
         std::string(cidr) + "'}, spec: {state: " + std::string(state) + "}}\n";
}

inline const std::string kMeshOff = v3("BGPConfiguration", "default", "nodeToNodeMeshEnabled: false");
inline const std::string kN1 = node("n1", "ipv4Address: 10.0.0.1");
inline const std::string kN2 = node("n2", "ipv4Address: 10.0.0.2");

inline config::desired::Resolved resolved(std::string_view yaml, const char* name = "n1") {
  return config::desired::resolve(stored(yaml), {.name = name});
}

// "10.0.0.2 as 64512 mesh", one line a peer.
inline std::string peers(const config::desired::Resolved& r) {
  static constexpr const char* kTypes[] = {"mesh", "global", "node", "workload"};
  std::string out;
  for (const bgp::speaker::PeerSettings& peer : r.config.peers) {
    out += peer.session.address.to_string() + " as " + peer.session.peer_as.to_string() + " " +
           kTypes[static_cast<size_t>(peer.type)] + "\n";
  }
  return out;
}

inline std::string warnings(const config::desired::Resolved& r) {
  std::string out;
  for (const auto& warning : r.warnings) out += warning.event + " " + warning.fields[0].second + "\n";
  return out;
}
