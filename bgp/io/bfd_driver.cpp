#include "bgp/io/bfd_driver.h"

#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <map>
#include <thread>
#include <unordered_map>

#include "bgp/io/bfd_sockets.h"
#include "bgp/io/endpoint.h"
#include "bgp/io/speaker_driver.h"

namespace bgp::io {

using boost::system::error_code;
using Clock = std::chrono::steady_clock;

static constexpr Duration kOpenRetry = 5s;  // of a receiving socket whose port is another daemon's

class BfdDriver::Impl {
 public:
  Impl(uint64_t seed, BfdEvents events)
      : events_(std::move(events)), sessions_(seed), chance_(seed ^ 1), timer_(io_), retry_(io_) {}
  ~Impl();

  template <class F>
  void post(F what) { boost::asio::post(io_, std::move(what)); }
  void run_thread();
  bool is_running() const { return thread_.joinable(); }
  void start(const bfd::Wish& wish);
  void stop(const IpAddress& remote);
  std::optional<bfd::Status> status(const IpAddress& remote) const { return sessions_.status(remote); }

 private:
  using Port = std::pair<Family, bool>;  // and whether it is the multihop one
  struct Sender {
    std::optional<IpAddress> local;
    bool multihop;
    BfdSender socket;
    error_code last_error;  // what was logged
    bool is_open = false;
  };

  void settle();
  void carry_out(bfd::Output& output);
  void send(const bfd::Send& packet);
  Sender* find_sender(const bfd::Send& packet);
  void note_error(const IpAddress& peer, error_code& last, const error_code& error);
  void listen(const Port& port);
  void listen_again();
  void arm_timer();

  BfdEvents events_;
  bfd::Sessions sessions_;
  Prng chance_;
  boost::asio::io_context io_{1};
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_{io_.get_executor()};
  boost::asio::steady_timer timer_;
  boost::asio::steady_timer retry_;
  Instant armed_for_ = kNever;
  std::map<Port, std::unique_ptr<BfdReceiver>> receivers_;
  std::map<Port, error_code> not_listening_;
  std::unordered_map<IpAddress, std::unique_ptr<Sender>> senders_;
  std::thread thread_;
};

// ---- the thread ---------------------------------------------------------------------------------------------------

// A little before the others in the kernel's eyes: it does next to nothing, and that on time. Where it may not
// (no CAP_SYS_NICE) it does without.
void BfdDriver::Impl::run_thread() {
  if (thread_.joinable()) return;
  thread_ = std::thread([this] {
    (void)setpriority(PRIO_PROCESS, static_cast<id_t>(syscall(SYS_gettid)), -10);
    io_.run();
  });
}

BfdDriver::Impl::~Impl() {
  if (!thread_.joinable()) return;
  post([this] {
    sessions_.stop_all(now());
    for (bfd::Output& output : sessions_.take_output()) carry_out(output);
    io_.stop();
  });
  thread_.join();
}

// ---- turns --------------------------------------------------------------------------------------------------------

void BfdDriver::Impl::start(const bfd::Wish& wish) {
  listen({wish.remote.family(), wish.config.multihop});
  sessions_.start(wish, now());
  settle();
}

void BfdDriver::Impl::stop(const IpAddress& remote) {
  sessions_.stop(remote, now());
  settle();
}

void BfdDriver::Impl::settle() {
  while (sessions_.has_output())
    for (bfd::Output& output : sessions_.take_output()) carry_out(output);
  arm_timer();
}

void BfdDriver::Impl::carry_out(bfd::Output& output) {
  struct Visitor {
    Impl& d;
    void operator()(const bfd::Send& packet) const { d.send(packet); }
    void operator()(const bfd::Changed& changed) const { d.events_.changed(changed); }
    void operator()(const bfd::Gone& gone) const { d.senders_.erase(gone.remote); }
    void operator()(const LogRecord& record) const { d.events_.log(record); }
  };
  std::visit(Visitor{*this}, output);
}

void BfdDriver::Impl::arm_timer() {
  Instant deadline = sessions_.next_deadline();
  if (deadline == armed_for_) return;
  armed_for_ = deadline;
  timer_.cancel();
  if (deadline == kNever) return;
  timer_.expires_at(Clock::time_point(deadline.time_since_epoch()));
  timer_.async_wait([this](const error_code& error) {
    if (error) return;
    armed_for_ = kNever;
    // Once more through the queue: packets that have arrived count as life before a detection time may be over.
    post([this] {
      sessions_.expire(now());
      settle();
    });
  });
}

// ---- sockets ------------------------------------------------------------------------------------------------------

void BfdDriver::Impl::listen(const Port& port) {
  if (receivers_.contains(port)) return;
  auto receiver = std::make_unique<BfdReceiver>(
      io_, port.second, [this](const bfd::Datagram& datagram) { sessions_.receive(datagram, now()); },
      [this] { settle(); });
  error_code error = receiver->open(port.first);
  if (!error) {
    receivers_.emplace(port, std::move(receiver));
    not_listening_.erase(port);
    return;
  }
  uint16_t number = port.second ? bfd::kMultihopPort : bfd::kSingleHopPort;
  if (std::exchange(not_listening_[port], error) != error)
    events_.log({LogLevel::Warn, "bfd_cannot_listen", "",
                 {{"port", std::to_string(number)}, {"reason", words(error)},
                  {"advice", error == boost::asio::error::address_in_use ? "stop the other BFD daemon" : "see the reason"}}});
  listen_again();
}

void BfdDriver::Impl::listen_again() {
  retry_.expires_after(std::chrono::nanoseconds(kOpenRetry));
  retry_.async_wait([this](const error_code& error) {
    if (error) return;
    std::map<Port, error_code> ports = not_listening_;
    for (const auto& [port, last] : ports) listen(port);
  });
}

void BfdDriver::Impl::send(const bfd::Send& packet) {
  Sender* sender = find_sender(packet);
  if (!sender) return;
  note_error(packet.remote, sender->last_error, sender->socket.send(packet));
}

// The session's own socket, opened anew when its source changed. One that cannot be opened (the address is not there
// yet) is tried again with the next packet.
BfdDriver::Impl::Sender* BfdDriver::Impl::find_sender(const bfd::Send& packet) {
  std::unique_ptr<Sender>& sender = senders_[packet.remote];
  if (sender && sender->local == packet.local && sender->multihop == packet.multihop && sender->is_open) return sender.get();
  error_code last = sender ? sender->last_error : error_code();
  sender = std::make_unique<Sender>(Sender{packet.local, packet.multihop, BfdSender(io_), last, false});
  error_code error = sender->socket.open(packet.remote.family(), packet.local, chance_);
  sender->is_open = !error;
  if (error) note_error(packet.remote, sender->last_error, error);
  return error ? nullptr : sender.get();
}

// One line when it begins and when the reason changes, not one a packet. A buffer that is full is a lost packet.
void BfdDriver::Impl::note_error(const IpAddress& peer, error_code& last, const error_code& error) {
  if (error == boost::asio::error::would_block || std::exchange(last, error) == error || !error) return;
  events_.log({LogLevel::Warn, "bfd_cannot_send", peer.to_string(), {{"reason", words(error)}}});
}

// ---- the class ----------------------------------------------------------------------------------------------------

BfdDriver::BfdDriver(uint64_t seed, BfdEvents events) : impl_(std::make_unique<Impl>(seed, std::move(events))) {}
BfdDriver::~BfdDriver() = default;

void BfdDriver::start(const bfd::Wish& wish) {
  impl_->run_thread();
  impl_->post([impl = impl_.get(), wish] { impl->start(wish); });
}

void BfdDriver::stop(const IpAddress& remote) {
  impl_->post([impl = impl_.get(), remote] { impl->stop(remote); });
}

void BfdDriver::status(const IpAddress& remote, std::function<void(std::optional<bfd::Status>)> then) {
  if (!impl_->is_running()) return then(std::nullopt);
  impl_->post([impl = impl_.get(), remote, then = std::move(then)] { then(impl->status(remote)); });
}

}  // namespace bgp::io
