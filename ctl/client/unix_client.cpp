#include "ctl/client/unix_client.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <thread>
#include <utility>

namespace ctl::client {
namespace {

using protocol::Error;
using protocol::ErrorCode;
using Clock = std::chrono::steady_clock;

bgp::Err<Error> fail(ErrorCode code, std::string message) {
  return bgp::Err(Error{.code = code, .message = std::move(message), .key = {}});
}

// An answer is at most the server's queue; whatever sends more is no agent.
constexpr size_t kAnswerBytesMax = bgp::limits::kControlQueueBytesMax + 64 * 1024;

int milliseconds_until(std::optional<Clock::time_point> until) {
  if (!until) return -1;
  auto left = std::chrono::ceil<std::chrono::milliseconds>(*until - Clock::now()).count();
  return static_cast<int>(std::clamp<long long>(left, 0, 1'000'000));
}

enum class Wake : uint8_t { Ready, Stopped, Late };

// Waits for `events` on the socket or for something to read on `stop` (-1: nothing).
Wake wait_for(int descriptor, short events, int stop, std::optional<Clock::time_point> until) {
  for (;;) {
    pollfd fds[2] = {{descriptor, events, 0}, {stop, POLLIN, 0}};
    int ready = poll(fds, 2, milliseconds_until(until));
    if (ready < 0 && errno == EINTR) continue;
    if (ready <= 0) return Wake::Late;
    return fds[1].revents != 0 ? Wake::Stopped : Wake::Ready;
  }
}

Error connect_error(const std::string& path, int error) {
  if (error == EACCES || error == EPERM)
    return {ErrorCode::NotPermitted,
            "may not open " + path + ": " + std::strerror(error) + "; run the command with sudo",
            {},
            0};
  return {ErrorCode::Unreachable,
          "no agent answers on " + path + ": " + std::strerror(error) +
              "; start calico-bgpd there, or name another socket (calicoctl: --socket, calico-bgpd: --datastore unix:PATH, its probes: --run-dir)",
          {},
          0};
}

}  // namespace

Outcome<UnixClient> UnixClient::connect(const std::string& path, std::chrono::nanoseconds deadline) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof address.sun_path) return bgp::Err(connect_error(path, ENAMETOOLONG));
  path.copy(address.sun_path, path.size());
  int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fd < 0) return bgp::Err(connect_error(path, errno));
  UnixClient client(path, fd, deadline);
  // A unix socket connects at once or not at all. EAGAIN: the server's backlog is full, so there is an agent, and nothing
  // to poll for.
  auto until = Clock::now() + std::chrono::duration_cast<Clock::duration>(deadline);
  while (::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    if (errno != EAGAIN && errno != EINTR) return bgp::Err(connect_error(path, errno));
    if (Clock::now() >= until)
      return fail(ErrorCode::Timeout, "the agent on " + path + " takes no clients; it may be stuck");
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  return client;
}

UnixClient::~UnixClient() {
  if (descriptor_ >= 0) close(descriptor_);
}

UnixClient::UnixClient(UnixClient&& other) noexcept
    : path_(std::move(other.path_)),
      descriptor_(std::exchange(other.descriptor_, -1)),
      deadline_(other.deadline_),
      last_id_(other.last_id_),
      input_(std::move(other.input_)) {}

Outcome<bgp::Done> UnixClient::send_line(const std::string& line, Clock::time_point until) {
  std::string_view rest = line;
  while (!rest.empty()) {
    ssize_t sent = send(descriptor_, rest.data(), rest.size(), MSG_NOSIGNAL);
    if (sent >= 0)
      rest.remove_prefix(static_cast<size_t>(sent));
    else if (errno == EAGAIN) {
      if (wait_for(descriptor_, POLLOUT, -1, until) == Wake::Late)
        return fail(ErrorCode::Timeout, "the agent on " + path_ + " takes no requests; it may be stuck");
    } else if (errno != EINTR)
      break;  // it may have said why before it closed: read on
  }
  return bgp::Done{};
}

Outcome<std::optional<std::string>> UnixClient::read_line(std::optional<Clock::time_point> until, int stop) {
  size_t searched = 0;
  for (;;) {
    if (size_t newline = input_.find('\n', searched); newline != std::string::npos) {
      std::string line = input_.substr(0, newline);
      input_.erase(0, newline + 1);
      return std::optional(std::move(line));
    }
    searched = input_.size();
    if (searched > kAnswerBytesMax) return fail(ErrorCode::TooLarge, "the answer on " + path_ + " has no end");
    Wake wake = wait_for(descriptor_, POLLIN, stop, until);
    if (wake == Wake::Stopped) return std::optional<std::string>();
    if (wake == Wake::Late)
      return fail(ErrorCode::Timeout, "the agent on " + path_ + " does not answer; it may be stuck");
    input_.resize(searched + 64 * 1024);
    ssize_t size = recv(descriptor_, input_.data() + searched, input_.size() - searched, 0);
    int error = errno;
    input_.resize(searched + static_cast<size_t>(std::max<ssize_t>(size, 0)));
    if (size == 0) return fail(ErrorCode::Unreachable, "the agent on " + path_ + " closed the connection");
    if (size < 0 && error != EAGAIN && error != EINTR)
      return fail(ErrorCode::Unreachable, "lost the agent on " + path_ + ": " + std::strerror(error));
  }
}

Outcome<std::string> UnixClient::call(std::string_view method, std::string params) {
  if (params.size() + 256 > bgp::limits::kControlLineBytesMax)
    return fail(ErrorCode::TooLarge, "one request carries " + std::to_string(bgp::limits::kControlLineBytesMax / 1024) +
                                         " KiB at most, and this is more; split the file");
  auto until = Clock::now() + std::chrono::duration_cast<Clock::duration>(deadline_);
  std::string id = std::to_string(++last_id_);
  if (auto sent = send_line(to_line(protocol::Request{id, std::string(method), std::move(params)}) + "\n", until);
      !sent)
    return bgp::Err(sent.error());
  for (;;) {
    auto line = read_line(until, -1);
    if (!line) return bgp::Err(line.error());
    auto incoming = protocol::parse_incoming(**line);
    if (!incoming)
      return fail(ErrorCode::Internal, "what answers on " + path_ + " is no agent: " + incoming.error().message);
    auto* response = std::get_if<protocol::Response>(&*incoming);
    // Without an id it is the server's word about the connection as a whole (too many clients, line too long).
    if (response != nullptr && (response->id == id || response->id == "null")) return std::move(response->result);
  }
}

// ---- the methods ------------------------------------------------------------------------------------------------
namespace {

template <class Parse>
auto parsed(const Outcome<std::string>& result, Parse parse) -> decltype(parse(std::string_view())) {
  if (!result.ok()) return bgp::Err(result.error());
  return parse(std::string_view(result.value()));
}

}  // namespace

Outcome<protocol::VersionInfo> UnixClient::version() {
  return parsed(call(protocol::method::kVersion, "{}"), protocol::parse_version);
}

Outcome<protocol::NodeStatus> UnixClient::node_status() {
  return parsed(call(protocol::method::kNodeStatus, "{}"), protocol::parse_node_status);
}

Outcome<protocol::PeerDetail> UnixClient::node_peer(const std::string& address) {
  return parsed(call(protocol::method::kNodePeer, protocol::address_params(address)), protocol::parse_peer_detail);
}

Outcome<protocol::RoutePage> UnixClient::node_routes(const protocol::RoutesQuery& query) {
  return parsed(call(protocol::method::kNodeRoutes, to_json(query)), protocol::parse_route_page);
}

Outcome<std::optional<config::store::Entry>> UnixClient::store_get(const std::string& key) {
  return parsed(call(protocol::method::kStoreGet, protocol::key_params(key)), protocol::parse_entry);
}

Outcome<config::store::Listing> UnixClient::store_list(const std::string& prefix) {
  config::store::Listing all;
  protocol::ListQuery query{.prefix = prefix, .from = std::nullopt};
  do {
    auto page = parsed(call(protocol::method::kStoreList, to_json(query)), protocol::parse_list_page);
    if (!page) return bgp::Err(page.error());
    if (!query.from) all.revision = page->listing.revision;
    std::move(page->listing.entries.begin(), page->listing.entries.end(), std::back_inserter(all.entries));
    query.from = page->next;
  } while (query.from);
  return all;
}

Outcome<uint64_t> UnixClient::store_commit(const std::vector<config::store::Write>& writes) {
  return parsed(call(protocol::method::kStoreCommit, protocol::to_json(writes)), protocol::parse_revision);
}

Outcome<bgp::Done> UnixClient::store_watch(const protocol::WatchQuery& query) {
  auto result = call(protocol::method::kStoreWatch, to_json(query));
  if (!result) return bgp::Err(result.error());
  return bgp::Done{};
}

Outcome<std::vector<config::store::Change>> UnixClient::next_changes(int stop_descriptor) {
  for (;;) {
    auto line = read_line(std::nullopt, stop_descriptor);
    if (!line) return bgp::Err(line.error());
    if (!line->has_value()) return std::vector<config::store::Change>();
    auto incoming = protocol::parse_incoming(**line);
    if (!incoming) return bgp::Err(incoming.error());
    if (auto* notice = std::get_if<protocol::Notice>(&*incoming); notice != nullptr)
      return protocol::parse_changes(notice->params);
  }
}

}  // namespace ctl::client
