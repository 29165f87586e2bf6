#include "node.h"

#include <limits>

#include "bgp/base/limits.h"
#include "cluster_store.h"
#include "secrecy.h"

namespace sim {

namespace in = speaker::input;
namespace out = speaker::output;

Node::Node(HostId id, uint64_t seed, World world, Options options)
    : id_(id), chance_(seed), world_(std::move(world)), options_(options), kernel_(chance_.next()) {
  kernel_.add_link(1, "eth0");
  kernel_.add_address(1, address_of(id), 24);
  kernel_.add_link(2, "eth1");
  kernel_.add_address(2, IpAddress::v4(0x0a000101U + static_cast<uint32_t>(id)), 24);  // 10.0.1.N+1
}

// ---- life ---------------------------------------------------------------------------------------------------------

void Node::start(speaker::SpeakerConfigPtr config) {
  if (is_running()) return;
  if (!std::exchange(is_powered_, true)) world_.internet.power(id_, true);
  ++lives_;
  converged_ = 0;
  speaker::Speaker::Options how;
  how.seed = chance_.next();
  how.has_fib = options_.has_fib;
  if (options_.has_fib && !kernel_.own_routes().empty()) how.forwarding_kept = FamilySet::of(Family::IPv4);
  auto search = [this](ByteView recorded) {
    if (shows_secret(recorded)) world_.broken("I7: a password in the transcript of " + node_name(id_));
    return std::string();
  };
  recorder_ = std::make_unique<speaker::transcript::Recorder>(
      speaker::transcript::Start{"calico-sim", how, config, world_.calendar.now()}, search, [](const std::string&) {},
      std::numeric_limits<size_t>::max());
  speaker_ = std::make_unique<speaker::Speaker>(std::move(config), how, world_.calendar.now());
  tap_ = std::make_unique<speaker::transcript::Tap>(*speaker_, recorder_.get());
  if (options_.has_fib)
    fib_ = std::make_unique<KernelSide>(
        world_.calendar, kernel_, options_.event_latency,
        KernelSide::Events{[this](const fib::table::FibMachine::News& news) { take_news(news); }, world_.broken});
  world_.internet.listen(id_, true);
  turn();
}

void Node::kill() {
  if (!is_running()) return;
  world_.internet.end_process(id_);
  tap_.reset();
  speaker_.reset();
  recorder_.reset();
  fib_.reset();
  accepted_when_thawed_.clear();
  config_when_thawed_.reset();
  is_frozen_ = has_more_ = false;
}

void Node::power_off() {
  if (!std::exchange(is_powered_, false)) return;
  world_.internet.power(id_, false);
  kill();
  kernel_.reboot();
}

void Node::freeze() {
  if (!is_running()) return;
  is_frozen_ = true;
  world_.internet.freeze(id_, true);
}

// What came meanwhile is read before any timer is looked at, as the rim does.
void Node::thaw() {
  if (!std::exchange(is_frozen_, false)) return;
  world_.internet.freeze(id_, false);
  if (config_when_thawed_) configure(std::exchange(config_when_thawed_, nullptr));
  for (auto [conn, from] : std::exchange(accepted_when_thawed_, {})) accepted(conn, from);
  world_.calendar.in(std::chrono::nanoseconds(1), [this] {
    if (!is_running() || is_frozen_) return;
    for (ConnId conn : world_.internet.connections(id_)) pull(conn);
    turn();
  });
}

void Node::configure(speaker::SpeakerConfigPtr config) {
  if (!is_running()) return;
  if (is_frozen_) config_when_thawed_ = std::move(config);
  else if (*config != speaker_->config()) handle(in::Reconfigure{std::move(config)});
}

// ---- time ---------------------------------------------------------------------------------------------------------

Instant Node::next_deadline() const {
  if (!is_running() || is_frozen_) return kNever;
  if (has_more_) return world_.calendar.now();
  return std::min(speaker_->next_deadline(), fib_ ? fib_->next_deadline() : kNever);
}

void Node::expire() {
  if (!is_running() || is_frozen_) return;
  Instant now = world_.calendar.now();
  if (speaker_->next_deadline() <= now) {
    tap_->expire(now);
    if (speaker_->next_deadline() <= now) world_.broken("I9: a deadline that has passed stays: the rim would spin");
  }
  turn();
}

void Node::handle(const speaker::Input& input) {
  if (!is_running()) return;
  tap_->handle(input, world_.calendar.now());
  turn();
}

// What the rim does at the end of each wake-up.
void Node::turn() {
  has_more_ = tap_->run(world_.calendar.now());
  drain();
  if (fib_ && fib_->next_deadline() <= world_.calendar.now()) has_more_ = fib_->turn() || has_more_;
  else if (fib_) take_news(fib_->machine().take_news());
  for (ConnId conn : tap_->take_writable()) pull(conn);
  drain();
}

void Node::drain() {
  while (speaker_->has_output())
    for (const speaker::Output& output : tap_->take_output()) carry_out(output);
}

void Node::carry_out(const speaker::Output& output) {
  struct Visitor {
    Node& n;
    void operator()(const out::Connect& c) const {
      n.world_.internet.dial(n.id_, c.conn, static_cast<HostId>(c.remote.to_u32() - 0x0a000001U));
    }
    void operator()(const out::Close& c) const { n.world_.internet.close(n.id_, c.conn, c.last_words); }
    void operator()(const out::Rekey&) const {}
    void operator()(const out::Listen&) const {}  // the simulated network asks for no passwords
    void operator()(const out::Routes& routes) const {
      if (!n.fib_) return;
      for (const rib::RouteChange& change : routes.changes) {
        using Kind = rib::RouteChange::Kind;
        auto type = change.kind == Kind::Blackhole ? fib::BestRoute::Type::Blackhole : fib::BestRoute::Type::Unicast;
        if (change.kind == Kind::None) {
          n.fib_->unwant(change.prefix);
          continue;
        }
        fib::BestRoute route{change.prefix, type, {}};
        for (const rib::RouteChange::NextHop& hop : change.next_hops)
          route.next_hops.emplace_back(fib::Gateway(hop.gateway, hop.device), hop.weight);
        n.fib_->want(route);
      }
    }
    void operator()(const out::WatchNextHop& w) const {
      if (n.fib_) n.fib_->machine().watch(w.address);
    }
    void operator()(const out::UnwatchNextHop& w) const {
      if (n.fib_) n.fib_->machine().unwatch(w.address);
    }
    void operator()(const out::Converged&) const {
      ++n.converged_;
      if (n.fib_) n.fib_->allow_sweep();
    }
    void operator()(const out::BfdStart&) const {}  // not simulated
    void operator()(const out::BfdStop&) const {}
    void operator()(const out::FreeMemory&) const {}  // memory has no bound there
    void operator()(const out::Log& log) const {
      if (std::string text = to_text(log.record); shows_secret(text)) n.world_.broken("I7: a password in the log: " + text);
      n.logs_.push_back(log.record);
    }
  };
  std::visit(Visitor{*this}, output);
}

void Node::take_news(const fib::table::FibMachine::News& news) {
  if (!news.local_routes.added.empty() || !news.local_routes.removed.empty()) {
    in::LocalRoutes routes;
    for (const fib::LocalRoute& route : news.local_routes.removed) routes.removed.push_back(route.prefix);
    for (const fib::LocalRoute& route : news.local_routes.added) routes.added.push_back(route.prefix);
    tap_->handle(routes, world_.calendar.now());
    has_more_ = true;
  }
  if (news.next_hops.empty()) return;
  in::NextHopStates states;
  for (const fib::NextHopState& s : news.next_hops) states.states.push_back({s.address, s.reachable, s.metric});
  tap_->handle(states, world_.calendar.now());
  has_more_ = true;
}

// The socket takes some octets at a time, until there is nothing more or it is full.
void Node::pull(ConnId conn) {
  for (;;) {
    size_t room = world_.internet.room(id_, conn);
    if (room == 0) return;
    size_t max = std::min<size_t>(room, 1 + chance_.below(write_max_));
    ByteView view = tap_->bytes_to_send(conn, max);
    if (view.empty()) return;
    if (view.size() > max) world_.broken("bytes_to_send gave more than it was asked for");
    Bytes bytes(view.begin(), view.end());
    tap_->sent(conn, bytes.size(), world_.calendar.now());
    world_.internet.send(id_, conn, std::move(bytes));
  }
}

// ---- as a Host ----------------------------------------------------------------------------------------------------

void Node::connected(ConnId conn) { handle(in::Connected{conn, address_of(id_)}); }
void Node::connect_failed(ConnId conn, const std::string& reason) { handle(in::ConnectFailed{conn, reason}); }
void Node::received(ConnId conn, ByteView bytes) { handle(in::Received{conn, bytes}); }
void Node::closed(ConnId conn, const std::string& reason) { handle(in::Closed{conn, reason}); }

void Node::accepted(ConnId conn, HostId from) {
  if (is_frozen_) accepted_when_thawed_.emplace_back(conn, from);
  else handle(in::Accepted{conn, address_of(from), address_of(id_)});
}

void Node::writable(ConnId conn) {
  if (!is_running() || is_frozen_) return;
  pull(conn);
}

}  // namespace sim
