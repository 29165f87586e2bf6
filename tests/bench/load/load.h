// The generator: all sessions, one thread, one epoll. Steps come as lines on standard input, each answered by one JSON line:
//
//   connect S          until all sessions are Established
//   announce S         every sender sends all its routes; until every receiver holds exactly what it should
//   churn S            the first sender sends everything again, with other attributes
//   lose S             the first sender's connection is closed
//   withdraw S         everything is withdrawn
//   paced RATE COUNT   the first sender changes one prefix after the other, RATE a second; how long each takes
//   check              is everything still as it should be?
//   quit
//
// S: seconds after which the step has failed. Sessions stay alive, and what comes is read, between the steps.
#pragma once

#include <deque>
#include <memory>
#include <optional>

#include "tests/bench/load/session.h"

namespace bench {

class Load {
 public:
  explicit Load(const Options& options);
  int run();

 private:
  struct Line {  // a peer: its session, and who counts what it is told
    std::unique_ptr<Session> session;
    std::unique_ptr<Receiver> receiver;
    int listener = -1;
    bool is_gone = false;  // on purpose
    uint32_t events = 0;   // what epoll was asked for
    int watched = -1;      // socket that epoll has
    int64_t due_ns = 0;    // Down: when it may dial; dialling: when the next one may although there is no answer
  };

  // ---- steps
  void handle_command(const std::string& line);
  void connect();
  void send_from(size_t first, size_t last, uint32_t marker);
  void withdraw();
  void lose();
  void paced(unsigned rate, size_t count);
  void begin(std::string step, double deadline_s, Expected expected);
  bool is_done() const;
  std::string what_is_wrong() const;
  void report(bool is_good);

  // ---- the loop
  void turn(int timeout_ms);
  void dial_more();
  void handle(Line& line, uint32_t events);
  void watch(Line& line);
  void ended(Line& line);
  void look_after_timers();
  void read_commands();

  Scenario scenario_;
  PrefixIndex index_;
  std::vector<Line> lines_;
  std::deque<Line*> to_dial_;
  std::vector<Line*> dialling_;  // waiting for the speaker's OPEN
  std::vector<Bytes> streams_;
  Expected expected_;
  uint32_t marker_ = 0;
  int epoll_;
  std::string input_, step_, fault_;
  int64_t began_ns_ = 0, deadline_ns_ = 0, timers_ns_ = 0;
  uint64_t updates_before_ = 0, prefixes_before_ = 0;
  Stopwatch stopwatch_;
  bool is_over_ = false;
};

}  // namespace bench
