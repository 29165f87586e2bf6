#include "config/etcd/follower.h"

#include <algorithm>

#include "bgp/base/limits.h"

namespace config::etcd {
namespace {

Deadline in(bgp::Duration patience) {
  return std::chrono::steady_clock::now() + std::chrono::duration_cast<std::chrono::steady_clock::duration>(patience);
}

}  // namespace

Follower::Follower(Settings settings, std::vector<std::string> prefixes, Header known, uint64_t seed, Events events)
    : prefixes_(std::move(prefixes)),
      position_(std::move(known)),
      events_(std::move(events)),
      backoff_(seed),
      client_(std::move(settings), bgp::limits::kEtcdFollowWait),
      thread_([this] { run(); }) {}

Follower::~Follower() {
  {
    const std::lock_guard lock(mutex_);
    is_stopped_ = true;
  }
  stopping_.notify_all();
  client_.cancel();
  stream_.cancel();
  thread_.join();
}

bool Follower::pause(bgp::Duration duration) {
  std::unique_lock lock(mutex_);
  return !stopping_.wait_for(lock, duration, [this] { return is_stopped_; });
}

void Follower::run() {
  while (pause({})) {
    const End end = follow();
    if (!pause({})) return;
    stream_.close();
    events_.lost(end.reason, end.is_refused);
    if (!pause(backoff_.next(end.is_refused))) return;
  }
}

Follower::End Follower::follow() {
  if (must_list()) {
    if (auto end = list()) return *end;
  }
  if (auto end = open_any_watch()) return *end;
  backoff_.reset();
  events_.level(watched_);
  End end = watch();
  if (!end.is_refused) client_.rotate();
  return end;
}

std::optional<Follower::End> Follower::list() {
  std::vector<KeyRange> ranges;
  for (const std::string& prefix : prefixes_) ranges.push_back(range_of_prefix(prefix));
  auto snapshot = client_.list(ranges);
  if (!snapshot) return End{snapshot.error().reason};
  if (auto refusal = events_.listed(*snapshot)) return End{*refusal, true};
  position_ = snapshot->header;
  return std::nullopt;
}

Follower::End Follower::list_again(const std::string& reason, bool is_refused) {
  position_ = {};
  return {reason, is_refused};
}

std::optional<Follower::End> Follower::compare(const Header& header) {
  if (header.cluster_id != position_.cluster_id) return list_again("another etcd cluster answers");
  if (header.revision < position_.revision) return list_again("etcd is back at an older revision");
  return std::nullopt;
}

// Before a pause every endpoint was asked: a pause more for each dead one would be beyond the five seconds.
std::optional<Follower::End> Follower::open_any_watch() {
  for (size_t left = client_.settings().endpoints.size();; --left) {
    auto end = open_watch();
    if (!end || must_list() || left == 1) return end;
    stream_.close();
  }
}

std::optional<Follower::End> Follower::open_watch() {
  watched_ = client_.endpoint();
  auto failed = [this](const std::string& reason) {
    client_.rotate();
    return End{reason};
  };
  auto token = client_.token();
  if (!token) return failed(token.error().reason);
  auto opened = stream_.open(watched_, client_.settings(), in(bgp::limits::kEtcdConnectWait));
  if (!opened) return failed(opened.error().reason);
  const std::string request = watch_request(range_over(prefixes_), position_.revision + 1);
  const Deadline deadline = in(bgp::limits::kEtcdFollowWait);
  if (auto started = stream_.start({"/v3/watch", *token, request}, deadline); !started)
    return failed(started.error().reason);
  auto line = stream_.next_line(deadline);
  if (!line) return failed(line.error().reason);
  if (!*line) return failed("etcd " + watched_.to_string() + ": no answer to a watch in time");
  auto answer = parse_watch_line(**line);
  if (!answer) {
    if (is_stale_token(answer.error())) client_.forget_token();
    return failed("etcd " + watched_.to_string() + ": " + answer.error().message);
  }
  if (answer->canceled) return take(*answer);
  return compare(answer->header);
}

Follower::End Follower::watch() {
  for (;;) {
    auto line = stream_.next_line(in(bgp::limits::kEtcdProbe));
    if (!line && line.error().is_too_large) return list_again(line.error().reason);
    if (!line) return {line.error().reason};
    if (!*line) {
      if (auto end = probe()) return *end;
      continue;
    }
    auto answer = parse_watch_line(**line);
    if (!answer) return {"etcd " + watched_.to_string() + ": " + answer.error().message};
    if (auto end = take(*answer)) return *end;
  }
}

std::optional<Follower::End> Follower::take(const WatchAnswer& answer) {
  if (answer.canceled) {
    if (answer.compact_revision == 0) return list_again("etcd ended the watch: " + answer.cancel_reason);
    return list_again("etcd has compacted what happened since; everything is read again");
  }
  if (answer.events.empty()) {
    position_.revision = std::max(position_.revision, answer.header.revision);  // a sign of life: nothing up to here
    return std::nullopt;
  }
  if (auto refusal = events_.changed(answer)) return list_again(*refusal, true);
  // The header may be ahead of events that are still to come.
  for (const store::Change& event : answer.events) position_.revision = std::max(position_.revision, event.revision);
  return std::nullopt;
}

std::optional<Follower::End> Follower::probe() {
  auto answer = client_.range({.range = {std::string(kClusterInformationKey), ""}, .limit = 1});
  if (!answer) return End{answer.error().reason};
  if (client_.endpoint() != watched_) return End{"etcd " + watched_.to_string() + ": no sign of life"};
  return compare(answer->header);
}

}  // namespace config::etcd
