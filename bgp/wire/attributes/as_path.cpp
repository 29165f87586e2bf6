#include "bgp/wire/attributes/as_path.h"

#include <algorithm>

#include "bgp/base/limits.h"
#include "bgp/wire/attributes/aggregator.h"

namespace bgp::wire::attributes {
namespace {

template <size_t Width>
uint32_t asn_at(const uint8_t* p) {
  if constexpr (Width == 4) return u32_at(p);
  else return u16_at(p);
}

// One pass over the segments; a reason, or nullptr when all is well. This is on the path of every UPDATE.
template <size_t Width>
const char* fault_in_segments(ByteView value, bool confederation_is_fault, bool set_is_fault) {
  const uint8_t* p = value.data();
  size_t asns = 0;
  for (size_t left = value.size(); left > 0;) {
    if (left < 2) return "a stray octet";
    size_t count = p[1], bytes = 2 + count * Width;
    if (p[0] < 1 || p[0] > 4) return "unknown segment type";
    if (p[0] > 2 && confederation_is_fault) return "confederation segment from outside a confederation";
    if (p[0] == 1 && set_is_fault) return "AS_SET";  // RFC 9774 §3
    if (count == 0) return "empty segment";
    if (bytes > left) return "segment runs past the end";
    for (size_t at = 2; at < bytes; at += Width)
      if (asn_at<Width>(p + at) == 0) return "AS 0";  // RFC 7607 §2
    asns += count;
    p += bytes;
    left -= bytes;
  }
  return asns > limits::kAsPathAsnsMax ? "more AS numbers than the limit" : nullptr;
}

// RFC 4271 §6.3: the leftmost AS of what an external peer sends is the peer. A path that starts with a set, or with
// nothing, does not say so. A 2-octet peer may be one that can say its number only as AS_TRANS.
template <size_t Width>
bool starts_with_peer(ByteView value, const CodecContext& context) {
  if (value.empty() || value[0] != static_cast<uint8_t>(SegmentType::Sequence)) return false;
  uint32_t first = asn_at<Width>(value.data() + 2);
  return first == context.peer_as.value ||
         (Width == 2 && !context.peer_as.fits_two_octets() && first == kAsTrans.value);
}

// Beside withdrawn routes alone the leftmost AS is of no account: a path that is whole but not the peer's must not
// reset the session by way of RFC 7606 §5.2.
template <size_t Width>
Verdict check_path(ByteView value, const Received& message) {
  if (const char* reason = fault_in_segments<Width>(value, true, message.context.reject_as_sets))
    return treat_as_withdraw(reason);
  bool must_start_with_peer = message.has_reachable && !message.context.is_ibgp() && message.context.enforce_first_as;
  if (must_start_with_peer && !starts_with_peer<Width>(value, message.context))
    return treat_as_withdraw("leftmost AS is not the peer's");
  return keep();
}

bool is_confederation(const Segment& segment) { return segment.type >= SegmentType::ConfedSequence; }

// What a segment adds to the path's length: RFC 4271 §9.1.2.2 a, RFC 5065 §5.3.
size_t hops_of(const Segment& segment) {
  if (is_confederation(segment)) return 0;
  return segment.type == SegmentType::Set ? 1 : segment.count;
}

size_t path_length(ByteView value, size_t width) {
  size_t length = 0;
  for_each_segment(value, width, [&](const Segment& s) { length += hops_of(s); });
  return length;
}

void put_widened(Bytes& out, ByteView two_octet_asns) {
  ByteWriter writer(out);
  for (size_t at = 0; at < two_octet_asns.size(); at += 2) writer.u32(u16_at(two_octet_asns.data() + at));
}

// The first `hops` hops of a 2-octet path, widened.
Bytes leading_part(ByteView value, size_t hops) {
  Bytes out;
  for_each_segment(value, 2, [&](const Segment& s) {
    if (hops == 0) return;
    size_t taken = s.type == SegmentType::Set ? s.count : std::min<size_t>(hops, s.count);
    out.insert(out.end(), {static_cast<uint8_t>(s.type), static_cast<uint8_t>(taken)});
    put_widened(out, s.asns.first(taken * 2));
    hops -= std::min(hops, hops_of(s));
  });
  return out;
}

// RFC 6793 §6: an AS4_PATH has no business with confederations; their segments are left out.
Bytes without_confederations(ByteView as4_path) {
  Bytes out;
  for_each_segment(as4_path, 4, [&](const Segment& s) {
    if (is_confederation(s)) return;
    out.insert(out.end(), {static_cast<uint8_t>(s.type), s.count});
    out.insert(out.end(), s.asns.begin(), s.asns.end());
  });
  return out;
}

constexpr uint8_t kSequence = static_cast<uint8_t>(SegmentType::Sequence);

// Puts `tail` behind `path`, as one segment where two sequences meet and fit, so that a path which was cut by an old
// speaker is equal to the same path uncut. `last` is where the last segment of `path` begins.
void join(Bytes& path, size_t last, const Bytes& tail) {
  size_t begin = 0;
  bool both_sequences = !path.empty() && !tail.empty() && path[last] == kSequence && tail[0] == kSequence;
  if (both_sequences && path[last + 1] + tail[1] <= static_cast<int>(kSegmentAsnsMax)) {
    path[last + 1] = static_cast<uint8_t>(path[last + 1] + tail[1]);
    begin = 2;
  }
  path.insert(path.end(), tail.begin() + static_cast<std::ptrdiff_t>(begin), tail.end());
}

size_t last_segment_at(const Bytes& four_octet_path) {
  size_t last = 0;
  for (size_t at = 0; at < four_octet_path.size(); at += 2 + size_t{four_octet_path[at + 1]} * 4) last = at;
  return last;
}

// The AS4_PATH that may be merged into this message's AS_PATH, or nothing.
std::optional<Bytes> usable_as4_path(ByteView as_path, const Received& message) {
  const FramedAttribute* as4 = message.attributes.find(AttributeCode::As4Path);
  if (as4 == nullptr || !judge(rule_of(as4->code), *as4, message).ok || as4_attributes_are_stale(message))
    return std::nullopt;
  Bytes tail = without_confederations(as4->value());
  size_t hops = path_length(tail, 4), hops_of_as_path = path_length(as_path, 2);
  if (hops > hops_of_as_path) return std::nullopt;
  // One that takes the place of the whole path must not hide the peer's AS, by which AsPath::check let it in.
  bool must_start_with_peer = message.has_reachable && !message.context.is_ibgp() && message.context.enforce_first_as;
  if (must_start_with_peer && hops == hops_of_as_path && !starts_with_peer<4>(tail, message.context)) return std::nullopt;
  return tail;
}

}  // namespace

Verdict AsPath::check(ByteView value, const Received& message) {
  return message.context.four_octet_as ? check_path<4>(value, message) : check_path<2>(value, message);
}

void AsPath::widen(ByteView value, const Received& message, Bytes& out) {
  std::optional<Bytes> tail = usable_as4_path(value, message);
  Bytes path = leading_part(value, path_length(value, 2) - (tail ? path_length(*tail, 4) : 0));
  if (tail) join(path, last_segment_at(path), *tail);
  out.insert(out.end(), path.begin(), path.end());
}

std::string AsPath::text(ByteView canonical) {
  std::string out;
  for_each_segment(canonical, 4, [&](const Segment& s) {
    static constexpr const char* kBrackets[] = {"{}", "  ", "()", "[]"};
    const char* brackets = kBrackets[static_cast<size_t>(s.type) - 1];
    bool bare = s.type == SegmentType::Sequence;
    if (!out.empty()) out += ' ';
    if (!bare) out += brackets[0];
    for (size_t i = 0; i < s.count; ++i) {
      if (i != 0) out += s.type == SegmentType::Set || s.type == SegmentType::ConfedSet ? ',' : ' ';
      out += std::to_string(u32_at(s.asns.data() + i * 4));
    }
    if (!bare) out += brackets[1];
  });
  return out;
}

// RFC 6793 §6 names the malformations; a number of 0 or too many of them are no better here than in AS_PATH.
Verdict As4Path::check(ByteView value, const Received&) {
  if (value.empty()) return discard("length is 0");
  const char* reason = fault_in_segments<4>(value, false, false);
  return reason == nullptr ? keep() : discard(reason);
}

AsPathFacts facts_of_as_path(ByteView canonical) {
  AsPathFacts facts;
  bool first = true;
  for_each_segment(canonical, 4, [&](const Segment& s) {
    BGP_ASSERT(s.count > 0);
    facts.length = static_cast<uint16_t>(facts.length + hops_of(s));
    bool is_sequence = s.type == SegmentType::Sequence;
    if (first && is_sequence) facts.neighbor_as = Asn{u32_at(s.asns.data())};
    facts.origin_as = Asn{u32_at(s.asns.data() + s.asns.size() - 4)};
    first = false;
  });
  return facts;
}

bool narrow_as_path(ByteView canonical, Bytes& out) {
  bool lost = false;
  ByteWriter writer(out);
  for_each_segment(canonical, 4, [&](const Segment& s) {
    out.insert(out.end(), {static_cast<uint8_t>(s.type), s.count});
    for (size_t at = 0; at < s.asns.size(); at += 4) {
      Asn asn{u32_at(s.asns.data() + at)};
      lost = lost || !asn.fits_two_octets();
      writer.u16(static_cast<uint16_t>(asn.fits_two_octets() ? asn.value : kAsTrans.value));
    }
  });
  return lost;
}

}  // namespace bgp::wire::attributes

namespace bgp::wire {

using namespace attributes;

bool as_path_contains(ByteView canonical, Asn as, int at_most) {
  std::optional<ByteView> value = find_attribute(canonical, AttributeCode::AsPath);
  if (!value) return false;
  int times = 0;
  for_each_segment(*value, 4, [&](const Segment& s) {
    for (size_t at = 0; at < s.asns.size(); at += 4) times += u32_at(s.asns.data() + at) == as.value ? 1 : 0;
  });
  return times > at_most;
}

std::string as_path_text(ByteView canonical) {
  std::optional<ByteView> value = find_attribute(canonical, AttributeCode::AsPath);
  return value ? AsPath::text(*value) : std::string();
}

Bytes prepended_as_path(std::optional<ByteView> value, Asn as, int count) {
  ByteView rest = value.value_or(ByteView());
  Bytes out;
  ByteWriter writer(out);
  size_t left = static_cast<size_t>(std::max(count, 0));
  size_t first = !rest.empty() && rest[0] == kSequence ? rest[1] : 0;  // numbers of the segment that is joined
  size_t joined = std::min(left, kSegmentAsnsMax - first);
  for (left -= joined; left > 0;) {
    size_t taken = std::min(left, kSegmentAsnsMax);
    out.insert(out.end(), {kSequence, static_cast<uint8_t>(taken)});
    for (size_t i = 0; i < taken; ++i) writer.u32(as.value);
    left -= taken;
  }
  if (joined > 0) {
    out.insert(out.end(), {kSequence, static_cast<uint8_t>(first + joined)});
    for (size_t i = 0; i < joined; ++i) writer.u32(as.value);
    if (first > 0) rest = rest.subspan(2);
  }
  writer.bytes(rest);
  return out;
}

}  // namespace bgp::wire
