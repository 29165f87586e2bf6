// calicoctl in a world of memory: a store, a scripted agent, captured output.
#pragma once

#include <doctest/doctest.h>

#include <iterator>
#include <map>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include "config/store/mem_store.h"
#include "ctl/cli/command.h"

namespace ctl::cli::testing {

struct ScriptedAgent : Agent {
  template <class T>
  static Outcome<T> away() {
    return bgp::Err(protocol::Error{protocol::ErrorCode::Unreachable, "no agent answers", {}, 0});
  }
  Outcome<protocol::VersionInfo> version() override { return away<protocol::VersionInfo>(); }
  Outcome<protocol::NodeStatus> node_status() override {
    if (statuses.empty()) return away<protocol::NodeStatus>();
    auto status = statuses.front();
    if (statuses.size() > 1) statuses.erase(statuses.begin());
    return status;
  }
  Outcome<protocol::PeerDetail> node_peer(const std::string& address) override {
    asked = address;
    return detail;
  }
  Outcome<protocol::RoutePage> node_routes(const protocol::RoutesQuery& query) override {
    queries.push_back(query);
    if (pages.empty()) return away<protocol::RoutePage>();
    auto page = pages.front();
    pages.erase(pages.begin());
    return page;
  }

  std::vector<Outcome<protocol::NodeStatus>> statuses;  // one a look; the last stays
  Outcome<protocol::PeerDetail> detail = away<protocol::PeerDetail>();
  std::vector<protocol::RoutePage> pages;
  std::vector<protocol::RoutesQuery> queries;
  std::string asked;
};

// Hands calls to an agent that outlives it.
struct BorrowedAgent : Agent {
  explicit BorrowedAgent(Agent& agent) : agent_(agent) {}
  Outcome<protocol::VersionInfo> version() override { return agent_.version(); }
  Outcome<protocol::NodeStatus> node_status() override { return agent_.node_status(); }
  Outcome<protocol::PeerDetail> node_peer(const std::string& a) override { return agent_.node_peer(a); }
  Outcome<protocol::RoutePage> node_routes(const protocol::RoutesQuery& q) override { return agent_.node_routes(q); }
  Agent& agent_;
};

struct Result {
  int exit = 0;
  std::string out;
  std::string err;
};

struct Scene {
  std::shared_ptr<config::store::Store> store = std::make_shared<config::store::MemStore>();
  ScriptedAgent agent;
  std::map<std::string, std::string> environment;
  protocol::Timestamp now = *protocol::parse_rfc3339("2016-12-06T00:00:00Z");
  int looks = 1;  // of --watch

  // "get bgpPeer --scope=global", split at blanks; `input` is standard input.
  Result operator()(const std::string& line, const std::string& input = "") {
    std::istringstream split(line), in(input);
    std::vector<std::string> words{std::istream_iterator<std::string>(split), {}};
    std::ostringstream out, err;
    int left = looks;
    int exit =
        run(words, Context{.out = out,
                           .err = err,
                           .in = in,
                           .environment = [&](const std::string& name) -> std::optional<std::string> {
                             auto found = environment.find(name);
                             return found == environment.end() ? std::nullopt : std::optional(found->second);
                           },
                           .open_store = [&](const Whereabouts&, Access)
                               -> bgp::Result<std::shared_ptr<config::store::Store>, std::string> { return store; },
                           .find_agent = [&](const Whereabouts&) { return std::make_unique<BorrowedAgent>(agent); },
                           .now = [&] { return now; },
                           .pause = [&] { return --left > 0; },
                           .whereabouts = {},
                           .command_line = {}});
    return {exit, out.str(), err.str()};
  }
};

inline std::string global_peer(const std::string& ip, const std::string& asn = "64567") {
  return "apiVersion: v1\nkind: bgpPeer\nmetadata:\n  peerIP: " + ip + "\n  scope: global\nspec:\n  asNumber: " + asn +
         "\n";
}

inline std::string node_peer(const std::string& ip, const std::string& node, const std::string& asn = "64514") {
  return "apiVersion: v1\nkind: bgpPeer\nmetadata:\n  peerIP: " + ip + "\n  scope: node\n  node: " + node +
         "\nspec:\n  asNumber: " + asn + "\n";
}

inline std::string documents(const std::vector<std::string>& all) {
  std::string text;
  for (const std::string& one : all) text += (text.empty() ? "" : "---\n") + one;
  return text;
}

}  // namespace ctl::cli::testing
