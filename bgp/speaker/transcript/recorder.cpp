#include "bgp/speaker/transcript/recorder.h"

namespace bgp::speaker::transcript {

Recorder::Recorder(const Start& start, Sink sink, Ended ended, size_t bytes_max)
    : sink_(std::move(sink)), ended_(std::move(ended)), bytes_max_(bytes_max) {
  ByteWriter writer(buffer_);
  writer.bytes({reinterpret_cast<const uint8_t*>(kMagic.data()), kMagic.size()});
  writer.u16(kVersion);
  writer.u32(layout());
  Writer(buffer_, secrets_).all(start.program, start.options, start.config, start.now);
  write();
}

void Recorder::finish_record() {
  size_t length = buffer_.size() - kRecordHeaderBytes;
  for (size_t i = 0; i < 4; ++i) buffer_[1 + i] = static_cast<uint8_t>(length >> (24 - 8 * i));
  write();
}

void Recorder::write() {
  if (written_ + buffer_.size() > bytes_max_) return end("the transcript has reached its largest size");
  written_ += buffer_.size();
  if (std::string problem = sink_(buffer_); !problem.empty()) end(problem);
}

void Recorder::end(const std::string& reason) {
  is_over_ = true;
  ended_(reason);
}

}  // namespace bgp::speaker::transcript
