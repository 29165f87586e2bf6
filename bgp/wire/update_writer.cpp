#include <algorithm>

#include "bgp/base/limits.h"
#include "bgp/wire/attribute.h"
#include "bgp/wire/message_header.h"
#include "bgp/wire/update.h"

namespace bgp::wire {
namespace {

constexpr size_t kRoomStep = 512;  // octets that are made ready at a time; most messages need no second step
constexpr size_t kMpHeaderBytes = 4;

size_t message_bytes_max(const CodecContext& context) {
  return context.extended_messages ? limits::kExtendedMessageBytesMax : limits::kMessageBytesMax;
}

void put(Bytes& out, ByteView bytes) { out.insert(out.end(), bytes.begin(), bytes.end()); }

void put_family(Bytes& out, Family family) {
  ByteWriter writer(out);
  writer.u16(static_cast<uint16_t>(to_afi(family)));
  writer.u8(static_cast<uint8_t>(Safi::Unicast));
}

// Where in canonical bytes an attribute of this type stands or would stand.
size_t position_of(ByteView canonical, AttributeCode code) {
  size_t at = 0;
  for (AttributeView a : attributes_of(canonical)) {
    if (a.code >= static_cast<uint8_t>(code)) break;
    at += a.whole.size();
  }
  return at;
}

// The header of an MP attribute whose length finish() will know.
void put_mp_header(Bytes& out, AttributeCode code) {
  out.insert(out.end(), {flag::kOptional | flag::kExtendedLength, static_cast<uint8_t>(code), 0, 0});
}

}  // namespace

UpdateWriter::UpdateWriter(Bytes& out, const CodecContext& context) : out_(out), context_(context) {}

bool UpdateWriter::announce(Family family, ByteView attributes, const NextHop& next_hop) {
  bool is_own_family = next_hop.address.family() == family;
  BGP_ASSERT(is_own_family || (family == Family::IPv4 && context_.extended_next_hop));
  Bytes two_octet;
  if (!context_.four_octet_as) {
    two_octet = to_two_octet(attributes);
    attributes = two_octet;
  }
  begin(family);
  ByteWriter(out_).u16(0);  // no withdrawn routes
  attributes_length_ = ByteWriter(out_).reserve_u16();
  is_mp_ = next_hop.address.is_v6();
  if (!is_mp_) {
    begin_ipv4(attributes, next_hop);
    open_nlri({});
  } else {
    begin_mp_reach(next_hop);
    open_nlri(attributes);
  }
  if (nlri_begin_ + kEntryBytesMax <= nlri_end_max_) return true;
  out_.resize(begin_);
  is_open_ = false;
  room_end_ = nlri_end_max_ = 0;
  return false;
}

void UpdateWriter::withdraw(Family family) {
  begin(family);
  is_withdraw_ = true;
  is_mp_ = family != Family::IPv4;
  ByteWriter(out_).u16(0);  // length of the withdrawn routes: patched for IPv4
  if (family == Family::IPv4) return open_nlri(Bytes{0, 0});
  attributes_length_ = ByteWriter(out_).reserve_u16();
  mp_at_ = out_.size();
  put_mp_header(out_, AttributeCode::MpUnreachNlri);
  put_family(out_, family);
  open_nlri({});
}

void UpdateWriter::begin(Family family) {
  BGP_ASSERT(!is_open_);
  is_open_ = true;
  is_withdraw_ = false;
  family_ = family;
  add_path_ = context_.add_path_send.has(family);
  begin_ = out_.size();
  append_message_header(out_, MessageType::Update);
}

// RFC 4271 §4.3: NEXT_HOP among the others in type order, NLRI behind the attributes.
void UpdateWriter::begin_ipv4(ByteView attributes, const NextHop& next_hop) {
  size_t split = position_of(attributes, AttributeCode::NextHop);
  put(out_, attributes.first(split));
  append_attribute(out_, flag::kTransitive, static_cast<uint8_t>(AttributeCode::NextHop), next_hop.address.bytes());
  put(out_, attributes.subspan(split));
}

// RFC 7606 §5.1: MP_REACH_NLRI stands first, so that a reader who stumbles later knows the routes.
void UpdateWriter::begin_mp_reach(const NextHop& next_hop) {
  mp_at_ = out_.size();
  put_mp_header(out_, AttributeCode::MpReachNlri);
  put_family(out_, family_);
  out_.push_back(next_hop.link_local ? 32 : 16);
  put(out_, next_hop.address.bytes());
  if (next_hop.link_local) put(out_, next_hop.link_local->bytes());
  out_.push_back(0);  // reserved
}

void UpdateWriter::open_nlri(ByteView tail) {
  tail_.assign(tail.begin(), tail.end());
  nlri_begin_ = cursor_ = room_end_ = out_.size();
  size_t max = message_bytes_max(context_);
  nlri_end_max_ = tail_.size() < max ? begin_ + max - tail_.size() : 0;
}

// Slow path of add(): extends the part of out_ that may be written, or near the end of the message looks closely.
bool UpdateWriter::make_room(size_t entry_bytes) {
  size_t entry_end = cursor_ + entry_bytes + (add_path_ ? 4 : 0);
  if (entry_end > nlri_end_max_) return false;
  room_end_ = std::min(std::max(cursor_ + kRoomStep, entry_end), nlri_end_max_);
  if (room_end_ > out_.size()) out_.resize(room_end_);
  return true;
}

void UpdateWriter::finish() {
  if (!is_open_) return;
  is_open_ = false;
  bool is_empty = cursor_ == nlri_begin_;
  out_.resize(is_empty ? begin_ : cursor_);
  room_end_ = nlri_end_max_ = 0;
  if (is_empty) return;
  ByteWriter writer(out_);
  if (!is_mp_) {
    if (is_withdraw_) writer.patch_u16(begin_ + limits::kMessageHeaderBytes, cursor_ - nlri_begin_);
    else writer.patch_u16(attributes_length_, nlri_begin_ - attributes_length_ - 2);
    put(out_, tail_);
  } else {
    writer.patch_u16(mp_at_ + 2, cursor_ - mp_at_ - kMpHeaderBytes);
    shorten_mp_header();
    put(out_, tail_);
    writer.patch_u16(attributes_length_, out_.size() - attributes_length_ - 2);
  }
  end_message(out_, begin_);
}

// RFC 4271 §4.3: the extended length is for values above 255 octets alone.
void UpdateWriter::shorten_mp_header() {
  if (out_[mp_at_ + 2] != 0) return;
  out_[mp_at_] = flag::kOptional;
  out_.erase(out_.begin() + static_cast<std::ptrdiff_t>(mp_at_) + 2);
}

Bytes encode_end_of_rib(Family family) {
  Bytes out = begin_message(MessageType::Update);
  ByteWriter writer(out);
  writer.u16(0);
  if (family == Family::IPv4) {
    writer.u16(0);
  } else {
    writer.u16(6);
    out.insert(out.end(), {flag::kOptional, static_cast<uint8_t>(AttributeCode::MpUnreachNlri), 3});
    put_family(out, family);
  }
  end_message(out);
  return out;
}

}  // namespace bgp::wire
