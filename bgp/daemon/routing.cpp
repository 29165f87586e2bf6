#include "bgp/daemon/routing.h"

#include <malloc.h>

#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <random>
#include <utility>

#include "bgp/daemon/transcript_file.h"
#include "ctl/protocol/version.h"
#include "fib/io/own_routes.h"

namespace bgp::daemon {
namespace {

using boost::asio::post;
using config::desired::Surroundings;

uint64_t some_chance() {
  std::random_device chance;
  return static_cast<uint64_t>(chance()) << 32 | chance();
}

StartError no_kernel(const fib::KernelError& error) {
  return {"cannot reach the kernel's routing table: " + error.operation + ": " + error.text +
              "; run as root or with CAP_NET_ADMIN, or give --fib none", 1};
}

fib::BestRoute to_best_route(const rib::RouteChange& change) {
  auto type = change.kind == rib::RouteChange::Kind::Blackhole ? fib::BestRoute::Type::Blackhole
                                                               : fib::BestRoute::Type::Unicast;
  fib::BestRoute route{change.prefix, type, {}};
  for (const rib::RouteChange::NextHop& hop : change.next_hops)
    route.next_hops.emplace_back(fib::Gateway(hop.gateway, hop.device), hop.weight);
  return route;
}

}  // namespace

Status<StartError> Routing::start(const config::desired::Resolved& first) {
  if (auto made = make_speaker(first); !made) return made;
  make_bfd();
  make_kernel();
  make_driver();
  if (!options_.node.speaks_bgp()) return Done{};
  if (auto listens = driver_->listen(listening(first.surroundings)); !listens) return Err(StartError{listens.error(), 1});
  if (!kernel_) return Done{};
  tell_kernel(first.surroundings);
  if (auto started = kernel_->start(); !started) return Err(no_kernel(started.error()));
  return Done{};
}

Status<StartError> Routing::make_speaker(const config::desired::Resolved& first) {
  speaker::Speaker::Options options;
  options.seed = some_chance();
  options.has_fib = options_.has_fib;
  options.software = "calico-bgp " + ctl::protocol::this_build().version;
  if (options_.has_fib) {
    auto kept = fib::io::find_own_routes(kernel_options());
    if (!kept) return Err(no_kernel(kept.error()));
    options.forwarding_kept = *kept;
  }
  auto config = std::make_shared<const speaker::SpeakerConfig>(first.config);
  Instant now = io::now();
  if (auto made = make_recorder(options, config, now); !made) return made;
  speaker_ = std::make_unique<speaker::Speaker>(config, options, now);
  return Done{};
}

Status<StartError> Routing::make_recorder(const speaker::Speaker::Options& options, const speaker::SpeakerConfigPtr& config,
                                          Instant now) {
  if (options_.record.empty()) return Done{};
  ctl::protocol::VersionInfo version = ctl::protocol::this_build();
  auto recorder = open_recorder(options_.record,
                                {"calico-bgpd " + version.version + " " + version.git_commit, options, config, now},
                                [this](const LogRecord& record) { log_.log(record); });
  if (!recorder) return Err(StartError{recorder.error(), 1});
  recorder_ = std::move(*recorder);
  return Done{};
}

void Routing::make_driver() {
  driver_ = std::make_unique<io::SpeakerDriver>(
      io_, *speaker_,
      io::SpeakerEvents{
          // speaker -> kernel: the selected route of each prefix that changed, a slice of decisions at a time
          [this](const std::vector<rib::RouteChange>& changes) {
            for (const rib::RouteChange& change : changes) {
              if (change.kind == rib::RouteChange::Kind::None) kernel_->unwant(change.prefix);
              else kernel_->want(to_best_route(change));
            }
          },
          [this](const ScopedAddress& address) { kernel_->watch_next_hop(address); },
          [this](const ScopedAddress& address) { kernel_->unwatch_next_hop(address); },
          // speaker -> kernel: once, every peer has said what it knows
          [this] {
            if (kernel_) kernel_->allow_sweep();
          },
          // speaker -> BFD thread: which sessions are wanted
          [this](const bfd::Wish& wish) { bfd_->start(wish); },
          [this](const IpAddress& remote) { bfd_->stop(remote); },
          [this](const LogRecord& record) { log_.log(record); },
          // memory -> speaker: at each turn; only changes of a step are told
          [this] { return memory_.measure(); },
          // speaker -> allocator: once a second while memory is short
          [this] {
            if (kernel_) kernel_->give_back_memory();
            malloc_trim(0);
          }},
      recorder_.get());
}

void Routing::reconfigure(const Surroundings& around, const speaker::SpeakerConfigPtr& config) {
  take(around);
  driver_->handle(speaker::input::Reconfigure{config});
}

// store -> rim: what the configuration says beside the speaker
void Routing::take(const Surroundings& around) {
  if (!options_.node.speaks_bgp()) return;
  if (auto listens = driver_->listen(listening(around)); !listens)
    log_.log({LogLevel::Error, "listen_failed", "", {{"reason", listens.error()}, {"next_attempt", "in 5 s"}}});
  if (kernel_) tell_kernel(around);
}

void Routing::tell_kernel(const Surroundings& around) {
  kernel_->set_host_routes(around.host_routes);
  if (std::exchange(ignored_interfaces_, around.ignored_interfaces) == around.ignored_interfaces) return;
  kernel_->ignore_subnets_of([patterns = around.ignored_interfaces](std::string_view link) {
    return std::any_of(patterns.begin(), patterns.end(), [&](const std::string& p) { return policy::matches_pattern(p, link); });
  });
}

io::Listening Routing::listening(const Surroundings& around) const {
  return {options_.listen_port.value_or(around.listen_port), around.listen_addresses};
}

void Routing::make_bfd() {
  bfd_ = std::make_unique<io::BfdDriver>(
      some_chance(), io::BfdEvents{
                // BFD thread -> speaker: a session came up or fell; at most one for each detection time and peer
                [this](const bfd::Changed& changed) {
                  post(io_, [this, changed] { driver_->handle(speaker::input::BfdState(changed)); });
                },
                [this](const LogRecord& record) { log_.log(record); }});
}

fib::io::KernelOptions Routing::kernel_options() const {
  return {.protocol = options_.fib_protocol, .table = options_.fib_table};
}

void Routing::make_kernel() {
  if (!options_.has_fib) return;
  kernel_ = std::make_unique<fib::io::KernelDriver>(
      io_, kernel_options(),
      fib::io::KernelEvents{
          // kernel -> speaker: routes of others, as the kernel tells of them
          [this](const std::vector<fib::LocalRoute>& added, const std::vector<fib::LocalRoute>& removed) {
            speaker::input::LocalRoutes routes;
            for (const fib::LocalRoute& route : removed) routes.removed.push_back(route.prefix);
            for (const fib::LocalRoute& route : added)
              routes.added.emplace_back(route.prefix,
                                        policy::LocalOrigin{route.interface, route.metric, route.has_gateway});
            driver_->handle(routes);
          },
          // kernel -> speaker: answers about the next hops it watches
          [this](const std::vector<fib::NextHopState>& states) {
            speaker::input::NextHopStates in;
            for (const fib::NextHopState& s : states) in.states.push_back({s.address, s.reachable, s.metric, s.ifindex, s.interface});
            driver_->handle(in);
          },
          [this](const LogRecord& record) { log_.log(record); },
          [] {}});
}

void Routing::stop() {
  driver_->handle(speaker::input::Shutdown{"shutting down", options_.stops_gracefully});
  driver_->stop();
  bfd_.reset();  // says AdminDown: nothing is wrong with the path
  if (kernel_) kernel_->stop();
}

}  // namespace bgp::daemon
