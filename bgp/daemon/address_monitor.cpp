#include "bgp/daemon/address_monitor.h"

#include <boost/asio/post.hpp>
#include <utility>

#include "bgp/daemon/registration.h"
#include "bgp/io/speaker_driver.h"

namespace bgp::daemon {
namespace {

using config::model::InterfaceAddress;
using config::model::Node;

std::optional<InterfaceAddress> address_of(const Node& node, Family family) {
  return family == Family::IPv4 ? node.ipv4 : node.ipv6;
}

std::string to_text(const std::optional<InterfaceAddress>& address) { return address ? address->to_string() : "none"; }

// Empty event: nothing to tell.
LogRecord record_of(const AddressVerdict& verdict, const std::optional<InterfaceAddress>& stored, const Detection& found,
                    const std::string& method) {
  const std::string address = to_text(stored);
  switch (verdict.kind) {
    case AddressVerdict::Kind::Keep:
    case AddressVerdict::Kind::Take: return {};
    case AddressVerdict::Kind::Prefers:
      return {LogLevel::Info, "address_kept", "",
              {{"address", address}, {"method", method}, {"method_prefers", to_text(verdict.address)},
               {"on", found.interface}, {"reason", "the stored one is on an interface that is up"}}};
    case AddressVerdict::Kind::Missing:
      return {LogLevel::Warn, "address_missing", "",
              {{"address", address}, {"method", method}, {"candidate", to_text(verdict.address)}, {"on", found.interface},
               {"reason", found.address ? "taken if it is still so after one interval" : found.reason}}};
    case AddressVerdict::Kind::Returned: return {LogLevel::Info, "address_returned", "", {{"address", address}}};
  }
  return {};
}

}  // namespace

AddressMonitor::AddressMonitor(boost::asio::io_context& store_io, config::store::Store& store, const Options& options,
                               Events events)
    : io_(store_io), store_(store), options_(options), events_(std::move(events)), timer_(store_io) {
  if (options.node.backend == "none") return;
  watch(Family::IPv4, options.ip, options.node.ip_method);
  watch(Family::IPv6, options.ip6, options.node.ip6_method);
}

// Without --ip an address is looked for until one is stored; who stored it is then not known, and it stays.
void AddressMonitor::watch(Family family, const std::string& option, const DetectionMethod& method) {
  const bool is_found = option == "autodetect" || (option.empty() && family == Family::IPv4);
  if (is_found) watched_.push_back({family, &method, AddressWatch(options_.node.poll_interval)});
}

void AddressMonitor::start() {
  if (watched_.empty()) return;
  asking_.emplace(1);
  wait();
}

void AddressMonitor::stop() {
  is_stopped_ = true;
  timer_.cancel();
}

void AddressMonitor::wait() {
  timer_.expires_after(options_.node.poll_interval);
  timer_.async_wait([this](const boost::system::error_code& error) {
    if (!error && !is_stopped_) ask();
  });
}

// store thread -> asking thread -> store thread: one look at a time
void AddressMonitor::ask() {
  boost::asio::post(*asking_, [this] {
    Wanted wanted;
    for (const Watched& watched : watched_)
      (watched.family == Family::IPv4 ? wanted.ipv4 : wanted.ipv6) = watched.method;
    boost::asio::post(io_, [this, machine = look_at_machine(wanted)] {
      if (is_stopped_) return;
      for (Watched& watched : watched_) look(watched, machine);
      wait();
    });
  });
}

void AddressMonitor::look(Watched& watched, const Machine& machine) {
  const Node stored = stored_node(events_.nodes(), options_.node_name);
  const auto address = address_of(stored, watched.family);
  const bool is_ours_to_change = watched.family == Family::IPv4 ? options_.ip == "autodetect" : true;
  if (address && !is_ours_to_change) return;
  const Detection found = detect(*watched.method, watched.family, machine, stored);
  const AddressVerdict verdict = watched.watch.look(
      {.stored = address, .is_here = address && machine.find(address->address), .answer = found.address}, io::now());
  if (verdict.kind == AddressVerdict::Kind::Take) return take(found, *watched.method);
  if (LogRecord record = record_of(verdict, address, found, watched.method->text); !record.event.empty()) events_.log(record);
}

// A write that fails, or an address that another node has: the next verdict comes one interval later.
void AddressMonitor::take(const Detection& detection, const DetectionMethod& method) {
  auto change = change_address(events_.nodes(), options_, detection, method);
  std::string reason = change ? "" : change.error();
  if (change && change->write) {
    if (auto written = store_.commit({*change->write}); !written) reason = written.error().reason;
  }
  if (!reason.empty())
    return events_.log({LogLevel::Error, "address_not_taken", "", {{"address", to_text(detection.address)}, {"reason", reason}}});
  for (const LogRecord& record : change->records) events_.log(record);
}

}  // namespace bgp::daemon
