#include "bgp/daemon/node_status_writer.h"

#include <boost/asio/io_context.hpp>
#include <utility>

#include "bgp/io/speaker_driver.h"

namespace bgp::daemon {

using config::store::StoreError;

NodeStatusWriter::NodeStatusWriter(boost::asio::io_context& io, config::store::Store& store, std::string node,
                                   const BirdSelf& self, Events events)
    : store_(store), self_(self), events_(std::move(events)), schedule_(std::move(node)), timer_(io) {}

void NodeStatusWriter::take(const config::store::Change& change) {
  schedule_.take(change, io::now());
  if (!schedule_.find(change.key)) cut_.erase(change.key);
  wait();
}

void NodeStatusWriter::stop() {
  is_stopped_ = true;
  timer_.cancel();
}

void NodeStatusWriter::wait() {
  Instant next = schedule_.next();
  if (is_stopped_ || is_reporting_ || next == kNever) return;
  timer_.expires_after(std::max<Duration>(next - io::now(), 0s));
  timer_.async_wait([this](const boost::system::error_code& error) {
    if (!error) report_next();
  });
}

void NodeStatusWriter::report_next() {
  if (is_stopped_ || is_reporting_) return;
  std::optional<std::string> key = schedule_.take_due(io::now());
  if (!key) return wait();
  is_reporting_ = true;
  events_.read(schedule_.find(*key)->spec.wants_routes, [this, key = *key](const LiveStatus& live, const Clocks& clocks) {
    is_reporting_ = false;
    if (is_stopped_) return;
    report(key, live, clocks);
    wait();
  });
}

void NodeStatusWriter::report(const std::string& key, const LiveStatus& live, const Clocks& clocks) {
  const NodeStatusSchedule::Wanted* wanted = schedule_.find(key);
  if (!wanted) return;
  // Routes may be wanted since we asked: then its spec changed, and it is due.
  if (wanted->spec.wants_routes && !live.has_routes) return;
  if (write(*wanted, live, clocks)) schedule_.reported(key, io::now());
  else schedule_.failed(key, io::now());
}

bool NodeStatusWriter::write(const NodeStatusSchedule::Wanted& wanted, const LiveStatus& live, const Clocks& clocks) {
  NodeStatusReport report = to_report(wanted.spec, live, self_, clocks);
  note_cut(wanted, report.is_cut);
  std::optional<std::string> value = updated(wanted.stored.value, std::move(report.status), clocks.wall);
  if (!value) return true;
  auto written = store_.commit({{wanted.stored.key, *value, wanted.stored.revision}});
  if (written) is_failing_ = false;
  // The watch brings what is there instead.
  else if (written.error().kind != StoreError::Kind::Conflict) note_failure(wanted.spec.name, written.error());
  return written.ok();
}

void NodeStatusWriter::note_cut(const NodeStatusSchedule::Wanted& wanted, bool is_cut) {
  if (!is_cut) cut_.erase(wanted.stored.key);
  if (!is_cut || !cut_.insert(wanted.stored.key).second) return;
  events_.log({LogLevel::Warn, "node_status_cut", "",
               {{"subject", wanted.spec.name},
                {"reason", "there are more peers or routes than one CalicoNodeStatus may hold; it has the first"}}});
}

void NodeStatusWriter::note_failure(const std::string& name, const StoreError& error) {
  if (std::exchange(is_failing_, true)) return;
  events_.log({LogLevel::Warn, "node_status_not_written", "", {{"subject", name}, {"reason", error.reason}}});
}

}  // namespace bgp::daemon
