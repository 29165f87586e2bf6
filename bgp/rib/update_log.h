// The shared outgoing log of an export group: UPDATE messages, each encoded once, read by every member at its own pace.
//
//   chunk 7           chunk 8           chunk 9 (tail, being written)
//   |m m m m m m m m| |m m m m m m m m| |m m m . . .
//        ^ member A         ^ member B        ^ members C, D: level
//
// A member is a Position. The log never copies: read() gives views into the chunks. It is bounded by
// limits::kUpdateLogBytesMax; the group sends away members that hold back more (they catch up on their own).
#pragma once

#include <cstdint>
#include <deque>
#include <memory>

#include "bgp/base/bytes.h"
#include "bgp/rib/path.h"

namespace bgp::rib {

// Who a message is for. A peer never gets its own path back; a withdraw may concern one peer alone.
struct Audience {
  enum class Kind : uint8_t { All, AllBut, Only };
  Kind kind = Kind::All;
  PeerId peer = 0;
  bool includes(PeerId reader) const {
    return kind == Kind::All || (kind == Kind::AllBut ? reader != peer : reader == peer);
  }
  bool operator==(const Audience&) const = default;
};

class UpdateLog {
 public:
  struct Position {
    uint64_t chunk = 0;    // sequence number
    uint32_t message = 0;  // within the chunk
    uint32_t offset = 0;   // octets of that message already sent
    bool is_inside_message() const { return offset != 0; }
    auto operator<=>(const Position&) const = default;
  };

  // ---- writing: encode at the end of open(), then say for whom -------------------------------------------------
  // The buffer to append whole messages to. Valid until seal().
  Bytes& open();
  // What was appended since the last seal() is one or more messages for `audience`.
  void seal(Audience audience);

  // ---- reading -------------------------------------------------------------------------------------------------
  Position end() const { return {first_sequence_ + chunks_.size() - 1, tail_messages(), 0}; }
  // The next octets for `reader`: contiguous, at most `max`, only what it shall get; empty when level. Moves
  // `position` over messages that are for others.
  ByteView read(Position& position, PeerId reader, size_t max) const;
  // `count` of the octets that read() gave were sent. Returns how many messages are complete with that.
  size_t advance(Position& position, size_t count) const;
  // The rest of a message that was sent in part; empty at a message's beginning. Ends in the next message.
  ByteView rest_of_message(Position& position) const;
  // Visits each whole message from `position` on that `reader` has not had: visit(ByteView message).
  template <class F>
  void for_each_unread(Position position, PeerId reader, F&& visit) const {
    for (; position < end(); position = next(position)) {
      const Message& m = message_at(position);
      if (m.audience.includes(reader)) visit(view(position, m));
    }
  }

  size_t bytes() const { return bytes_; }
  // Longer than one chunk: worth a look at who still needs it.
  bool is_long() const { return chunks_.size() > 1; }
  // Forgets chunks before `oldest`, the position of the slowest member.
  void drop_before(const Position& oldest);

  UpdateLog();

 private:
  static constexpr size_t kChunkBytes = 128 * 1024;
  struct Message {
    uint32_t begin;
    uint32_t size;
    Audience audience;
  };
  struct Chunk {
    Bytes bytes;
    std::vector<Message> messages;
  };
  const Chunk& chunk(const Position& p) const { return *chunks_[p.chunk - first_sequence_]; }
  const Message& message_at(const Position& p) const { return chunk(p).messages[p.message]; }
  ByteView view(const Position& p, const Message& m) const {
    return ByteView(chunk(p).bytes).subspan(m.begin, m.size);
  }
  uint32_t tail_messages() const { return static_cast<uint32_t>(chunks_.back()->messages.size()); }
  Position next(Position p) const;
  void normalise(Position& p) const;  // the end of a finished chunk is the beginning of the next

  std::deque<std::unique_ptr<Chunk>> chunks_;  // never empty
  uint64_t first_sequence_ = 0;
  size_t bytes_ = 0;
  size_t sealed_ = 0;  // octets of the tail that belong to a message
};

}  // namespace bgp::rib
