#include <algorithm>

#include "bgp/base/limits.h"
#include "bgp/wire/message.h"

namespace bgp::wire {
namespace {

using limits::kMessageHeaderBytes;

size_t declared_length(ByteView header) { return static_cast<size_t>(header[16]) << 8 | header[17]; }

bool marker_is_ones(ByteView header) {
  return std::all_of(header.begin(), header.begin() + 16, [](uint8_t b) { return b == 0xff; });
}

struct LengthRange {
  size_t min;
  size_t max;
};

// RFC 4271 §6.1; RFC 8654 §4 leaves OPEN and KEEPALIVE where they were.
LengthRange length_range(MessageType type, size_t max_bytes) {
  switch (type) {
    case MessageType::Open: return {29, limits::kMessageBytesMax};
    case MessageType::Update: return {23, max_bytes};
    case MessageType::Notification: return {21, max_bytes};
    case MessageType::Keepalive: return {19, 19};
    case MessageType::RouteRefresh: return {19, max_bytes};  // RFC 7313 §5 wants its own answer to a short one
  }
  return {1, 0};
}

std::optional<Notification> check_header(ByteView header, size_t max_bytes) {
  if (!marker_is_ones(header)) return bad_marker();
  size_t length = declared_length(header);
  uint8_t type = header[18];
  if (length < kMessageHeaderBytes || length > max_bytes) return bad_message_length(static_cast<uint16_t>(length));
  if (type < 1 || type > 5) return bad_message_type(type);
  LengthRange range = length_range(static_cast<MessageType>(type), max_bytes);
  if (length < range.min || length > range.max) return bad_message_length(static_cast<uint16_t>(length));
  return std::nullopt;
}

}  // namespace

void Framer::feed(ByteView chunk) {
  if (error_) return;         // nothing after the error can be framed
  BGP_ASSERT(rest_.empty());  // the caller drains next() before it brings more
  rest_ = chunk;
}

std::optional<Frame> Framer::next() {
  if (error_) return std::nullopt;
  if (partial_is_done_) {
    partial_.clear();
    partial_is_done_ = false;
  }
  if (!partial_.empty()) return next_across_chunks();
  size_t used = 0;
  std::optional<Frame> frame = frame_at_front(rest_, used);
  if (frame) rest_ = rest_.subspan(used);
  else if (!error_) keep_rest();
  return frame;
}

// The message began in an earlier chunk: first its header is completed, which tells how much more belongs to it.
std::optional<Frame> Framer::next_across_chunks() {
  complete_partial(kMessageHeaderBytes);
  if (partial_.size() >= kMessageHeaderBytes) complete_partial(declared_length(partial_));
  size_t used = 0;
  std::optional<Frame> frame = frame_at_front(partial_, used);
  partial_is_done_ = frame.has_value();
  return frame;
}

void Framer::complete_partial(size_t size) {
  if (partial_.size() >= size) return;
  size_t taken = std::min(size - partial_.size(), rest_.size());
  partial_.insert(partial_.end(), rest_.begin(), rest_.begin() + static_cast<std::ptrdiff_t>(taken));
  rest_ = rest_.subspan(taken);
}

void Framer::keep_rest() {
  partial_.assign(rest_.begin(), rest_.end());
  rest_ = {};
}

std::optional<Frame> Framer::frame_at_front(ByteView bytes, size_t& used) {
  if (bytes.size() < kMessageHeaderBytes) return std::nullopt;
  error_ = check_header(bytes, max_bytes_);
  used = declared_length(bytes);
  if (error_ || bytes.size() < used) return std::nullopt;
  ByteView whole = bytes.first(used);
  return Frame{static_cast<MessageType>(bytes[18]), whole.subspan(kMessageHeaderBytes), whole};
}

}  // namespace bgp::wire
