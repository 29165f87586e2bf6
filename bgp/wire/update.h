// UPDATE (RFC 4271 §4.3, RFC 4760) with the error handling of RFC 7606.
//
// Decoding order matters: (1) the three length fields, (2) frame *all* attributes, (3) MP_REACH / MP_UNREACH, (4) the
// rest, each with a verdict. So an MP_REACH that stands behind a broken attribute is still withdrawn, which FRR and
// BIRD get wrong. The strongest verdict wins: reset > treat-as-withdraw > discard.
#pragma once

#include <array>
#include <optional>
#include <vector>

#include "bgp/base/prefix.h"
#include "bgp/wire/attribute.h"
#include "bgp/wire/context.h"
#include "bgp/wire/message.h"
#include "bgp/wire/notification.h"

namespace bgp::wire {

// One destination as it stands in an NLRI field; `bytes` has (length + 7) / 8 octets, host bits masked by the reader
// of the table (RFC 4271 §4.3: trailing bits are irrelevant).
struct NlriEntry {
  uint8_t length;
  const uint8_t* bytes;
  uint32_t path_id;  // 0 without ADD-PATH
};

// A validated NLRI field: iterating cannot fail. Cost: no allocation.
class NlriField {
 public:
  NlriField() = default;
  NlriField(Family family, bool with_path_ids, ByteView bytes)
      : bytes_(bytes), family_(family), with_path_ids_(with_path_ids) {}

  Family family() const { return family_; }
  bool empty() const { return bytes_.empty(); }
  ByteView bytes() const { return bytes_; }

  // Calls `visit(const NlriEntry&)` for each entry, in order.
  template <class F>
  void for_each(F&& visit) const {
    for (const uint8_t *p = bytes_.data(), *end = p + bytes_.size(); p < end;) {
      NlriEntry entry{};
      if (with_path_ids_) {
        entry.path_id = static_cast<uint32_t>(p[0]) << 24 | static_cast<uint32_t>(p[1]) << 16 |
                        static_cast<uint32_t>(p[2]) << 8 | p[3];
        p += 4;
      }
      entry.length = *p++;
      entry.bytes = p;
      p += (entry.length + 7) / 8;
      visit(entry);
    }
  }

 private:
  ByteView bytes_;
  Family family_ = Family::IPv4;
  bool with_path_ids_ = false;
};

Prefix to_prefix(Family family, const NlriEntry& entry);
// Appends length and significant octets.
void append_nlri(Bytes& out, const Prefix& prefix);

enum class FaultAction : uint8_t { Discard, TreatAsWithdraw };

// One thing that was wrong with an attribute and did not end the session.
struct AttributeFault {
  uint8_t code;         // the attribute's type code
  FaultAction action;
  const char* reason;   // "length is not 4": static text
  Bytes bytes;          // the first 64 octets of the attribute as received
};

// The result of decode_update. Reuse one object for many messages: its buffers keep their capacity.
struct DecodedUpdate {
  // Views into the message.
  NlriField withdrawn;     // the IPv4 field of RFC 4271
  NlriField mp_withdrawn;  // MP_UNREACH_NLRI
  NlriField reachable;     // the IPv4 field of RFC 4271
  NlriField mp_reachable;  // MP_REACH_NLRI
  std::optional<Family> end_of_rib;  // RFC 4724 §2: exactly the two shapes, nothing else

  // Of the reachable ones. Empty and meaningless when treat_as_withdraw.
  bool treat_as_withdraw = false;
  Bytes attributes;  // canonical
  NextHop next_hop;     // of `reachable`
  NextHop mp_next_hop;  // of `mp_reachable`
  std::vector<AttributeFault> faults;
};

// Reads the body of an UPDATE. An error is the NOTIFICATION that resets the session; everything less is in `out`.
// Families that were not negotiated are ignored (RFC 4760 §7: their NLRI fields come out empty).
// Cost: one pass to frame, one to decode; allocates only for faults and for growing `out.attributes`.
Status<Notification> decode_update(ByteView body, const CodecContext& context, DecodedUpdate& out);

// Writes UPDATE messages for routes that share one attribute set and next hop, as many prefixes in each as fit.
//
//   UpdateWriter writer(out, context);
//   writer.announce(Family::IPv4, attributes, next_hop);     // or withdraw(family)
//   for (p : prefixes) if (!writer.add(p)) { writer.finish(); writer.announce(...); writer.add(p); }
//   writer.finish();
//
// IPv4 goes into the RFC 4271 fields, IPv6 and IPv4 with an IPv6 next hop (RFC 8950) into MP_REACH / MP_UNREACH (first
// attribute, RFC 7606 §5.1).
class UpdateWriter {
 public:
  // Both outlive the writer. Nobody else touches `out` between a begin and its finish().
  UpdateWriter(Bytes& out, const CodecContext& context);

  // `attributes`: canonical; written in 2-octet form when the context says so (to_two_octet). Requires: the family of
  // next_hop.address is `family`, or RFC 8950 was negotiated. False when not even one prefix would fit beside them: such a route cannot be told
  // to this peer (RFC 4271 §9.2, RFC 8654 §4), and until the next begin every add() is false.
  bool announce(Family family, ByteView attributes, const NextHop& next_hop);
  void withdraw(Family family);
  // False when the message is full; nothing was added then. The first add after a begin that was not refused fits.
  // Cost: a comparison and a copy of the octets. The path identifier is written only where ADD-PATH was negotiated.
  bool add(uint8_t length, const uint8_t* bytes, uint32_t path_id = 0) {
    size_t octets = (size_t{length} + 7) / 8;
    if (cursor_ + kEntryBytesMax > room_end_ && !make_room(1 + octets)) return false;
    uint8_t* p = out_.data() + cursor_;
    if (add_path_) {
      for (int shift = 24; shift >= 0; shift -= 8) *p++ = static_cast<uint8_t>(path_id >> shift);
    }
    *p++ = length;
    for (size_t i = 0; i < octets; ++i) p[i] = bytes[i];
    cursor_ = static_cast<size_t>(p - out_.data()) + octets;
    return true;
  }
  bool add(const Prefix& prefix) { return add(prefix.length(), prefix.address().bytes().data()); }
  // Completes the lengths. A message without a prefix is taken back.
  void finish();

 private:
  static constexpr size_t kEntryBytesMax = 4 + 1 + 16;

  void begin(Family family);
  void begin_ipv4(ByteView attributes, const NextHop& next_hop);
  void begin_mp_reach(const NextHop& next_hop);
  void open_nlri(ByteView tail);
  bool make_room(size_t entry_bytes);
  void shorten_mp_header();

  Bytes& out_;
  const CodecContext& context_;
  bool is_open_ = false;
  bool is_withdraw_ = false;
  bool is_mp_ = false;           // MP_REACH_NLRI or MP_UNREACH_NLRI holds the routes
  bool add_path_ = false;
  Family family_ = Family::IPv4;
  size_t begin_ = 0;             // of the message in out_
  size_t attributes_length_ = 0; // where the Total Path Attribute Length stands; 0 when finish() writes it
  size_t mp_at_ = 0;             // where MP_REACH_NLRI or MP_UNREACH_NLRI begins
  size_t nlri_begin_ = 0;
  size_t cursor_ = 0;            // where the next entry goes; out_ is longer than that while a message is open
  size_t room_end_ = 0;          // up to here an entry may be written without asking
  size_t nlri_end_max_ = 0;      // the limit of the message, less the tail
  Bytes tail_;                   // what stands behind the NLRI: the other attributes of an MP_REACH_NLRI message
};

// The whole End-of-RIB message of a family (RFC 4724 §2).
Bytes encode_end_of_rib(Family family);

}  // namespace bgp::wire
