// Writes a transcript while the speaker runs, and stands before it for that: bgp/io calls the Tap and not the Speaker.
// Without a recorder a Tap costs a comparison a call.
#pragma once

#include <functional>

#include "bgp/base/limits.h"
#include "bgp/speaker/transcript/record.h"

namespace bgp::speaker::transcript {

class Recorder {
 public:
  // `sink` takes bytes to where they survive the process, at once; an error text ends the recording.
  using Sink = std::function<std::string(ByteView)>;
  // `ended`: why there is no more: the limit, or the sink's words. Called once.
  using Ended = std::function<void(const std::string& reason)>;
  Recorder(const Start& start, Sink sink, Ended ended, size_t bytes_max = limits::kTranscriptBytesMax);

  template <class... Values>
  void note(What what, const Values&... values) {
    if (is_over_) return;
    buffer_.assign({static_cast<uint8_t>(what), 0, 0, 0, 0});
    Writer(buffer_, secrets_).all(values...);
    finish_record();
  }
  bool is_over() const { return is_over_; }

 private:
  void finish_record();
  void write();
  void end(const std::string& reason);

  Sink sink_;
  Ended ended_;
  const size_t bytes_max_;
  Secrets secrets_;
  Bytes buffer_;
  size_t written_ = 0;
  bool is_over_ = false;
};

class Tap {
 public:
  Tap(Speaker& speaker, Recorder* recorder) : speaker_(speaker), recorder_(recorder) {}

  void handle(const Input& input, Instant now) {
    note(What::Handle, input, now);
    speaker_.handle(input, now);
  }
  bool run(Instant now) {
    note(What::Run, now);
    bool more = speaker_.run(now);
    note(What::Result, more);
    return more;
  }
  void expire(Instant now) {
    note(What::Expire, now);
    speaker_.expire(now);
  }
  std::vector<Output> take_output() {
    note(What::TakeOutput);
    std::vector<Output> outputs = speaker_.take_output();
    note(What::Result, outputs);
    return outputs;
  }
  std::vector<ConnId> take_writable() {
    note(What::TakeWritable);
    std::vector<ConnId> conns = speaker_.take_writable();
    note(What::Result, conns);
    return conns;
  }
  ByteView bytes_to_send(ConnId conn, size_t max) {
    note(What::Pull, conn, uint64_t{max});
    ByteView bytes = speaker_.bytes_to_send(conn, max);
    note(What::Result, bytes);
    return bytes;
  }
  void sent(ConnId conn, size_t count, Instant now) {
    note(What::Sent, conn, uint64_t{count}, now);
    speaker_.sent(conn, count, now);
  }
  bool has_output() const { return speaker_.has_output(); }
  Instant next_deadline() const { return speaker_.next_deadline(); }

 private:
  template <class... Values>
  void note(What what, const Values&... values) {
    if (recorder_) recorder_->note(what, values...);
  }

  Speaker& speaker_;
  Recorder* recorder_;
};

}  // namespace bgp::speaker::transcript
