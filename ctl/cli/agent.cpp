#include "ctl/cli/agent.h"

#include "ctl/client/unix_client.h"

namespace ctl::cli {
namespace {

class SocketAgent : public Agent {
 public:
  explicit SocketAgent(std::string path) : path_(std::move(path)) {}

  Outcome<protocol::VersionInfo> version() override {
    return ask<protocol::VersionInfo>([](client::UnixClient& c) { return c.version(); });
  }
  Outcome<protocol::NodeStatus> node_status() override {
    return ask<protocol::NodeStatus>([](client::UnixClient& c) { return c.node_status(); });
  }
  Outcome<protocol::PeerDetail> node_peer(const std::string& address) override {
    return ask<protocol::PeerDetail>([&](client::UnixClient& c) { return c.node_peer(address); });
  }
  Outcome<protocol::RoutePage> node_routes(const protocol::RoutesQuery& query) override {
    return ask<protocol::RoutePage>([&](client::UnixClient& c) { return c.node_routes(query); });
  }

 private:
  template <class T, class Call>
  Outcome<T> ask(Call call) {
    auto client = client::UnixClient::connect(path_);
    if (!client) return bgp::Err(client.error());
    return call(*client);
  }
  std::string path_;
};

}  // namespace

std::unique_ptr<Agent> agent_at(std::string socket_path) {
  return std::make_unique<SocketAgent>(std::move(socket_path));
}

}  // namespace ctl::cli
