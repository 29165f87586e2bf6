#include "tests/bench/load/session.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <stdexcept>

namespace bench {

namespace {

constexpr size_t kReadBytes = 512 * 1024;
constexpr uint16_t kBgpPort = 179;

sockaddr_in endpoint(uint32_t address, uint16_t port) {
  sockaddr_in out{};
  out.sin_family = AF_INET;
  out.sin_port = htons(port);
  out.sin_addr.s_addr = htonl(address);
  return out;
}

}  // namespace

int bound_socket(uint32_t address, uint16_t port) {
  const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  const int on = 1;
  setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  const sockaddr_in local = endpoint(address, port);
  if (socket < 0 || bind(socket, reinterpret_cast<const sockaddr*>(&local), sizeof local) != 0) {
    throw std::runtime_error(std::string("a socket for a peer: ") + std::strerror(errno));
  }
  return socket;
}

Session::Session(const Peer& peer, const Options& options)
    : peer_(peer), options_(options), open_(open_message(peer.asn, options.hold_s, peer.address)), keepalive_(keepalive_message()) {}

void Session::reset_to(int socket, State state) {
  close();
  socket_ = socket;
  state_ = state;
}

void Session::dial() {
  reset_to(bound_socket(peer_.address, 0), State::Connecting);
  const sockaddr_in remote = endpoint(options_.speaker_address, kBgpPort);
  if (connect(socket_, reinterpret_cast<const sockaddr*>(&remote), sizeof remote) != 0 && errno != EINPROGRESS) close();
}

void Session::adopt(int socket) {
  reset_to(socket, State::OpenSent);
  send(open_);
}

void Session::close() {
  if (socket_ >= 0) ::close(socket_);
  socket_ = -1;
  state_ = State::Down;
  outbox_.clear();
  partial_.clear();
}

bool Session::finish(std::string why) {
  end_ = std::move(why);
  close();
  return false;
}

void Session::send(ByteView stream) {
  if (!stream.empty()) outbox_.push_back(stream);
}

bool Session::handle_writable() {
  if (state_ == State::Connecting) {
    int error = 0;
    socklen_t size = sizeof error;
    getsockopt(socket_, SOL_SOCKET, SO_ERROR, &error, &size);
    if (error != 0) return finish(std::strerror(error));
    state_ = State::OpenSent;
    send(open_);
  }
  while (!outbox_.empty()) {
    ByteView& next = outbox_.front();
    const ssize_t sent = ::send(socket_, next.data(), next.size(), MSG_NOSIGNAL);
    if (sent < 0) return errno == EAGAIN || finish(std::strerror(errno));
    said_ns_ = now_ns();
    next = next.subspan(static_cast<size_t>(sent));
    if (next.empty()) outbox_.pop_front();
  }
  return true;
}

bool Session::keep_alive(int64_t now) {
  if (state_ != State::Established || !outbox_.empty() || now - said_ns_ < options_.hold_s * 1'000'000'000LL / 3) return true;
  send(keepalive_);
  return handle_writable();
}

// One read at a time: level-triggered epoll calls again, and no peer starves the others.
bool Session::handle_readable(Receiver* receiver) {
  static Bytes buffer(kReadBytes + kMessageBytesMax);
  std::copy(partial_.begin(), partial_.end(), buffer.begin());
  const ssize_t got = recv(socket_, buffer.data() + partial_.size(), kReadBytes, 0);
  if (got < 0 && errno == EAGAIN) return true;
  if (got <= 0) return finish(got == 0 ? "the speaker closed the connection" : std::strerror(errno));
  ByteView left(buffer.data(), partial_.size() + static_cast<size_t>(got));
  while (left.size() >= kHeaderBytes) {
    const size_t length = get16(&left[16]);
    if (length < kHeaderBytes || length > kMessageBytesMax) return finish("a message of " + std::to_string(length) + " octets");
    if (left.size() < length) break;
    if (!handle_message(left[18], left.subspan(kHeaderBytes, length - kHeaderBytes), receiver)) return false;
    left = left.subspan(length);
  }
  partial_.assign(left.begin(), left.end());
  return outbox_.empty() || handle_writable();
}

bool Session::handle_message(uint8_t type, ByteView body, Receiver* receiver) {
  if (type == kNotification) {
    return finish("NOTIFICATION " + (body.size() < 2 ? "?" : std::to_string(body[0]) + "/" + std::to_string(body[1])));
  }
  const int64_t now = now_ns();
  if (state_ == State::Established) silence_ns_max_ = std::max(silence_ns_max_, now - heard_ns_);
  heard_ns_ = now;
  if (type == kOpen && state_ == State::OpenSent) {
    state_ = State::OpenConfirm;
    send(keepalive_);
  } else if (type == kKeepalive && state_ == State::OpenConfirm) {
    state_ = State::Established;
    established_ns_ = now;
  }
  if (type == kUpdate && receiver != nullptr) receiver->handle_update(body);
  return true;
}

}  // namespace bench
