#include "bgp/io/speaker_driver.h"

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <cstring>
#include <unordered_map>

#include "bgp/base/limits.h"
#include "bgp/io/auth_counters.h"
#include "bgp/io/endpoint.h"
#include "bgp/io/listen_guard.h"
#include "bgp/io/socket_options.h"
#include "bgp/io/tcp_ao.h"
#include "bgp/io/interface_of.h"
#include "bgp/io/tcp_connection.h"
#include "bgp/io/tcp_listener.h"

namespace bgp::io {

using boost::system::error_code;
using Clock = std::chrono::steady_clock;

Instant now() { return Instant(std::chrono::duration_cast<Duration>(Clock::now().time_since_epoch())); }

// Link-local next hops are on the session's own link; over IPv4 there are none.
static uint32_t link_of_session(const IpAddress& local) { return local.is_v6() ? interface_of(local) : 0; }

static Auth auth_of(const speaker::output::Connect& request) {
  if (!request.tcp_ao.empty()) return Auth::TcpAo;
  return request.password.empty() ? Auth::None : Auth::TcpMd5;
}

class SpeakerDriver::Impl {
 public:
  Impl(boost::asio::io_context& io, speaker::transcript::Tap speaker, SpeakerEvents events)
      : io_(io), speaker_(speaker), events_(std::move(events)), timer_(io), listen_timer_(io), read_buffer_(limits::kReadChunkBytes) {
    connection_events_ = {
        [this](ConnId conn, const IpAddress& local) {
          dials_.erase(conn);
          handle(speaker::input::Connected{conn, local, link_of_session(local)});
        },
        [this](ConnId conn, std::string reason) {
          if (connections_.erase(conn) > 0) handle(speaker::input::ConnectFailed{conn, std::move(reason)});
          explain(conn);
        },
        [this](ConnId conn) { read(conn); },
        [this](ConnId conn) { write(conn); },
    };
    poke();  // the speaker may have asked for something already
  }

  Status<std::string> listen(const Listening& wanted);
  void handle(const speaker::Input& input) {
    speaker_.handle(input, now());
    poke();
  }
  void stop();

 private:
  void poke();
  void turn();
  void turn_soon(Instant input_came);
  void carry_out();
  void carry_out(speaker::Output& output);
  void arm_timer();
  void accept(boost::asio::ip::tcp::socket socket);
  Status<std::string> open_listeners();
  Status<std::string> open_listener(const IpAddress& address);
  std::string cannot_listen(const IpAddress& address, const error_code& error) const;
  void close_listeners();
  void listen_again();
  bool is_guarded(boost::asio::ip::tcp::socket& socket, const IpAddress& peer);
  void rekey(const speaker::output::Rekey& request);
  void read(ConnId conn);
  void write(ConnId conn);
  void lost(ConnId conn, std::string reason);
  void explain(ConnId conn);
  void out_of_descriptors();
  void measure_memory(bool is_asked);
  void too_far(const IpAddress& peer);

  boost::asio::io_context& io_;
  speaker::transcript::Tap speaker_;
  SpeakerEvents events_;
  boost::asio::steady_timer timer_;
  Instant armed_for_ = kNever;
  TokenBucket accept_rate_{limits::kAcceptsPerSecond, limits::kAcceptsAtOnce};
  std::optional<Listening> listening_;  // as last asked for
  boost::asio::steady_timer listen_timer_;
  std::vector<std::pair<IpAddress, std::shared_ptr<TcpListener>>> listeners_;
  ListenGuard guard_;
  speaker::output::Listen guards_;  // as last asked for: the sockets may be opened later
  struct Dial {
    IpAddress remote;
    Auth auth;
    AuthCounters before;
  };
  std::unordered_map<ConnId, Dial> dials_;  // not answered yet
  Instant next_descriptor_log_;
  uint64_t memory_told_ = 0;
  size_t read_since_measured_ = 0;
  Instant next_memory_look_;  // of a turn; what is read may come sooner
  uint64_t closed_for_descriptors_ = 0;
  Instant next_too_far_log_;
  uint64_t closed_for_distance_ = 0;
  TcpConnection::Events connection_events_;
  std::unordered_map<ConnId, std::shared_ptr<TcpConnection>> connections_;
  std::vector<uint8_t> read_buffer_;
  uint32_t next_accepted_ = speaker::input::kFirstAcceptedConn;
  bool is_poked_ = false;
  Instant turn_ended_;
};

// ---- turns --------------------------------------------------------------------------------------------------------

// Asks for a turn, behind whatever is ready now.
void SpeakerDriver::Impl::poke() {
  if (std::exchange(is_poked_, true)) return;
  boost::asio::post(io_, [this] {
    is_poked_ = false;
    turn();
  });
}

void SpeakerDriver::Impl::turn() {
  bool more = speaker_.run(now());
  carry_out();
  for (ConnId conn : speaker_.take_writable()) write(conn);
  turn_ended_ = now();
  if (turn_ended_ >= next_memory_look_) measure_memory(false);
  carry_out();
  if (more) poke();
  arm_timer();
}

// What comes after a pause is answered at once: to ask whether more is ready costs a call of the kernel. In a burst all that
// is ready is read before anything is decided or written.
void SpeakerDriver::Impl::turn_soon(Instant input_came) {
  if (is_poked_ || input_came - turn_ended_ < limits::kBurstPause) return poke();
  turn();
}

void SpeakerDriver::Impl::carry_out() {
  while (speaker_.has_output())
    for (speaker::Output& output : speaker_.take_output()) carry_out(output);
}

void SpeakerDriver::Impl::carry_out(speaker::Output& output) {
  namespace out = speaker::output;
  struct Visitor {
    Impl& d;
    void operator()(out::Connect& request) const {
      auto connection = std::make_shared<TcpConnection>(request.conn, boost::asio::ip::tcp::socket(d.io_),
                                                        d.connection_events_);
      d.connections_.emplace(request.conn, connection);
      d.dials_.emplace(request.conn, Dial{request.remote, auth_of(request), read_auth_counters()});
      connection->dial(request);
    }
    void operator()(out::Listen& listen) const {
      d.guards_ = std::move(listen);
      for (const LogRecord& warning : d.guard_.apply(d.guards_)) d.events_.log(warning);
    }
    void operator()(out::Rekey& request) const { d.rekey(request); }
    void operator()(out::Close& request) const {
      auto it = d.connections_.find(request.conn);
      if (it == d.connections_.end()) return;
      it->second->close(request.last_words);
      d.connections_.erase(it);
      d.explain(request.conn);
    }
    void operator()(out::Routes& routes) const { d.events_.routes(std::move(routes.changes)); }
    void operator()(out::WatchNextHop& watch) const { d.events_.watch_next_hop({watch.address, watch.ifindex}); }
    void operator()(out::UnwatchNextHop& watch) const { d.events_.unwatch_next_hop({watch.address, watch.ifindex}); }
    void operator()(out::Converged&) const { d.events_.converged(); }
    void operator()(out::BfdStart& start) const { d.events_.bfd_start(start.wish); }
    void operator()(out::BfdStop& stop) const { d.events_.bfd_stop(stop.remote); }
    void operator()(out::FreeMemory&) const {
      d.events_.free_memory();
      d.measure_memory(true);
    }
    void operator()(out::Log& log) const { d.events_.log(log.record); }
  };
  std::visit(Visitor{*this}, output);
}

// A deadline that moved away is looked at when it would have come: that is rarer than deadlines that move.
void SpeakerDriver::Impl::arm_timer() {
  Instant deadline = speaker_.next_deadline();
  if (deadline >= armed_for_) return;
  armed_for_ = deadline;
  timer_.expires_at(Clock::time_point(deadline.time_since_epoch()));
  timer_.async_wait([this](const error_code& error) {
    if (error) return;
    armed_for_ = kNever;
    // Once more through the queue: bytes that have arrived count as life before a hold timer may expire.
    boost::asio::post(io_, [this] {
      speaker_.expire(now());
      turn();
    });
  });
}

// ---- sockets ------------------------------------------------------------------------------------------------------

Status<std::string> SpeakerDriver::Impl::listen(const Listening& wanted) {
  if (listening_ == wanted) return Done{};
  listening_ = wanted;
  listen_timer_.cancel();
  auto opened = open_listeners();
  if (!opened) listen_again();
  return opened;
}

// All are closed first: the kernel lets nobody bind an address while another listens on all of them.
Status<std::string> SpeakerDriver::Impl::open_listeners() {
  close_listeners();
  std::vector<IpAddress> addresses = listening_->addresses;
  if (addresses.empty()) addresses = {IpAddress::unspecified(Family::IPv4), IpAddress::unspecified(Family::IPv6)};
  Status<std::string> all = Done{};
  for (const IpAddress& address : addresses)
    if (auto opened = open_listener(address); !opened && all) all = opened;
  for (const LogRecord& warning : guard_.apply(guards_)) events_.log(warning);
  for (const auto& [address, listener] : listeners_)
    if (error_code error = listener->listen(); error && all) all = Err(cannot_listen(address, error));
  return all;
}

Status<std::string> SpeakerDriver::Impl::open_listener(const IpAddress& address) {
  auto listener = std::make_shared<TcpListener>(
      io_, accept_rate_,
      TcpListener::Events{[this](auto socket) { accept(std::move(socket)); }, [this] { out_of_descriptors(); }});
  error_code error = listener->open(address, listening_->port);
  if (address.is_v6() && error == boost::asio::error::address_family_not_supported) return Done{};
  if (error) return Err(cannot_listen(address, error));
  guard_.add_listener(listener->native_handle(), address.family());
  listeners_.emplace_back(address, std::move(listener));
  return Done{};
}

std::string SpeakerDriver::Impl::cannot_listen(const IpAddress& address, const error_code& error) const {
  const bool is_taken = error == boost::asio::error::address_in_use;
  return "cannot listen on TCP port " + std::to_string(listening_->port) +
         (address.is_unspecified() ? "" : " of " + address.to_string()) + ": " + error.message() +
         (is_taken ? "; another BGP daemon may be running: stop it, or choose another --listen-port" : "");
}

void SpeakerDriver::Impl::close_listeners() {
  for (const auto& [address, listener] : listeners_) listener->close();
  guard_.forget_listeners();
  listeners_.clear();
}

void SpeakerDriver::Impl::listen_again() {
  listen_timer_.expires_after(std::chrono::nanoseconds(limits::kListenRetry));
  listen_timer_.async_wait([this](const error_code& error) {
    if (error) return;
    if (!open_listeners()) return listen_again();
    events_.log({LogLevel::Info, "listening", "", {{"port", std::to_string(listening_->port)}}});
  });
}

void SpeakerDriver::Impl::accept(boost::asio::ip::tcp::socket socket) {
  error_code error;
  auto remote = socket.remote_endpoint(error);
  if (error) return;  // gone before we looked
  auto local = socket.local_endpoint(error);
  if (error) return;
  IpAddress peer = from_asio(remote.address());
  (void)prepare_bgp_socket(socket.native_handle(), peer.family());  // a matter of quality, not of function
  if (!guard_.may_connect(peer) || !is_guarded(socket, peer)) return;
  ConnId conn{next_accepted_++};
  if (next_accepted_ == 0) next_accepted_ = speaker::input::kFirstAcceptedConn;
  auto connection = std::make_shared<TcpConnection>(conn, std::move(socket), connection_events_);
  connections_.emplace(conn, connection);
  connection->adopt();
  IpAddress ours = from_asio(local.address());
  handle(speaker::input::Accepted{conn, peer, ours, link_of_session(ours)});
}

// Whatever its peer's guard asks for holds for this connection, and has held from its SYN on.
bool SpeakerDriver::Impl::is_guarded(boost::asio::ip::tcp::socket& socket, const IpAddress& peer) {
  const speaker::output::PeerGuard* guard = guard_.find(peer);
  if (!guard) return true;
  int fd = socket.native_handle();
  if (confirm_ao(fd, guard->tcp_ao) != 0) return false;
  if (!guard->ttl_security_hops) return true;
  if (set_ttl_security(fd, peer.family(), *guard->ttl_security_hops) != 0) return false;
  if (has_come_from_within(fd, *guard->ttl_security_hops)) return true;
  too_far(peer);
  return false;
}

void SpeakerDriver::Impl::rekey(const speaker::output::Rekey& request) {
  auto it = connections_.find(request.conn);
  if (it == connections_.end()) return;
  const speaker::output::PeerGuard* guard = guard_.find(request.remote);
  int code = guard ? roll_over_ao(it->second->native_handle(), guard->range, request.from, request.to) : ENOENT;
  if (code == 0) return;
  lost(request.conn, std::string("TCP-AO: the kernel refused the change of keys: ") + std::strerror(code));
}

void SpeakerDriver::Impl::read(ConnId conn) {
  auto it = connections_.find(conn);
  if (it == connections_.end()) return;
  std::shared_ptr<TcpConnection> connection = it->second;
  error_code error;
  size_t count = connection->read(read_buffer_, error);
  if (error == boost::asio::error::would_block) return connection->await_readable();
  if (error) return lost(conn, words(error));
  Instant came = now();
  speaker_.handle(speaker::input::Received{conn, ByteView(read_buffer_).first(count)}, came);
  if ((read_since_measured_ += count) >= limits::kReadChunkBytes) measure_memory(false);
  turn_soon(came);
  if (connections_.contains(conn)) connection->await_readable();
}

void SpeakerDriver::Impl::write(ConnId conn) {
  static constexpr size_t kPerTurn = 1024 * 1024;  // then the others get their turn
  auto it = connections_.find(conn);
  if (it == connections_.end() || !it->second->is_connected()) return;
  std::shared_ptr<TcpConnection> connection = it->second;
  for (size_t total = 0; total < kPerTurn;) {
    ByteView bytes = speaker_.bytes_to_send(conn, limits::kWriteChunkBytes);
    if (bytes.empty()) return;
    error_code error;
    size_t count = connection->write(bytes, error);
    if (error == boost::asio::error::would_block) break;
    if (error) return lost(conn, words(error));
    speaker_.sent(conn, count, now());
    total += count;
    if (count < bytes.size()) break;
  }
  connection->await_writable();
}

void SpeakerDriver::Impl::lost(ConnId conn, std::string reason) {
  bool was_connected = connections_.at(conn)->is_connected();
  connections_.at(conn)->close({});
  connections_.erase(conn);
  dials_.erase(conn);
  if (was_connected) handle(speaker::input::Closed{conn, std::move(reason)});
  else handle(speaker::input::ConnectFailed{conn, std::move(reason)});
}

// A dial that came to nothing: was it a password?
void SpeakerDriver::Impl::explain(ConnId conn) {
  auto it = dials_.find(conn);
  if (it == dials_.end()) return;
  Dial dial = std::move(it->second);
  dials_.erase(it);
  std::string hint = auth_hint(dial.before, read_auth_counters(), dial.auth);
  if (!hint.empty()) handle(speaker::input::ConnectHint{dial.remote, std::move(hint)});
}

void SpeakerDriver::Impl::out_of_descriptors() {
  ++closed_for_descriptors_;
  if (now() < next_descriptor_log_) return;
  next_descriptor_log_ = now() + limits::kTurnedAwayLogInterval;
  events_.log({LogLevel::Warn, "out_of_descriptors", "",
               {{"effect", "connections are closed at once"}, {"so_far", std::to_string(closed_for_descriptors_)}}});
}

// Whenever much was read, and at turns not too close together: asking the kernel costs more than a small UPDATE. The speaker
// hears of what changed by a step, or what it asked for.
void SpeakerDriver::Impl::measure_memory(bool is_asked) {
  read_since_measured_ = 0;
  next_memory_look_ = now() + limits::kMemoryLookPause;
  speaker::input::MemoryUse use = events_.measure_memory();
  uint64_t change = use.used > memory_told_ ? use.used - memory_told_ : memory_told_ - use.used;
  if (!is_asked && (use.bound == 0 || change < use.bound / limits::kMemorySteps)) return;
  memory_told_ = use.used;
  handle(use);
}

void SpeakerDriver::Impl::too_far(const IpAddress& peer) {
  ++closed_for_distance_;
  if (now() < next_too_far_log_) return;
  next_too_far_log_ = now() + limits::kTurnedAwayLogInterval;
  events_.log({LogLevel::Info, "connection_turned_away", peer.to_string(),
               {{"reason", "it came from farther away than GTSM allows"}, {"so_far", std::to_string(closed_for_distance_)}}});
}

void SpeakerDriver::Impl::stop() {
  carry_out();
  for (ConnId conn : speaker_.take_writable()) write(conn);
  listen_timer_.cancel();
  close_listeners();
  for (auto& [conn, connection] : connections_) connection->close({});
  connections_.clear();
  timer_.cancel();
}

// ---- the class ----------------------------------------------------------------------------------------------------

SpeakerDriver::SpeakerDriver(boost::asio::io_context& io, speaker::Speaker& speaker, SpeakerEvents events,
                             speaker::transcript::Recorder* recorder)
    : impl_(std::make_unique<Impl>(io, speaker::transcript::Tap(speaker, recorder), std::move(events))) {}
SpeakerDriver::~SpeakerDriver() = default;
Status<std::string> SpeakerDriver::listen(const Listening& wanted) { return impl_->listen(wanted); }
void SpeakerDriver::handle(const speaker::Input& input) { impl_->handle(input); }
void SpeakerDriver::stop() { impl_->stop(); }

}  // namespace bgp::io
