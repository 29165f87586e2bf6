#include "bgp/speaker/transcript/replay.h"

#include <algorithm>

#include "bgp/base/escape.h"

namespace bgp::speaker::transcript {
namespace {

constexpr const char* kCalls[] = {"handle", "run", "expire", "take_output", "take_writable", "bytes_to_send", "sent"};

struct Record {
  What what{};
  ByteView body;
};

// nullopt at the end, or when what is left is no whole record.
std::optional<Record> next_record(ByteReader& file) {
  auto what = static_cast<What>(file.u8());
  ByteView body = file.take(file.u32());
  if (file.failed() || what > What::Result) return std::nullopt;
  return Record{what, body};
}

class Replay {
 public:
  Replay(const Start& start, ByteView start_bytes)
      : started_(start.now), speaker_(start.config, start.options, start.now) {
    replayed_.program = printable(start.program);
    Bytes again;
    Writer(again, secrets_).all(start.program, start.options, start.config, start.now);  // numbers the passwords
    is_bad_ = again.size() > start_bytes.size() || !std::equal(again.begin(), again.end(), start_bytes.begin());
  }

  // False: there is no going on.
  bool take(const Record& record) {
    if (record.what == What::Result) return compare(record.body);
    if (result_) return !(is_bad_ = true);  // the result is missing
    ++replayed_.calls;
    what_ = record.what;
    return call(record.body);
  }
  Replayed finish(bool is_cut) {
    replayed_.is_cut = is_cut || result_.has_value();
    return std::move(replayed_);
  }
  bool is_bad() const { return is_bad_; }

 private:
  // Reads the arguments, and writes them once more so that passwords are numbered as they were.
  template <class... Values>
  bool read(ByteView body, Values&... values) {
    Reader reader(body);
    reader.all(values...);
    Bytes again;
    Writer(again, secrets_).all(values...);
    is_bad_ = is_bad_ || !reader.is_done() || !std::equal(again.begin(), again.end(), body.begin(), body.end());
    return !is_bad_;
  }
  template <class... Values>
  void expect(const Values&... values) {
    result_.emplace();
    Writer(*result_, secrets_).all(values...);
  }
  bool at(Instant now) {
    replayed_.duration = now - started_;
    return true;
  }

  bool call(ByteView body) {
    Input input;
    Instant now;
    ConnId conn;
    uint64_t count = 0;
    switch (what_) {
      case What::Handle:
        if (!read(body, input, now) || !at(now)) return false;
        speaker_.handle(input, now);
        return true;
      case What::Run:
        if (!read(body, now) || !at(now)) return false;
        expect(speaker_.run(now));
        return true;
      case What::Expire:
        if (!read(body, now) || !at(now)) return false;
        speaker_.expire(now);
        return true;
      case What::TakeOutput: expect(speaker_.take_output()); return true;
      case What::TakeWritable: expect(speaker_.take_writable()); return true;
      case What::Pull:
        if (!read(body, conn, count)) return false;
        expect(speaker_.bytes_to_send(conn, count));
        return true;
      case What::Sent:
        if (!read(body, conn, count, now) || !at(now)) return false;
        speaker_.sent(conn, count, now);
        return true;
      case What::Result: break;
    }
    return false;
  }
  bool compare(ByteView recorded) {
    if (!result_) return !(is_bad_ = true);
    Bytes replayed = std::move(*result_);
    result_.reset();
    ++replayed_.outputs;
    if (std::equal(replayed.begin(), replayed.end(), recorded.begin(), recorded.end())) return true;
    replayed_.difference = Difference{replayed_.calls, what_, replayed_.duration,
                                      Bytes(recorded.begin(), recorded.end()), std::move(replayed)};
    return false;
  }

  Instant started_;
  Speaker speaker_;
  Secrets secrets_;
  What what_{};
  std::optional<Bytes> result_;  // of the last call, until the recorded one comes
  Replayed replayed_;
  bool is_bad_ = false;
};

std::string hex(ByteView bytes) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string out;
  for (uint8_t octet : bytes) out += {kDigits[octet >> 4], kDigits[octet & 15]};
  return out;
}

}  // namespace

std::string to_text(const Difference& d) {
  static constexpr size_t kBefore = 8, kShown = 48;
  size_t same = static_cast<size_t>(std::mismatch(d.recorded.begin(), d.recorded.end(), d.replayed.begin(), d.replayed.end()).first -
                                    d.recorded.begin());
  size_t from = same - std::min(same, kBefore);
  auto part = [&](const Bytes& b) { return hex(ByteView(b).subspan(from, std::min(kShown, b.size() - from))); };
  auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(d.after_start).count();
  return "call " + std::to_string(d.call) + " (" + kCalls[static_cast<size_t>(d.what)] + ", " + std::to_string(ms) +
         " ms after the start) differs at octet " + std::to_string(same) + ": recorded ..." + part(d.recorded) +
         " (" + std::to_string(d.recorded.size()) + " octets), replayed ..." + part(d.replayed) + " (" +
         std::to_string(d.replayed.size()) + " octets)";
}

Result<Replayed, std::string> replay(ByteView bytes) {
  ByteReader file(bytes);
  ByteView magic = file.take(std::min(kMagic.size(), bytes.size()));
  if (!std::equal(magic.begin(), magic.end(), kMagic.begin(), kMagic.end())) return Err(std::string("it is no transcript"));
  if (uint16_t version = file.u16(); version != kVersion)
    return Err("it is of version " + std::to_string(version) + ", this program replays version " + std::to_string(kVersion));
  uint32_t written_layout = file.u32();
  Start start;
  ByteView rest = file.rest();
  Reader reader(rest);
  reader.all(start.program);
  if (written_layout != layout())
    return Err("it was recorded by " + printable(start.program) + ", another build than this one: replay it with that");
  reader.all(start.options, start.config, start.now);
  if (reader.failed() || !start.config) return Err(std::string("its beginning is damaged"));
  file.take(rest.size() - reader.remaining());

  Replay run(start, rest);
  bool goes_on = true, is_cut = false;
  while (goes_on && !file.empty()) {
    std::optional<Record> record = next_record(file);
    is_cut = !record;
    goes_on = record && run.take(*record);
  }
  if (run.is_bad()) return Err(std::string("a record of it cannot be read: it is damaged"));
  return run.finish(is_cut);
}

}  // namespace bgp::speaker::transcript
