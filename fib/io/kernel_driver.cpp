#include "fib/io/kernel_driver.h"

#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <map>
#include <string>
#include <unordered_map>

#include "bgp/base/limits.h"
#include "bgp/base/time.h"
#include "fib/io/kernel_reader.h"
#include "fib/io/netlink_socket.h"
#include "fib/io/route_writer.h"
#include "fib/table/fib_machine.h"

namespace fib::io {
namespace {

constexpr int kReadsPerTurn = 256;                    // of the monitor, before others have their turn
constexpr int kCommandBufferBytes = 4 * 1024 * 1024;  // refusals of one batch, each with its words
constexpr int kDumpBufferBytes = 512 * 1024;          // the kernel prefetches no more than half of it
constexpr bgp::Duration kFullCompareEvery = std::chrono::seconds(60);
constexpr bgp::Duration kResyncAtMostEvery = std::chrono::seconds(1);
constexpr bgp::Duration kSameRefusalLoggedEvery = std::chrono::seconds(60);

bgp::Instant steady_now() {
  return bgp::Instant(std::chrono::duration_cast<bgp::Duration>(std::chrono::steady_clock::now().time_since_epoch()));
}

std::chrono::steady_clock::time_point to_asio(bgp::Instant instant) {
  return std::chrono::steady_clock::time_point(
      std::chrono::duration_cast<std::chrono::steady_clock::duration>(instant.time_since_epoch()));
}

}  // namespace

struct KernelDriver::Impl : std::enable_shared_from_this<KernelDriver::Impl> {
  Impl(boost::asio::io_context& context, KernelOptions opt, KernelEvents ev)
      : io(context),
        options(opt),
        events(std::move(ev)),
        monitor_wait(context),
        timer(context),
        machine({opt.protocol, opt.table, opt.metric}) {}

  // ---- life
  bgp::Status<KernelError> start();
  bgp::Status<KernelError> open_sockets();
  void stop();
  // Runs `step` later, unless the driver was stopped by then.
  void post(void (Impl::*step)());

  // ---- reading the kernel as a whole
  void begin_dump();
  void read_dump();
  void dump_done();
  void dump_interrupted();
  void request_resync();

  // ---- hearing of changes
  void wait_for_monitor();
  void read_monitor();
  void take_datagram(bgp::ByteView datagram);
  void overrun();

  // ---- a turn: news out, operations out
  void poke();
  void turn();
  void report_news();
  void write_routes();
  void log_refusals(const std::vector<netlink::Ack>& refusals, const std::vector<RouteOp>& ops);
  void log(bgp::LogLevel level, std::string event, std::vector<std::pair<std::string, std::string>> fields);

  // ---- time
  void arm_timer();
  void on_timer();

  boost::asio::io_context& io;
  KernelOptions options;
  KernelEvents events;
  NetlinkSocket dump_socket;
  NetlinkSocket command_socket;
  NetlinkSocket monitor_socket;
  boost::asio::posix::stream_descriptor monitor_wait;
  boost::asio::steady_timer timer;
  KernelReader reader{dump_socket};
  RouteWriter writer{command_socket};
  std::vector<uint8_t> buffer = std::vector<uint8_t>(64 * 1024);
  table::FibMachine machine;
  KernelCounters counters;
  std::map<std::pair<int, std::string>, bgp::Instant> refusals_logged;
  bgp::Instant last_dump_at = bgp::Instant::min();
  bgp::Instant next_dump_at = bgp::kNever;
  bgp::Instant armed_for = bgp::kNever;
  int interruptions = 0;  // of this reading, in a row
  bool is_running = false;
  bool is_dumping = false;
  bool is_waiting = false;  // for the monitor socket
  bool is_synced = false;
  bool turn_posted = false;
};

// ---- life ---------------------------------------------------------------------------------------------------------

bgp::Status<KernelError> KernelDriver::Impl::start() {
  bgp::Status<KernelError> opened = open_sockets();
  if (!opened) return opened;
  boost::system::error_code error;
  monitor_wait.assign(monitor_socket.fd(), error);
  if (error) return bgp::Err(kernel_error("watch netlink socket", error.value()));
  is_running = true;
  wait_for_monitor();
  begin_dump();
  return bgp::Done{};
}

// Joined before the first dump: what changes while we read is told again by the monitor.
bgp::Status<KernelError> KernelDriver::Impl::open_sockets() {
  struct Wanted {
    NetlinkSocket* socket;
    int buffer_bytes;
  };
  for (auto [socket, bytes] : {Wanted{&dump_socket, kDumpBufferBytes}, Wanted{&command_socket, kCommandBufferBytes},
                               Wanted{&monitor_socket, options.monitor_buffer_bytes}}) {
    bgp::Result<NetlinkSocket, KernelError> opened = NetlinkSocket::open(bytes);
    if (!opened) return bgp::Err(opened.error());
    *socket = std::move(opened).value();
  }
  bgp::Status<KernelError> filtered = monitor_socket.ignore_routes_of(command_socket.port());
  if (!filtered) return filtered;
  return monitor_socket.join_groups();
}

void KernelDriver::Impl::stop() {
  if (!std::exchange(is_running, false)) return;
  monitor_wait.release();
  timer.cancel();
  dump_socket.close();
  command_socket.close();
  monitor_socket.close();
}

void KernelDriver::Impl::post(void (Impl::*step)()) {
  boost::asio::post(io, [self = shared_from_this(), step] {
    if (self->is_running) (self.get()->*step)();
  });
}

// ---- reading the kernel as a whole --------------------------------------------------------------------------------

void KernelDriver::Impl::begin_dump() {
  is_dumping = true;
  last_dump_at = steady_now();
  next_dump_at = bgp::kNever;
  machine.begin_dump();
  reader.begin();
  post(&Impl::read_dump);
}

void KernelDriver::Impl::read_dump() {
  KernelReader::Progress progress = reader.read_slice([this](const KernelEvent& fact) { machine.dumped(fact); });
  if (progress == KernelReader::Progress::More) return post(&Impl::read_dump);
  is_dumping = false;
  machine.end_dump(progress == KernelReader::Progress::Consistent);
  wait_for_monitor();
  if (progress == KernelReader::Progress::Consistent)
    dump_done();
  else
    dump_interrupted();
}

void KernelDriver::Impl::dump_done() {
  ++counters.dumps;
  interruptions = 0;
  next_dump_at = std::min(next_dump_at, last_dump_at + kFullCompareEvery);
  turn();
  if (!is_running || std::exchange(is_synced, true)) return;
  const table::FibTable& routes = machine.routes();
  log(bgp::LogLevel::Info, "kernel_synced",
      {{"protocol", std::to_string(options.protocol)},
       {"table", std::to_string(options.table)},
       {"adopted", std::to_string(routes.count(RouteState::Installed))},
       {"stale", std::to_string(routes.count(RouteState::Stale) + routes.leftovers())}});
  if (events.synced) events.synced();
}

// Tries again at once; when the kernel does not hold still, once a second, and says so.
void KernelDriver::Impl::dump_interrupted() {
  ++counters.dumps_interrupted;
  if (++interruptions <= bgp::limits::kDumpRetriesMax) return begin_dump();
  log(bgp::LogLevel::Warn, "kernel_dump_interrupted",
      {{"attempts", std::to_string(interruptions)}, {"next_attempt", "in 1 s"}});
  interruptions = 0;
  request_resync();
}

// At most once a second: what asks for it may come in storms.
void KernelDriver::Impl::request_resync() {
  ++counters.resyncs;
  next_dump_at = std::min(next_dump_at, std::max(steady_now(), last_dump_at + kResyncAtMostEvery));
  arm_timer();
}

// ---- hearing of changes -------------------------------------------------------------------------------------------

void KernelDriver::Impl::wait_for_monitor() {
  if (std::exchange(is_waiting, true)) return;
  monitor_wait.async_wait(boost::asio::posix::stream_descriptor::wait_read,
                          [self = shared_from_this()](const boost::system::error_code& error) {
                            self->is_waiting = false;
                            if (!error && self->is_running) self->read_monitor();
                          });
}

// During a dump nothing is read here: events wait in the socket, and the wait begins again after the dump.
void KernelDriver::Impl::read_monitor() {
  if (is_dumping) return;
  for (int i = 0; i < kReadsPerTurn && is_running; ++i) {
    NetlinkSocket::Read read = monitor_socket.read(buffer);
    if (read.error == ENOBUFS)
      overrun();
    else if (read.error != 0)
      break;
    else
      take_datagram(read.datagram);
  }
  if (!is_running) return;
  if (machine.take_resync_wish()) request_resync();
  wait_for_monitor();
  turn();
}

void KernelDriver::Impl::take_datagram(bgp::ByteView datagram) {
  netlink::MessageReader messages(datagram);
  while (std::optional<netlink::MessageView> message = messages.next())
    if (std::optional<KernelEvent> event = netlink::decode_event(*message)) machine.event(*event);
}

void KernelDriver::Impl::overrun() {
  ++counters.overruns;
  log(bgp::LogLevel::Warn, "kernel_monitor_overrun", {{"overruns", std::to_string(counters.overruns)}});
  request_resync();
}

// ---- a turn -------------------------------------------------------------------------------------------------------

void KernelDriver::Impl::poke() {
  if (is_running && !std::exchange(turn_posted, true)) post(&Impl::turn);
}

void KernelDriver::Impl::turn() {
  turn_posted = false;
  report_news();
  if (!is_running) return;
  write_routes();
  if (is_running) arm_timer();
}

void KernelDriver::Impl::report_news() {
  table::FibMachine::News news = machine.take_news();
  bool has_routes = !news.local_routes.added.empty() || !news.local_routes.removed.empty();
  if (has_routes && events.local_routes) events.local_routes(news.local_routes.added, news.local_routes.removed);
  if (is_running && !news.next_hops.empty() && events.next_hops) events.next_hops(news.next_hops);
}

void KernelDriver::Impl::write_routes() {
  bgp::Instant now = steady_now();
  std::vector<RouteOp> ops = machine.routes().ops_due(now, bgp::limits::kFibOpsPerBatch);
  if (ops.empty()) return;
  RouteWriter::Answers answers = writer.write(ops);
  std::unordered_map<uint32_t, const netlink::Ack*> refusals;
  for (const netlink::Ack& refusal : answers.refusals) refusals.emplace(refusal.sequence, &refusal);
  for (const RouteOp& op : ops) {
    auto refusal = refusals.find(op.id);
    if (refusal == refusals.end())
      machine.routes().acked(op.id);
    else
      machine.routes().failed(op.id, refusal->second->error, refusal->second->text, now);
  }
  counters.operations += ops.size();
  counters.errors += answers.refusals.size();
  if (machine.take_resync_wish() || !answers.is_complete) request_resync();
  if (machine.routes().next_due() <= now) poke();
  log_refusals(answers.refusals, ops);
}

// One line for each cause, not for each route; the prefix is an example.
void KernelDriver::Impl::log_refusals(const std::vector<netlink::Ack>& refusals, const std::vector<RouteOp>& ops) {
  bgp::Instant now = steady_now();
  for (const netlink::Ack& refusal : refusals) {
    bgp::Instant& logged_at =
        refusals_logged.try_emplace({refusal.error, refusal.text}, bgp::Instant::min()).first->second;
    if (logged_at != bgp::Instant::min() && now - logged_at < kSameRefusalLoggedEvery) continue;
    logged_at = now;
    auto op = std::find_if(ops.begin(), ops.end(), [&](const RouteOp& o) { return o.id == refusal.sequence; });
    log(bgp::LogLevel::Warn, "route_refused",
        {{"prefix", op == ops.end() ? "" : op->route.prefix.to_string()},
         {"errno", std::to_string(refusal.error)},
         {"text", refusal.text},
         {"refused_now", std::to_string(refusals.size())}});
  }
}

void KernelDriver::Impl::log(bgp::LogLevel level, std::string event,
                             std::vector<std::pair<std::string, std::string>> fields) {
  if (events.log) events.log(bgp::LogRecord{level, std::move(event), {}, std::move(fields)});
}

// ---- time ---------------------------------------------------------------------------------------------------------

void KernelDriver::Impl::arm_timer() {
  bgp::Instant due = std::min(machine.routes().next_due(), is_dumping ? bgp::kNever : next_dump_at);
  if (due == armed_for || due == bgp::kNever) return;
  armed_for = due;
  timer.expires_at(to_asio(due));
  timer.async_wait([self = shared_from_this()](const boost::system::error_code& error) {
    if (!error && self->is_running) self->on_timer();
  });
}

void KernelDriver::Impl::on_timer() {
  armed_for = bgp::kNever;
  if (!is_dumping && next_dump_at <= steady_now()) begin_dump();
  turn();
}

// ---- the face -----------------------------------------------------------------------------------------------------

KernelDriver::KernelDriver(boost::asio::io_context& context, KernelOptions options, KernelEvents events)
    : impl_(std::make_shared<Impl>(context, options, std::move(events))) {}

KernelDriver::~KernelDriver() { stop(); }

bgp::Status<KernelError> KernelDriver::start() { return impl_->start(); }
void KernelDriver::stop() { impl_->stop(); }

void KernelDriver::want(BestRoute route) {
  impl_->machine.want(route);
  impl_->poke();
}

void KernelDriver::unwant(const bgp::Prefix& prefix) {
  impl_->machine.unwant(prefix);
  impl_->poke();
}

void KernelDriver::set_host_routes(const table::Gateways& gateways) {
  impl_->machine.set_host_routes(gateways);
  impl_->poke();
}

void KernelDriver::ignore_subnets_of(std::function<bool(std::string_view link)> is_ignored) {
  impl_->machine.ignore_subnets_of(std::move(is_ignored));
  impl_->poke();
}

void KernelDriver::watch_next_hop(const bgp::ScopedAddress& address) {
  impl_->machine.watch(address);
  impl_->poke();
}

void KernelDriver::unwatch_next_hop(const bgp::ScopedAddress& address) { impl_->machine.unwatch(address); }

void KernelDriver::allow_sweep() {
  impl_->machine.routes().allow_sweep();
  impl_->poke();
}

void KernelDriver::give_back_memory() { impl_->machine.routes().give_back_memory(); }

std::optional<Way> KernelDriver::way_to(const bgp::ScopedAddress& next_hop) const { return impl_->machine.way_to(next_hop); }
std::optional<Way> KernelDriver::way_of(const bgp::Prefix& prefix) const { return impl_->machine.way_of(prefix); }
RouteStatus KernelDriver::status(const bgp::Prefix& prefix) const { return impl_->machine.routes().status(prefix); }

KernelCounters KernelDriver::counters() const {
  const table::FibTable& routes = impl_->machine.routes();
  KernelCounters counters = impl_->counters;
  counters.wanted = routes.wanted();
  counters.installed = routes.count(RouteState::Installed);
  counters.pending = routes.count(RouteState::Pending);
  counters.failed = routes.count(RouteState::Failed);
  counters.conflicts = routes.count(RouteState::Conflict);
  counters.unresolved = routes.count(RouteState::Unresolved);
  counters.stale = routes.count(RouteState::Stale) + routes.leftovers();
  return counters;
}

}  // namespace fib::io
