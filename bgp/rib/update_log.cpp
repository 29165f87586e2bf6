#include "bgp/rib/update_log.h"

#include <algorithm>

#include "bgp/base/assert.h"

namespace bgp::rib {

UpdateLog::UpdateLog() { chunks_.push_back(std::make_unique<Chunk>()); }

Bytes& UpdateLog::open() {
  if (chunks_.back()->bytes.size() >= kChunkBytes) {
    chunks_.push_back(std::make_unique<Chunk>());
    chunks_.back()->bytes.reserve(kChunkBytes + 8192);
    sealed_ = 0;
  }
  return chunks_.back()->bytes;
}

void UpdateLog::seal(Audience audience) {
  Chunk& tail = *chunks_.back();
  while (sealed_ < tail.bytes.size()) {
    BGP_ASSERT(tail.bytes.size() - sealed_ >= 19);
    size_t size = static_cast<size_t>(tail.bytes[sealed_ + 16]) << 8 | tail.bytes[sealed_ + 17];
    tail.messages.push_back({static_cast<uint32_t>(sealed_), static_cast<uint32_t>(size), audience});
    sealed_ += size;
    bytes_ += size;
  }
  BGP_ASSERT(sealed_ == tail.bytes.size());
}

void UpdateLog::normalise(Position& p) const {
  while (p.chunk + 1 < first_sequence_ + chunks_.size() && p.message == chunk(p).messages.size())
    p = {p.chunk + 1, 0, 0};
}

UpdateLog::Position UpdateLog::next(Position p) const {
  p = {p.chunk, p.message + 1, 0};
  normalise(p);
  return p;
}

ByteView UpdateLog::read(Position& position, PeerId reader, size_t max) const {
  normalise(position);
  while (position < end() && !message_at(position).audience.includes(reader)) position = next(position);
  if (position >= end()) return {};
  const Chunk& c = chunk(position);
  size_t begin = c.messages[position.message].begin + position.offset;
  size_t stop = begin;
  for (uint32_t i = position.message; i < c.messages.size() && stop - begin < max; ++i) {
    if (!c.messages[i].audience.includes(reader)) break;
    stop = c.messages[i].begin + c.messages[i].size;
  }
  return ByteView(c.bytes).subspan(begin, std::min(stop - begin, max));
}

size_t UpdateLog::advance(Position& position, size_t count) const {
  size_t complete = 0;
  while (count > 0) {
    size_t left = message_at(position).size - position.offset;
    if (count < left) {
      position.offset += static_cast<uint32_t>(count);
      break;
    }
    count -= left;
    position = next(position);
    ++complete;
  }
  return complete;
}

ByteView UpdateLog::rest_of_message(Position& position) const {
  if (!position.is_inside_message()) return {};
  ByteView rest = view(position, message_at(position)).subspan(position.offset);
  position = next(position);
  return rest;
}

void UpdateLog::drop_before(const Position& oldest) {
  while (chunks_.size() > 1 && first_sequence_ < oldest.chunk) {
    bytes_ -= chunks_.front()->bytes.size();
    chunks_.pop_front();
    ++first_sequence_;
  }
}

}  // namespace bgp::rib
