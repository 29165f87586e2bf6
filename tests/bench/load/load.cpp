#include "tests/bench/load/load.h"

#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <sstream>

namespace bench {

namespace {

constexpr int64_t kSecond = 1'000'000'000;
constexpr int64_t kRetry_ns = 5'000'000;   // between two dials of a peer that was refused
constexpr int64_t kTimers_ns = 2'000'000;  // between two looks at what is due
constexpr size_t kDialsAtOnce = 5;         // as many as the shortest listen backlog takes
constexpr int64_t kAnswer_ns = 50'000'000; // so long a peer that dials holds up the others: BIRD may sleep on an OPEN for seconds
constexpr uint32_t kMarker = 64999U << 16;
constexpr uint64_t kCommands = ~0ULL;      // epoll's number of standard input

uint32_t is_listener(uint64_t data) { return data >> 32 & 1; }

}  // namespace

Load::Load(const Options& options)
    : scenario_(options), index_(scenario_.universe().routes), expected_(scenario_.nothing()), epoll_(epoll_create1(EPOLL_CLOEXEC)) {
  for (const Peer& peer : scenario_.peers()) {
    Line& line = lines_.emplace_back();
    line.session = std::make_unique<Session>(peer, scenario_.options());
    if (!peer.receives) continue;
    line.receiver = std::make_unique<Receiver>(scenario_.universe(), index_, peer.is_internal ? 0 : options.speaker_as, peer.scope,
                                               peer.ignored);
    line.receiver->expect(expected_);
  }
  epoll_event commands{.events = EPOLLIN, .data = {.u64 = kCommands}};
  epoll_ctl(epoll_, EPOLL_CTL_ADD, STDIN_FILENO, &commands);
}

// ---- the loop -----------------------------------------------------------------------------------------------------

int Load::run() {
  std::printf("{\"step\": \"ready\", \"routes\": %zu, \"sets\": %zu, \"peers\": %zu}\n", scenario_.universe().routes.size(),
              scenario_.universe().sets.size(), lines_.size());
  std::fflush(stdout);
  while (!is_over_) {
    turn(2);
    if (!step_.empty() && is_done()) report(true);
    if (!step_.empty() && (now_ns() > deadline_ns_ || !fault_.empty())) report(false);
  }
  return 0;
}

void Load::turn(int timeout_ms) {
  epoll_event ready[256];
  const int count = epoll_wait(epoll_, ready, 256, timeout_ms);
  for (int n = 0; n < count; ++n) {
    const uint64_t data = ready[n].data.u64;
    if (data == kCommands) {
      read_commands();
      continue;
    }
    Line& line = lines_[data & 0xffffffff];
    if (!is_listener(data)) {
      handle(line, ready[n].events);
    } else if (const int socket = accept4(line.listener, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC); socket >= 0) {
      line.session->adopt(socket);
      watch(line);
    }
  }
  if (step_ == "connect") dial_more();
  look_after_timers();
}

// A few at a time. A thousand nodes do not dial in one millisecond; where they do, what is measured is the kernel: a listen backlog
// of 8 (BIRD's) or 5 (OpenBGPD's) drops the others' handshakes, and their retransmissions come in step again, 8 of them in time.
void Load::dial_more() {
  const int64_t now = now_ns();
  std::erase_if(dialling_, [&](const Line* line) {
    const State state = line->session->state();
    return (state != State::Connecting && state != State::OpenSent) || now >= line->due_ns;
  });
  while (dialling_.size() < kDialsAtOnce && !to_dial_.empty() && now >= to_dial_.front()->due_ns) {
    Line& line = *to_dial_.front();
    to_dial_.pop_front();
    line.session->dial();
    if (line.session->state() == State::Down) {
      ended(line);
      continue;
    }
    line.due_ns = now + kAnswer_ns;
    dialling_.push_back(&line);
    watch(line);
  }
}

void Load::handle(Line& line, uint32_t events) {
  bool is_alive = line.session->socket() >= 0;
  if (is_alive && events & (EPOLLIN | EPOLLHUP | EPOLLERR) && line.session->state() != State::Connecting) {
    is_alive = line.session->handle_readable(line.receiver.get());
  }
  if (is_alive && line.session->wants_to_write() && events & (EPOLLOUT | EPOLLERR | EPOLLHUP)) is_alive = line.session->handle_writable();
  if (is_alive) watch(line);
  else ended(line);
}

void Load::watch(Line& line) {
  const uint32_t events = EPOLLIN | (line.session->wants_to_write() ? EPOLLOUT : 0U);
  const int socket = line.session->socket();
  if (socket < 0 || (socket == line.watched && events == line.events)) return;
  epoll_event wanted{.events = events, .data = {.u64 = static_cast<uint64_t>(&line - lines_.data())}};
  if (epoll_ctl(epoll_, EPOLL_CTL_MOD, socket, &wanted) != 0) epoll_ctl(epoll_, EPOLL_CTL_ADD, socket, &wanted);
  line.events = events;
  line.watched = socket;
}

// Before everybody is up a speaker may well turn us away; later it is a fault.
void Load::ended(Line& line) {
  line.watched = -1;
  line.due_ns = now_ns() + kRetry_ns;
  if (line.listener < 0) to_dial_.push_back(&line);
  if (step_ != "connect") fault_ = "peer " + std::to_string(&line - lines_.data()) + ": " + line.session->end();
}

void Load::look_after_timers() {
  const int64_t now = now_ns();
  if (now < timers_ns_) return;
  timers_ns_ = now + kTimers_ns;
  for (Line& line : lines_) {
    if (!line.session->keep_alive(now)) ended(line);
  }
}

void Load::read_commands() {
  char buffer[4096];
  const ssize_t got = read(STDIN_FILENO, buffer, sizeof buffer);
  if (got <= 0) is_over_ = true;
  else input_.append(buffer, static_cast<size_t>(got));
  for (size_t end; (end = input_.find('\n')) != std::string::npos;) {
    const std::string line = input_.substr(0, end);
    input_.erase(0, end + 1);
    handle_command(line);
  }
}

// ---- steps ----------------------------------------------------------------------------------------------------------

void Load::handle_command(const std::string& text) {
  std::istringstream in(text);
  std::string step;
  double first = 0, second = 0;
  in >> step >> first >> second;
  if (step == "quit") is_over_ = true;
  else if (step == "connect") begin(step, first, expected_), connect();
  else if (step == "check") begin(step, 0, expected_), report(is_done());
  else if (step == "paced") paced(static_cast<unsigned>(first), static_cast<size_t>(second));
  else {
    const uint32_t marker = step == "churn" ? kMarker | ++marker_ : marker_ == 0 ? 0 : kMarker | marker_;
    Expected expected = step == "withdraw" ? scenario_.nothing() : scenario_.all_announced(marker, step == "lose" ? 1 : 0);
    streams_.clear();
    const size_t senders = step == "churn" ? 1 : step == "lose" ? 0 : lines_.size();
    for (size_t n = 0; n < senders; ++n) {
      const Peer& peer = lines_[n].session->peer();
      streams_.push_back(step == "withdraw" ? withdrawals(scenario_.universe(), peer.announces) : scenario_.announcement(peer, marker));
    }
    begin(step, first, std::move(expected));
    if (step == "lose") lose();
    for (size_t n = 0; n < streams_.size(); ++n) {
      if (lines_[n].is_gone) continue;
      lines_[n].session->send(streams_[n]);
      watch(lines_[n]);
    }
  }
}

void Load::begin(std::string step, double deadline_s, Expected expected) {
  step_ = std::move(step);
  expected_ = std::move(expected);
  updates_before_ = prefixes_before_ = 0;
  for (Line& line : lines_) {
    if (!line.receiver) continue;
    line.receiver->expect(expected_);
    updates_before_ += line.receiver->updates();
    prefixes_before_ += line.receiver->prefixes();
  }
  began_ns_ = now_ns();
  deadline_ns_ = began_ns_ + static_cast<int64_t>(deadline_s * 1e9);
}

void Load::connect() {
  to_dial_.clear();
  for (Line& line : lines_) {
    if (!scenario_.options().is_listening && line.session->state() == State::Down) to_dial_.push_back(&line);
    if (!scenario_.options().is_listening || line.listener >= 0) continue;
    line.listener = bound_socket(line.session->peer().address, 179);
    listen(line.listener, 16);
    epoll_event wanted{.events = EPOLLIN, .data = {.u64 = static_cast<uint64_t>(&line - lines_.data()) | 1ULL << 32}};
    epoll_ctl(epoll_, EPOLL_CTL_ADD, line.listener, &wanted);
  }
  timers_ns_ = 0;
}

void Load::lose() {
  lines_[0].is_gone = true;
  lines_[0].session->close();
}

// Its own loop, which does not sleep: a thread that has to be woken would be part of what is measured.
void Load::paced(unsigned rate, size_t count) {
  const Line& sender = lines_[0];
  const Range routes = sender.session->peer().announces;
  const size_t stride = std::max<size_t>(1, routes.size() / count);
  const uint32_t marker = kMarker | ++marker_;
  streams_.clear();
  std::vector<uint32_t> numbers, wanted;
  for (size_t n = 0; n < count && routes.from + n * stride < routes.to; ++n) {
    numbers.push_back(static_cast<uint32_t>(routes.from + n * stride));
    wanted.push_back(scenario_.expected_of(numbers.back(), marker));
    streams_.push_back(scenario_.announcement(sender.session->peer(), marker, {numbers.back(), numbers.back() + 1}));
  }
  stopwatch_ = {std::vector<int64_t>(expected_.size()), {}};
  begin("paced", 30 + static_cast<double>(count) / rate, Expected(expected_));
  for (Line& line : lines_) if (line.receiver) line.receiver->watch(&stopwatch_);
  for (size_t n = 0; n < numbers.size() && fault_.empty();) {
    turn(0);
    if (now_ns() < began_ns_ + static_cast<int64_t>(n) * kSecond / rate) continue;
    const uint32_t before = expected_[numbers[n]];
    expected_[numbers[n]] = wanted[n];
    for (Line& line : lines_) if (line.receiver) line.receiver->expectation_changed(numbers[n], before);
    stopwatch_.sent_ns[numbers[n]] = now_ns();
    lines_[0].session->send(streams_[n++]);
    handle(lines_[0], EPOLLOUT);
  }
}

bool Load::is_done() const {
  return fault_.empty() && std::all_of(lines_.begin(), lines_.end(), [&](const Line& line) {
    if (line.is_gone) return true;
    if (line.session->state() != State::Established || line.session->wants_to_write()) return false;
    return !line.receiver || line.receiver->is_complete();
  });
}

std::string Load::what_is_wrong() const {
  if (!fault_.empty()) return fault_;
  for (size_t n = 0; n < lines_.size(); ++n) {
    const Line& line = lines_[n];
    const std::string name = "peer " + std::to_string(n) + " ";
    if (line.is_gone) continue;
    if (line.session->state() != State::Established) return name + "is not Established: " + line.session->end();
    if (line.receiver && !line.receiver->is_complete()) return name + line.receiver->what_is_wrong();
  }
  return "not in time";
}

void Load::report(bool is_good) {
  const int64_t now = now_ns();
  uint64_t updates = 0, prefixes = 0;
  int64_t silence = 0, established = 0;
  for (Line& line : lines_) {
    if (line.receiver) updates += line.receiver->updates(), prefixes += line.receiver->prefixes(), line.receiver->watch(nullptr);
    silence = std::max(silence, line.session->silence_ns_max());
    established = std::max(established, line.session->established_ns());
  }
  std::printf("{\"step\": \"%s\", \"ok\": %s, \"wall_s\": %.6f, \"updates\": %lu, \"prefixes\": %lu, \"silence_s\": %.3f, \"began_at\": %.6f, \"established_at\": %.6f",
              step_.c_str(), is_good ? "true" : "false", static_cast<double>(now - began_ns_) / 1e9, updates - updates_before_,
              prefixes - prefixes_before_, static_cast<double>(silence) / 1e9, static_cast<double>(began_ns_) / 1e9,
              static_cast<double>(established) / 1e9);
  if (!is_good) std::printf(", \"why\": \"%s\"", what_is_wrong().c_str());
  if (std::vector<int64_t>& all = stopwatch_.latency_ns; step_ == "paced" && !all.empty()) {
    std::sort(all.begin(), all.end());
    const auto at = [&](double part) { return static_cast<double>(all[static_cast<size_t>(part * static_cast<double>(all.size() - 1))]) / 1e3; };
    std::printf(", \"p50_us\": %.1f, \"p90_us\": %.1f, \"p99_us\": %.1f, \"max_us\": %.1f", at(0.5), at(0.9), at(0.99), at(1));
  }
  std::printf("}\n");
  std::fflush(stdout);
  step_.clear();
}

}  // namespace bench
