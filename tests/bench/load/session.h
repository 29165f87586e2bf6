// One BGP session over a non-blocking socket: as little of RFC 4271 §8 as a well-behaved peer needs.
#pragma once

#include <deque>
#include <memory>

#include "tests/bench/load/scenario.h"

namespace bench {

enum class State { Down, Connecting, OpenSent, OpenConfirm, Established };

class Session {
 public:
  Session(const Peer& peer, const Options& options);
  ~Session() { close(); }
  Session(const Session&) = delete;

  // ---- the socket
  void dial();             // what fails is tried again by the caller while the state is Down
  void adopt(int socket);  // an accepted one
  void close();
  int socket() const { return socket_; }

  // ---- events; false: the session ended, and end() says why
  bool handle_writable();
  bool handle_readable(Receiver* receiver);
  bool keep_alive(int64_t now);
  const std::string& end() const { return end_; }

  void send(ByteView stream);  // whole messages, kept by reference; goes out as the socket takes it
  bool wants_to_write() const { return state_ == State::Connecting || !outbox_.empty(); }
  State state() const { return state_; }
  const Peer& peer() const { return peer_; }
  int64_t established_ns() const { return established_ns_; }
  int64_t silence_ns_max() const { return silence_ns_max_; }  // the longest pause between two messages of the speaker

 private:
  void reset_to(int socket, State state);
  bool finish(std::string why);
  bool handle_message(uint8_t type, ByteView body, Receiver* receiver);

  const Peer& peer_;
  const Options& options_;
  const Bytes open_, keepalive_;
  int socket_ = -1;
  State state_ = State::Down;
  std::deque<ByteView> outbox_;
  Bytes partial_;  // of a message
  std::string end_;
  int64_t established_ns_ = 0, heard_ns_ = 0, said_ns_ = 0, silence_ns_max_ = 0;
};

// A non-blocking socket bound to a peer's address; port 0: any.
int bound_socket(uint32_t address, uint16_t port);

}  // namespace bench
