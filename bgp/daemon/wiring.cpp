#include "bgp/daemon/wiring.h"

#include <sys/time.h>
#include <unistd.h>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/signal_set.hpp>
#include <csignal>
#include <thread>
#include <utility>

#include "bgp/base/limits.h"
#include "bgp/daemon/address_monitor.h"
#include "bgp/daemon/answers.h"
#include "bgp/daemon/config_source.h"
#include "bgp/daemon/log_writer.h"
#include "bgp/daemon/node_name_file.h"
#include "bgp/daemon/node_status_writer.h"
#include "bgp/daemon/routing.h"
#include "bgp/daemon/stores.h"
#include "bgp/io/speaker_driver.h"
#include "bgp/io/tcp_ao.h"
#include "ctl/protocol/version.h"
#include "ctl/server/bird_server.h"
#include "ctl/server/unix_server.h"

namespace bgp::daemon {
namespace {

using boost::asio::post;
using config::desired::Surroundings;

StartError to_start_error(const ctl::server::ServerError& error) {
  return {error.reason, error.kind == ctl::server::ServerError::Kind::Busy ? 75 : 1};
}

// A remote store that hangs must not keep us: whatever is open then survives a kill -9 as well.
void end_within_two_seconds() {
  std::signal(SIGALRM, [](int) { _exit(0); });
  itimerval deadline{{0, 0}, {1, 800'000}};
  setitimer(ITIMER_REAL, &deadline, nullptr);
}

}  // namespace

class Agent::Impl {
 public:
  explicit Impl(const Options& options)
      : options_(options), log_(store_io_, options.log_level.value_or(LogLevel::Info)) {}
  ~Impl() { stop_store_thread(); }

  Status<StartError> start();
  void run();

 private:
  Status<StartError> wait_for_datastore();
  Status<StartError> register_at_start();
  void register_in_etcd();
  void set_log_level(const Surroundings& around);
  Status<StartError> start_control();
  Status<StartError> start_bird(Family family);
  void shut_down(const std::string& reason);
  void stop_store_thread();

  Options options_;
  const Instant started_ = io::now();
  boost::asio::io_context routing_io_{1};
  boost::asio::io_context store_io_{1};
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> store_work_{store_io_.get_executor()};
  LogWriter log_;
  std::unique_ptr<config::store::Store> store_;
  config::etcd::Mirror* etcd_ = nullptr;  // store_, when it is etcd
  bool is_registered_ = false;            // the store thread's, once it runs
  std::unique_ptr<ConfigSource> config_source_;
  std::optional<AddressMonitor> address_monitor_;
  std::unique_ptr<NodeStatusWriter> node_status_;
  std::optional<Answers> answers_;  // before the servers that ask
  std::unique_ptr<ctl::server::UnixServer> control_;
  std::vector<std::unique_ptr<ctl::server::BirdServer>> birds_;  // a family each
  BirdSelf bird_self_{ctl::protocol::this_build().version + "+compat1.6.8", std::chrono::system_clock::now(),
                      std::chrono::system_clock::now()};  // the store thread's, once that runs
  Routing routing_{routing_io_, options_, log_};  // the routing thread's, once that runs
  boost::asio::signal_set signals_{routing_io_, SIGINT, SIGTERM};
  std::thread store_thread_;
};

Status<StartError> Agent::Impl::start() {
  // etcd's thread -> store thread: after each outage
  auto opened = open_store(options_, log_, [this] { post(store_io_, [this] { register_in_etcd(); }); });
  if (!opened) return Err(opened.error());
  store_ = std::move(opened->store);
  etcd_ = opened->etcd;
  if (options_.node.waits_for_datastore) {
    if (auto waited = wait_for_datastore(); !waited) return waited;
  }
  if (auto registered = register_at_start(); !registered) return registered;
  if (auto written = write_node_name_file(options_.node_name_file, options_.node_name); !written)
    log_.log({LogLevel::Warn, "node_name_not_stored", "", {{"reason", written.error()}}});

  // store thread -> routing thread -> store: each CalicoNodeStatus of this node, every updatePeriodSeconds
  node_status_ = std::make_unique<NodeStatusWriter>(
      store_io_, *store_, options_.node_name, bird_self_,
      NodeStatusWriter::Events{[this](bool with_routes, NodeStatusWriter::Events::Then then) {
                                 if (answers_) answers_->read_live(with_routes, std::move(then));  // else the start failed
                               },
                               [this](const LogRecord& record) { log_.log(record); }});
  // store -> speaker: a whole configuration a change; coalesced while one waits
  config_source_ = std::make_unique<ConfigSource>(
      store_io_, *store_,
      config::desired::NodeIdentity{.name = options_.node_name, .router_id = options_.router_id,
                                    .ao_algorithms = io::ao_algorithms_of_kernel(),
                                    .speaks_bgp = options_.node.speaks_bgp(), .cluster_ips = options_.node.cluster_ips},
      ConfigSource::Directories{options_.secrets_dir, options_.endpoint_status_dir},
      ConfigSource::Events{
          [this](const config::desired::Resolved& resolved) {
            auto config = std::make_shared<const speaker::SpeakerConfig>(resolved.config);
            bird_self_.reconfigured = std::chrono::system_clock::now();
            set_log_level(resolved.surroundings);
            post(routing_io_, [this, config, around = resolved.surroundings] { routing_.reconfigure(around, config); });
          },
          [this](const LogRecord& record) { log_.log(record); },
          [this](const config::store::Change& change) { node_status_->take(change); }});
  auto first = config_source_->start();
  if (!first) return Err(to_start_error(first.error()));
  set_log_level(first->surroundings);
  if (auto routing = routing_.start(*first); !routing) return routing;
  if (auto control = start_control(); !control) return control;
  log_.log({LogLevel::Info, "started", "",
            {{"node", options_.node_name}, {"as", first->config.local_as.to_string()},
             {"identifier", first->config.identifier.to_string()},
             {"peers", std::to_string(first->config.peers.size())}, {"memory", routing_.memory()}}});
  if (!options_.node.speaks_bgp())
    log_.log({LogLevel::Info, "no_bgp", "", {{"backend", options_.node.backend}}});
  address_monitor_.emplace(store_io_, *store_, options_,
                           AddressMonitor::Events{[this] { return config_source_->nodes(); },
                                                  [this](const LogRecord& record) { log_.log(record); }});
  address_monitor_->start();
  store_thread_ = std::thread([this] { store_io_.run(); });
  return Done{};
}

// Once a second until it answers, or until somebody wants us to stop.
Status<StartError> Agent::Impl::wait_for_datastore() {
  bool is_told_to_stop = false;
  signals_.async_wait([&](const boost::system::error_code& error, int) { is_told_to_stop = !error; });
  std::string told;
  while (auto reason = unanswered(*store_, etcd_)) {
    if (*reason != told) log_.log({LogLevel::Warn, "datastore_awaited", "", {{"reason", *reason}}});
    told = *reason;
    store_io_.poll();  // the log
    routing_io_.run_one_for(limits::kDatastoreWait);
    if (is_told_to_stop) return Err(StartError{"stopped while the datastore was awaited", 0});
  }
  signals_.cancel();
  routing_io_.run();  // the handler above must not outlive this
  routing_io_.restart();
  return Done{};
}

// A node that knows its configuration from an earlier time starts while etcd is away, and registers when it is back.
Status<StartError> Agent::Impl::register_at_start() {
  using State = config::etcd::MirrorStatus::State;
  if (etcd_ && etcd_->status().state == State::Level) {
    if (auto made = initialise(*store_); !made) return Err(to_start_error(made.error()));
  }
  auto registered = register_self(*store_, etcd_, options_, log_);
  is_registered_ = registered.ok();
  if (is_registered_ || !etcd_ || etcd_->status().state == State::Level) return registered;
  log_.log({LogLevel::Warn, "registration_postponed", "", {{"reason", registered.error().reason}}});
  return Done{};
}

void Agent::Impl::register_in_etcd() {
  if (is_registered_) return;
  auto registered = register_self(*store_, etcd_, options_, log_);
  is_registered_ = registered.ok();  // if not, again after the next outage
  if (!registered)
    log_.log({LogLevel::Error, "registration_failed", "", {{"reason", registered.error().reason}}});
}

// What the command line or the environment says stands.
void Agent::Impl::set_log_level(const Surroundings& around) {
  if (!options_.log_level) log_.set_level(level_of(around.log_severity));
}

Status<StartError> Agent::Impl::start_control() {
  answers_.emplace(Answers::Sources{.routing = routing_io_, .store = store_io_, .node_name = options_.node_name,
                                    .speaker = routing_.speaker(), .kernel = routing_.kernel(), .bfd = routing_.bfd(),
                                    .config = *config_source_, .etcd = etcd_, .bird_self = bird_self_, .started = started_});
  auto control = ctl::server::UnixServer::open(
      store_io_, {.path = options_.run_dir + "/calico-bgp.ctl", .version = ctl::protocol::this_build()}, *store_,
      answers_->handlers());
  if (!control) return Err(to_start_error(control.error()));
  control_ = std::move(*control);
  if (auto bird = start_bird(Family::IPv4); !bird) return bird;
  return start_bird(Family::IPv6);
}

Status<StartError> Agent::Impl::start_bird(Family family) {
  std::string name = family == Family::IPv4 ? "bird.ctl" : "bird6.ctl";
  auto bird = ctl::server::BirdServer::open(
      store_io_, {.path = options_.run_dir + "/" + name, .family = family, .version = bird_self_.version},
      answers_->bird_handlers(family));
  if (!bird) return Err(to_start_error(bird.error()));
  birds_.push_back(std::move(*bird));
  return Done{};
}

void Agent::Impl::run() {
  signals_.async_wait([this](const boost::system::error_code& error, int signal) {
    if (!error) shut_down(signal == SIGTERM ? "SIGTERM" : "SIGINT");
  });
  routing_io_.run();
  stop_store_thread();
}

void Agent::Impl::shut_down(const std::string& reason) {
  end_within_two_seconds();
  log_.log({LogLevel::Info, "stopping", "", {{"reason", reason}}});
  routing_.stop();
  routing_io_.stop();
}

void Agent::Impl::stop_store_thread() {
  post(store_io_, [this] {
    if (config_source_) config_source_->stop();
    if (address_monitor_) address_monitor_->stop();
    if (node_status_) node_status_->stop();
    control_.reset();
    birds_.clear();
  });
  store_work_.reset();
  if (store_thread_.joinable()) store_thread_.join();
  else store_io_.run();  // the start failed: writes what was logged
}

Agent::Agent(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Agent::~Agent() = default;
void Agent::run() { impl_->run(); }

Result<std::unique_ptr<Agent>, StartError> Agent::start(const Options& options) {
  auto impl = std::make_unique<Impl>(options);
  if (auto started = impl->start(); !started) return Err(started.error());
  return std::unique_ptr<Agent>(new Agent(std::move(impl)));
}

}  // namespace bgp::daemon
