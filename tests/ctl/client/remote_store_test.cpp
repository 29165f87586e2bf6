// The client against a scripted socket: this room does not see the server, which is tested with it in tests/ctl/server.
#include <doctest/doctest.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <condition_variable>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <future>
#include <mutex>
#include <thread>

#include "ctl/client/remote_store.h"
#include "ctl/client/unix_client.h"

using namespace ctl::client;
using namespace ctl::protocol;
using config::store::Change;
using config::store::Entry;
using config::store::Listing;
using config::store::StoreError;

namespace {

// Accepts on a socket; each connection's lines go to `answer`, whose result is sent (empty: nothing; nullopt: hang up).
class FakeAgent {
 public:
  using Answer = std::function<std::optional<std::string>(const Request&)>;

  explicit FakeAgent(Answer answer) : answer_(std::move(answer)) {
    char name[] = "/tmp/calico-client-XXXXXX";
    dir_ = mkdtemp(name);
    path = dir_ + "/ctl";
    start();
  }
  ~FakeAgent() {
    stop();
    std::filesystem::remove_all(dir_);
  }
  void start() {
    listener_ = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path.copy(address.sun_path, path.size());
    REQUIRE(bind(listener_, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
    REQUIRE(listen(listener_, 16) == 0);
    acceptor_ = std::thread([this] {
      for (int fd; (fd = accept(listener_, nullptr, nullptr)) >= 0;) {
        std::scoped_lock lock(mutex_);
        open_.push_back(fd);
        serving_.emplace_back([this, fd] { serve(fd); });
      }
    });
  }
  void stop() {
    if (listener_ < 0) return;
    shutdown(listener_, SHUT_RDWR);
    acceptor_.join();
    close(listener_);
    listener_ = -1;
    for (int fd : open_) shutdown(fd, SHUT_RDWR);
    for (auto& thread : serving_) thread.join();
    for (int fd : open_) close(fd);
    open_.clear();
    serving_.clear();
    unlink(path.c_str());
  }
  void tell_all(const std::string& line) {
    std::scoped_lock lock(mutex_);
    for (int fd : open_) (void)!::send(fd, (line + "\n").data(), line.size() + 1, MSG_NOSIGNAL);
  }

  std::string path;

 private:
  void serve(int fd) {
    std::string input;
    char chunk[65536];
    for (ssize_t n; (n = recv(fd, chunk, sizeof chunk, 0)) > 0;) {
      input.append(chunk, static_cast<size_t>(n));
      for (size_t newline; (newline = input.find('\n')) != std::string::npos; input.erase(0, newline + 1)) {
        auto request = parse_request(input.substr(0, newline));
        auto line = answer_(*request);
        if (!line) {
          shutdown(fd, SHUT_RDWR);
          return;
        }
        if (line->empty()) continue;
        *line += '\n';
        (void)!::send(fd, line->data(), line->size(), MSG_NOSIGNAL);
      }
    }
  }

  Answer answer_;
  std::string dir_;
  int listener_ = -1;
  std::thread acceptor_;
  std::mutex mutex_;
  std::vector<int> open_;
  std::vector<std::thread> serving_;
};

std::string result(const Request& request, const std::string& json) { return to_line(Response{request.id, json}); }

// What a watcher heard, waited for.
class Heard {
 public:
  void add(const std::vector<Change>& changes) {
    std::scoped_lock lock(mutex_);
    for (const Change& change : changes)
      text_ +=
          change.key + (change.value ? "=" + *change.value : " erased") + "@" + std::to_string(change.revision) + " ";
    changed_.notify_all();
  }
  bool comes_to(const std::string& wanted) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, std::chrono::seconds(20), [&] { return text_ == wanted; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::string text_;
};

}  // namespace

TEST_CASE("no agent: unreachable, at once, and what to do") {
  auto client = UnixClient::connect("/nonexistent/ctl");
  REQUIRE(!client.ok());
  CHECK(client.error().code == ErrorCode::Unreachable);
  CHECK(client.error().message ==
        "no agent answers on /nonexistent/ctl: No such file or directory; start calico-bgpd there, or name another "
        "socket (calicoctl: --socket, calico-bgpd: --datastore unix:PATH, its probes: --run-dir)");
  CHECK(RemoteStore("/nonexistent/ctl").get("/k").error().kind == StoreError::Kind::Unreachable);
}

TEST_CASE("an agent whose backlog is full is waited for, and is not said to be gone") {
  char name[] = "/tmp/calico-client-XXXXXX";
  std::string dir = mkdtemp(name), path = dir + "/ctl";
  int listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  path.copy(address.sun_path, path.size());
  REQUIRE(bind(listener, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
  REQUIRE(listen(listener, 0) == 0);
  auto first = UnixClient::connect(path);  // waits in the backlog, which has room for one
  REQUIRE(first.ok());
  auto late = UnixClient::connect(path, std::chrono::milliseconds(30));
  REQUIRE(!late.ok());
  CHECK(late.error().code == ErrorCode::Timeout);
  auto second = std::async(std::launch::async, [&] { return UnixClient::connect(path).ok(); });
  int accepted = accept(listener, nullptr, nullptr);
  CHECK(second.get());
  close(accepted);
  close(listener);
  std::filesystem::remove_all(dir);
}

TEST_CASE("an agent that does not answer is given up, one that hangs up is lost, gibberish is named") {
  FakeAgent silent([](const Request&) { return std::string(); });
  auto client = UnixClient::connect(silent.path, std::chrono::milliseconds(30));
  REQUIRE(client.ok());
  CHECK(client->version().error().code == ErrorCode::Timeout);

  FakeAgent rude([](const Request&) { return std::nullopt; });
  CHECK(UnixClient::connect(rude.path)->version().error().code == ErrorCode::Unreachable);

  FakeAgent alien([](const Request&) { return std::string("HTTP/1.1 400"); });
  CHECK(UnixClient::connect(alien.path)->version().error().message.starts_with("what answers on "));
}

TEST_CASE("an answer to somebody else's request is passed over") {
  FakeAgent agent([](const Request& r) {
    return to_line(Response{"999", std::string("{}")}) + "\n" + result(r, to_json(VersionInfo{"v1", "d", "c"}));
  });
  CHECK(UnixClient::connect(agent.path)->version()->version == "v1");
}

TEST_CASE("a listing of many pages comes as one, with the first page's revision") {
  FakeAgent agent([](const Request& request) {
    auto query = parse_list_query(request.params);
    Listing all{.entries = {{"/a", "1", 1}, {"/b", "2", 2}, {"/c", "3", 3}}, .revision = query->from ? 99U : 3U};
    return result(request, to_json(page_of(all, *query, 1)));
  });
  auto listing = RemoteStore(agent.path).list("/");
  REQUIRE(listing.ok());
  CHECK(listing->entries.size() == 3);
  CHECK(listing->revision == 3);
}

TEST_CASE("a conflict comes through with its key") {
  FakeAgent agent([](const Request& r) {
    return to_line(Response{r.id, bgp::Err(Error{ErrorCode::Conflict, "changed", "/k", 0})});
  });
  auto revision = RemoteStore(agent.path).commit({{"/k", "1", 0}});
  REQUIRE(!revision.ok());
  CHECK(revision.error().kind == StoreError::Kind::Conflict);
  CHECK(revision.error().key == "/k");
}

TEST_CASE("a change that no request can carry is refused before it is sent") {
  FakeAgent agent([](const Request& r) { return result(r, revision_json(1)); });
  auto revision = RemoteStore(agent.path).commit({{"/k", std::string(bgp::limits::kControlLineBytesMax, 'x'), 0}});
  REQUIRE(!revision.ok());
  CHECK(revision.error().reason == "one request carries 1024 KiB at most, and this is more; split the file");
}

TEST_CASE("a watch outlives its agent: it says so, and brings the difference when the agent is back") {
  std::mutex mutex;
  Listing now{.entries = {{"/a", "1", 1}, {"/b", "1", 2}}, .revision = 2};
  std::promise<void> lost;
  FakeAgent agent([&](const Request& request) {
    std::scoped_lock lock(mutex);
    if (request.method == method::kStoreList) return result(request, to_json(ListPage{now, std::nullopt}));
    return result(request, "{}");
  });
  Heard heard;
  RemoteStore store(agent.path, [&](const StoreError& error) {
    CHECK(error.kind == StoreError::Kind::Unreachable);
    lost.set_value();
  });
  auto watch = store.watch("/", 2, [&](const std::vector<Change>& changes) { heard.add(changes); });
  REQUIRE(watch.ok());
  agent.tell_all(to_line(Notice{"store.changed", to_json(std::vector<Change>{{"/c", "1", 3}})}));
  CHECK(heard.comes_to("/c=1@3 "));

  agent.stop();
  lost.get_future().wait();
  {
    std::scoped_lock lock(mutex);
    now = {.entries = {{"/a", "1", 1}, {"/b", "2", 5}, {"/d", "1", 6}}, .revision = 6};
  }
  agent.start();
  CHECK(heard.comes_to("/c=1@3 /b=2@5 /d=1@6 /c erased@6 "));
  watch->reset();
}

TEST_CASE("what came after the wanted revision is told even when the agent dies before it says so") {
  std::promise<void> lost;
  Listing now{.entries = {{"/a", "1", 1}, {"/b", "1", 2}}, .revision = 2};
  FakeAgent agent([&](const Request& request) {
    return result(request, request.method == method::kStoreList ? to_json(ListPage{now, std::nullopt}) : "{}");
  });
  Heard heard;
  RemoteStore store(agent.path, [&](const StoreError&) { lost.set_value(); });
  auto watch = store.watch("/", 1, [&](const std::vector<Change>& changes) { heard.add(changes); });
  REQUIRE(watch.ok());
  agent.stop();
  lost.get_future().wait();
  agent.start();
  CHECK(heard.comes_to("/b=1@2 "));
}
