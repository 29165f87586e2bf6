// The control socket over a real unix socket: a server on its own thread, plain sockets as clients.
#include <doctest/doctest.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <cstdlib>
#include <filesystem>
#include <future>
#include <thread>

#include "config/store/mem_store.h"
#include "ctl/protocol/store_calls.h"
#include "ctl/server/unix_server.h"
#include "tests/ctl/server/client.h"

using namespace ctl::server;
using namespace ctl::protocol;
namespace asio = boost::asio;

namespace {

// An agent whose server runs on a thread, as in the daemon.
struct Served {
  explicit Served(std::chrono::nanoseconds deadline = std::chrono::seconds(30)) {
    Handlers handlers{
        .node_status = [this](Reply<NodeStatus> reply) { status(std::move(reply)); },
        .node_peer =
            [](const bgp::IpAddress& address, Reply<PeerDetail> reply) {
              reply(bgp::Err(Error{ErrorCode::NotFound, address.to_string() + " is no peer", {}, 0}));
            },
        .node_routes = [this](const RoutesQuery& query, Reply<RoutePage> reply) { routes(query, reply); }};
    auto opened = UnixServer::open(io, {path, {"v9", "today", "abc"}, deadline}, store, handlers);
    REQUIRE_MESSAGE(opened.ok(), (opened.ok() ? "" : opened.error().reason));
    server = std::move(*opened);
    thread = std::thread([this] { io.run(); });
  }
  ~Served() {
    on_thread([this] { server.reset(); });
    guard.reset();
    thread.join();
  }
  template <class F>
  auto on_thread(F f) -> decltype(f()) {
    std::packaged_task<decltype(f())()> task(f);
    auto done = task.get_future();
    asio::post(io, [&task] { task(); });
    return done.get();
  }

  TempDir dir;
  std::string path = dir.path + "/run/calico/calico-bgp.ctl";
  asio::io_context io;
  asio::executor_work_guard<asio::io_context::executor_type> guard{io.get_executor()};
  config::store::MemStore store;
  std::function<void(Reply<NodeStatus>)> status = [](Reply<NodeStatus> reply) {
    reply(NodeStatus{.node = "node1", .router_id = "", .peers = {}});
  };
  std::function<void(const RoutesQuery&, Reply<RoutePage>)> routes = [](const RoutesQuery&, Reply<RoutePage> reply) {
    reply(RoutePage{});
  };
  std::unique_ptr<UnixServer> server;
  std::thread thread;
};

bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

}  // namespace

TEST_CASE("calls are answered over the socket") {
  Served agent;
  Client client(agent.path);
  CHECK(client.ask("version") ==
        R"({"jsonrpc":"2.0","id":1,"result":{"version":"v9","buildDate":"today","gitCommit":"abc"}})");
  CHECK(has(client.ask("node.status"), R"("node":"node1")"));
  CHECK(has(client.ask("node.peer", address_params("192.0.2.1")), "192.0.2.1 is no peer"));
  CHECK(has(client.ask("node.peer", address_params("elsewhere")), "'elsewhere' is no IP address"));
  CHECK(client.ask("node.routes") == R"({"jsonrpc":"2.0","id":1,"result":{"rows":[],"next":null}})");
  CHECK(has(client.ask("no.such"), "-32601"));
  CHECK(has(client.ask("store.get", "[]"), "-32602"));
  client.say("gibberish");
  CHECK(has(client.hear(), "-32700"));
}

TEST_CASE("requests that come together are answered in order, and the last one after a half-close") {
  Served agent;
  Client client(agent.path);
  std::string all;
  for (int i = 0; i < 100; ++i)
    all += (all.empty() ? "" : "\n") + to_line(Request{std::to_string(i), "node.status", "{}"});
  client.say(all);
  client.say_no_more();
  for (int i = 0; i < 100; ++i) CHECK(has(client.hear(), "\"id\":" + std::to_string(i) + ","));
  CHECK(client.hear() == "");
}

TEST_CASE("as many requests as fit into one read are answered in turn, not from within each other") {
  Served agent;
  Client client(agent.path);
  static constexpr size_t kLines = 16 * 1024;
  client.say(std::string(kLines - 1, '\n'));
  for (size_t i = 0; i < kLines; ++i) REQUIRE(has(client.hear(), "-32700"));
  CHECK(has(client.ask("version"), "v9"));
}

TEST_CASE("the store is served: get, list, commit, watch") {
  Served agent;
  Client client(agent.path), watcher(agent.path);
  CHECK(watcher.ask("store.watch", to_json(WatchQuery{"/calico/", 0})) == R"({"jsonrpc":"2.0","id":1,"result":{}})");
  auto commit = client.ask("store.commit", to_json(std::vector<config::store::Write>{{"/calico/a", "1", 0}}));
  CHECK(has(commit, "\"result\":{\"revision\":"));
  CHECK(has(watcher.hear(), R"("method":"store.changed","params":{"changes":[{"key":"/calico/a","value":"1",)"));
  CHECK(has(client.ask("store.get", key_params("/calico/a")), R"("value":"1")"));
  CHECK(has(client.ask("store.list", to_json(ListQuery{"/calico/", {}})), R"("key":"/calico/a")"));
  auto conflict = client.ask("store.commit", to_json(std::vector<config::store::Write>{{"/calico/a", "2", 0}}));
  CHECK(has(conflict, "\"code\":2"));
  CHECK(has(conflict, "\"key\":\"/calico/a\""));
  CHECK(has(watcher.ask("store.watch", to_json(WatchQuery{"/", 0})), "watches already"));
}

TEST_CASE("the socket is for owner and group, its directory is made, and it goes with the server") {
  TempDir dir;
  std::string path = dir.path + "/a/b/ctl";
  asio::io_context io;
  config::store::MemStore store;
  {
    auto server = UnixServer::open(io, {path, {}}, store, {});
    REQUIRE(server.ok());
    struct stat info {};
    REQUIRE(stat(path.c_str(), &info) == 0);
    CHECK((info.st_mode & 07777) == 0660);
  }
  CHECK(!std::filesystem::exists(path));
}

TEST_CASE("a second agent is refused, a dead one's socket is replaced, a file in the way is kept") {
  TempDir dir;
  std::string path = dir.path + "/ctl";
  asio::io_context io;
  config::store::MemStore store;
  int left_behind = socket(AF_UNIX, SOCK_STREAM, 0);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  path.copy(address.sun_path, path.size());
  REQUIRE(bind(left_behind, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
  close(left_behind);

  auto first = UnixServer::open(io, {path, {}}, store, {});
  CHECK(first.ok());
  auto second = UnixServer::open(io, {path, {}}, store, {});
  REQUIRE(!second.ok());
  CHECK(second.error().kind == ServerError::Kind::Busy);
  CHECK(has(second.error().reason, "(pid " + std::to_string(getpid()) + ")"));
  CHECK(std::filesystem::exists(path));

  FILE* file = std::fopen((dir.path + "/notes").c_str(), "w");
  std::fclose(file);
  auto blocked = UnixServer::open(io, {dir.path + "/notes", {}}, store, {});
  REQUIRE(!blocked.ok());
  CHECK(blocked.error().kind == ServerError::Kind::Failed);
  CHECK(std::filesystem::exists(dir.path + "/notes"));
  CHECK(!UnixServer::open(io, {dir.path + "/" + std::string(120, 'x'), {}}, store, {}).ok());
}

TEST_CASE("limit: one client too many is told so and closed; the others stay") {
  Served agent;
  std::vector<std::unique_ptr<Client>> clients;
  for (size_t i = 0; i < bgp::limits::kControlClientsMax; ++i) {
    clients.push_back(std::make_unique<Client>(agent.path));
    REQUIRE(has(clients.back()->ask("version"), "v9"));
  }
  Client late(agent.path);
  CHECK(has(late.hear(), "\"code\":10"));
  CHECK(late.hear() == "");
  CHECK(has(clients[0]->ask("version"), "v9"));
}

TEST_CASE("limit: a line without end is refused and its client closed") {
  Served agent;
  Client client(agent.path), other(agent.path);
  client.say(std::string(bgp::limits::kControlLineBytesMax + 64 * 1024, 'x'));
  std::string answer = client.hear();
  // The close may overtake the answer, as there is unread input; what matters is that the client is gone.
  CHECK((answer.empty() || has(answer, "\"code\":9")));
  CHECK(client.hear() == "");
  CHECK(has(other.ask("version"), "v9"));
}

TEST_CASE("limit: a watcher that does not read is closed; the store goes on") {
  Served agent;
  Client watcher(agent.path);
  watcher.ask("store.watch", to_json(WatchQuery{"/", 0}));
  std::string big(256 * 1024, 'x');
  for (int i = 0; i < 64; ++i)
    REQUIRE(agent.on_thread([&] { return agent.store.commit({{"/k", big, std::nullopt}}).ok(); }));
  size_t heard = 0;
  while (!watcher.hear().empty()) ++heard;
  CHECK(heard < 64);
  Client after(agent.path);
  CHECK(has(after.ask("store.get", key_params("/k")), "xxx"));
}

TEST_CASE("limit: an answer larger than the socket carries is an error, not a dead client") {
  Served agent;
  agent.on_thread([&] {
    (void)agent.store.commit({{"/k", std::string(bgp::limits::kControlQueueBytesMax, 'x'), {}}});
  });
  Client client(agent.path);
  CHECK(has(client.ask("store.get", key_params("/k")), "\"code\":9"));
  CHECK(has(client.ask("version"), "v9"));
}

TEST_CASE("deadline: a handler that never answers costs an error, and a late answer goes nowhere") {
  Served agent(std::chrono::milliseconds(30));
  Reply<NodeStatus> late;
  agent.status = [&](Reply<NodeStatus> reply) { late = std::move(reply); };
  Client client(agent.path);
  client.say(to_line(Request{"7", "node.status", "{}"}));
  std::string answer = client.hear();
  CHECK(has(answer, "\"code\":8"));
  CHECK(has(answer, "\"id\":7"));
  late(NodeStatus{.node = "late", .router_id = "", .peers = {}});
  CHECK(client.hear() == "");  // nothing more until the connection idles out
}

TEST_CASE("deadline: a client that never ends its request is closed; a watcher may be silent") {
  Served agent(std::chrono::milliseconds(30));
  Client dawdler(agent.path), watcher(agent.path);
  watcher.ask("store.watch", to_json(WatchQuery{"/", 0}));
  CHECK(dawdler.hear() == "");
  agent.on_thread([&] { (void)agent.store.commit({{"/k", "1", {}}}); });
  CHECK(has(watcher.hear(), "store.changed"));
}

TEST_CASE("hostile text in a status stays inside its string") {
  Served agent;
  agent.status = [](Reply<NodeStatus> reply) {
    NodeStatus status{.node = "n", .router_id = "", .peers = {PeerStatus{}}};
    status.peers[0].last_error = "\x1b[2J\n{\"jsonrpc\"\xff";
    reply(status);
  };
  Client client(agent.path);
  std::string line = client.ask("node.status");
  CHECK(has(line, R"(\\x1b[2J\\x0a{\"jsonrpc\"\\xff)"));
  CHECK(has(client.ask("version"), "v9"));
}

TEST_CASE("a stranger may read and not write") {
  if (geteuid() != 0) return;  // only root can become somebody else
  Served agent;
  std::filesystem::permissions(agent.dir.path, std::filesystem::perms::all);
  std::filesystem::permissions(agent.path, std::filesystem::perms::all);
  int pipes[2];
  REQUIRE(pipe(pipes) == 0);
  pid_t child = fork();
  if (child == 0) {
    bool ok = setgid(65534) == 0 && setuid(65534) == 0;
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    agent.path.copy(address.sun_path, agent.path.size());
    ok = ok && connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
    std::string lines = to_line(Request{"1", "store.commit", R"({"writes":[{"key":"/k","value":"1"}]})"}) + "\n" +
                        to_line(Request{"2", "store.get", R"({"key":"/k"})"}) + "\n";
    ok = ok && write(fd, lines.data(), lines.size()) == static_cast<ssize_t>(lines.size());
    shutdown(fd, SHUT_WR);
    char buffer[4096];
    for (ssize_t n; ok && (n = read(fd, buffer, sizeof buffer)) > 0;)
      ok = write(pipes[1], buffer, static_cast<size_t>(n)) > 0;
    _exit(ok ? 0 : 1);
  }
  close(pipes[1]);
  std::string heard;
  char buffer[4096];
  for (ssize_t n; (n = read(pipes[0], buffer, sizeof buffer)) > 0;) heard.append(buffer, static_cast<size_t>(n));
  close(pipes[0]);
  waitpid(child, nullptr, 0);
  CHECK(has(heard, "\"code\":7"));
  CHECK(has(heard, R"({"jsonrpc":"2.0","id":2,"result":null})"));
}
