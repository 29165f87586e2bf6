// BIRD's control socket over a real unix socket: a server on its own thread, plain sockets as clients.
#include "ctl/server/bird_server.h"

#include <doctest/doctest.h>

#include <atomic>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <future>
#include <thread>

#include "tests/ctl/server/client.h"

using namespace ctl::server;
namespace asio = boost::asio;
namespace bird = ctl::bird;
using bgp::IpAddress;
using bgp::Prefix;

namespace {

// `routes` blackholes, 10.0.0.0/32 and up, in pages of 1000.
struct Served {
  explicit Served(uint32_t routes = 0, BirdOptions options = {}) {
    options.path = path;
    options.version = "v9";
    BirdHandlers handlers{
        .view =
            [this](bool with_counts, Reply<bird::View> reply) {
              bird::View view;
              view.status.version = "v9";
              view.protocols.emplace_back().name = "static1";
              counted += with_counts;
              if (answers) reply(std::move(view));
            },
        .routes =
            [this, routes](const std::optional<Prefix>& from, const std::function<bool(const Prefix&)>& is_wanted,
                           Reply<bird::RoutePage> reply) {
              ++pages;
              bird::RoutePage page;
              uint32_t at = from ? from->address().to_u32() - 0x0a000000 : 0, end = std::min(routes, at + 1000);
              for (; at < end; ++at) {
                bird::Route route;
                route.prefix = Prefix(IpAddress::v4(0x0a000000 + at), 32);
                route.way = bird::Route::Way::Blackhole;
                route.protocol = "static1";
                if (is_wanted(route.prefix)) page.routes.push_back(route);
              }
              if (at < routes) page.next = Prefix(IpAddress::v4(0x0a000000 + at), 32);
              reply(std::move(page));
            }};
    auto opened = BirdServer::open(io, options, handlers);
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
  std::string path = dir.path + "/bird.ctl";
  asio::io_context io;
  asio::executor_work_guard<asio::io_context::executor_type> guard{io.get_executor()};
  std::atomic<int> pages = 0, counted = 0;
  std::atomic<bool> answers = true;
  std::unique_ptr<BirdServer> server;
  std::thread thread;
};

// A client that was greeted.
struct Birdc : Client {
  explicit Birdc(const std::string& path) : Client(path) { CHECK(hear() == "0001 BIRD v9 ready."); }
  std::string ask(const std::string& line) {
    say(line);
    return hear();
  }
};

}  // namespace

TEST_CASE("a client is greeted and answered, one command after another") {
  Served agent;
  Birdc client(agent.path);
  CHECK(client.ask("restrict") == "0016 Access restricted");
  CHECK(client.ask("configure") == "8007 Access denied");
  CHECK(client.ask("show status") == "1000-BIRD v9");
  while (client.hear() != "0013 Daemon is up and running") {}
  CHECK(client.ask("show protocols nosuch") == "9002 nosuch is not a protocol");
  CHECK(client.ask("show route protocol nosuch") == "9001 nosuch is not a protocol");
  CHECK(agent.counted == 0);
  CHECK(client.ask("show route count") == "0014 0 of 0 routes for 0 networks");
  CHECK(agent.counted == 1);
  CHECK(agent.pages == 0);
}

TEST_CASE("a large table comes in chunks, in order and whole") {
  constexpr uint32_t kRoutes = 150'000;  // more than limits::kControlQueueBytesMax of text
  Served agent(kRoutes);
  Birdc client(agent.path);
  CHECK(client.ask("show route").starts_with("1007-10.0.0.0/32 "));
  size_t bytes = 0;
  for (uint32_t i = 1; i < kRoutes; ++i) {
    std::string line = client.hear();
    bytes += line.size() + 1;
    if (!line.starts_with(" " + Prefix(IpAddress::v4(0x0a000000 + i), 32).to_string() + " ")) FAIL("at " << i << ": " << line);
  }
  CHECK(bytes > bgp::limits::kControlQueueBytesMax);
  CHECK(client.hear() == "0000 ");
  CHECK(client.ask("restrict") == "0016 Access restricted");
}

TEST_CASE("whoever does not read is not read for, and is closed at the deadline") {
  Served agent(1'000'000, {.deadline = std::chrono::milliseconds(300)});
  Birdc client(agent.path);
  client.say("show route");
  while (agent.on_thread([&] { return agent.server->clients(); }) != 0) std::this_thread::yield();
  CHECK(agent.pages < 100);  // of a thousand: what fits into the socket
}

TEST_CASE("an agent that does not answer in time is said to be so") {
  Served agent(0, {.deadline = std::chrono::milliseconds(50)});
  agent.answers = false;
  Birdc client(agent.path);
  CHECK(client.ask("show status") == "9001 the agent did not answer in time; it may be overloaded");
}

TEST_CASE("a command that is too long, a silent client, and one client too many are closed") {
  Served agent(0, {.idle = std::chrono::milliseconds(200)});
  {
    Birdc client(agent.path);
    CHECK(client.ask(std::string(bgp::limits::kBirdLineBytesMax + 20'000, 'x')) == "9000 Command too long");
  }
  {
    Birdc client(agent.path);
    CHECK(client.hear() == "");
  }
  std::vector<std::unique_ptr<Client>> clients;
  Served patient;
  for (size_t i = 0; i < bgp::limits::kControlClientsMax; ++i) clients.push_back(std::make_unique<Birdc>(patient.path));
  Client last(patient.path);
  CHECK(last.hear() == "9001 the agent serves as many clients as it can; try again in a moment");
  CHECK(last.hear() == "");
}
