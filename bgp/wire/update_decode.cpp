#include <algorithm>

#include "bgp/base/limits.h"
#include "bgp/wire/attributes/attribute_rule.h"
#include "bgp/wire/attributes/mp_nlri.h"
#include "bgp/wire/attributes/next_hop.h"
#include "bgp/wire/family.h"
#include "bgp/wire/nlri.h"
#include "bgp/wire/update.h"

namespace bgp::wire {
namespace {

using attributes::MpReachNlri;
using attributes::MpUnreachNlri;

// RFC 4271 §4.3:  | length u16 | withdrawn routes | length u16 | path attributes | NLRI |
struct Sections {
  ByteView withdrawn;
  ByteView attributes;
  ByteView nlri;
};

std::optional<Sections> split(ByteView body) {
  ByteReader reader(body);
  Sections sections;
  sections.withdrawn = reader.take(reader.u16());
  sections.attributes = reader.take(reader.u16());
  sections.nlri = reader.take_rest();
  if (reader.failed()) return std::nullopt;
  return sections;
}

void clear(DecodedUpdate& out) {
  out.withdrawn = out.mp_withdrawn = out.reachable = out.mp_reachable = NlriField();
  out.end_of_rib.reset();
  out.treat_as_withdraw = false;
  out.attributes.clear();
  out.next_hop = out.mp_next_hop = NextHop();
  out.faults.clear();
}

// The canonical bytes of a set, written as the attributes pass judgment in type order. What is canonical as received
// and stands together is copied together.
class CanonicalWriter {
 public:
  explicit CanonicalWriter(Bytes& out) : out_(out) {}

  void put(const AttributeRule* rule, const FramedAttribute& a, const Received& message) {
    bool must_widen = rule != nullptr && rule->widen != nullptr && !message.context.four_octet_as;
    if (must_widen) return put_widened(*rule, a, message);
    if (is_canonical(rule, a)) return extend_run(a);
    flush();
    append_attribute(out_, rule == nullptr ? a.flags() | flag::kPartial : a.flags(), a.code, a.value());
  }
  void flush() {
    out_.insert(out_.end(), run_begin_, run_end_);
    run_begin_ = run_end_ = nullptr;
  }

 private:
  // The flags octet as append_attribute() would write it.
  static bool is_canonical(const AttributeRule* rule, const FramedAttribute& a) {
    bool long_form = (a.flags() & flag::kExtendedLength) != 0;
    bool is_marked = rule != nullptr || (a.flags() & flag::kPartial) != 0;
    return (a.flags() & 0x0f) == 0 && long_form == (a.value_length > 255) && is_marked;
  }
  void extend_run(const FramedAttribute& a) {
    if (a.at != run_end_) {
      flush();
      run_begin_ = a.at;
    }
    run_end_ = a.at + a.length();
  }
  void put_widened(const AttributeRule& rule, const FramedAttribute& a, const Received& message) {
    flush();
    Bytes value;
    rule.widen(a.value(), message, value);
    append_attribute(out_, a.flags(), a.code, value);
  }

  Bytes& out_;
  const uint8_t* run_begin_ = nullptr;
  const uint8_t* run_end_ = nullptr;
};

class Decoder {
 public:
  Decoder(const CodecContext& context, const Sections& sections, DecodedUpdate& out)
      : context_(context), sections_(sections), out_(out) {}

  Status<Notification> decode() {
    bool all_framed = framed_.frame(sections_.attributes);
    if (framed_.mp_repeated()) return Err(malformed_attribute_list());
    if (!decode_ipv4_fields()) return Err(invalid_network_field());
    if (const FramedAttribute* bad = decode_mp_attributes()) return Err(optional_attribute_error(bad->whole()));
    if (!all_framed) fault(0, FaultAction::TreatAsWithdraw, "an attribute runs past the attribute field", {});
    judge_attributes();
    if (has_reachable_) require_mandatory();
    // RFC 7606 §5.2: there are no routes that could be treated as withdrawn, so something else was meant.
    if (out_.treat_as_withdraw && !has_reachable_) return Err(malformed_attribute_list());
    if (out_.treat_as_withdraw) out_.attributes.clear();
    find_end_of_rib(all_framed);
    return Done{};
  }

 private:
  bool with_path_ids(Family family) const { return context_.add_path_receive.has(family); }

  NlriField field(Family family, ByteView bytes) const {
    return context_.families.has(family) ? NlriField(family, with_path_ids(family), bytes) : NlriField();
  }

  bool decode_ipv4_fields() {
    bool ids = with_path_ids(Family::IPv4);
    if (!is_valid_nlri(sections_.withdrawn, 32, ids) || !is_valid_nlri(sections_.nlri, 32, ids)) return false;
    out_.withdrawn = field(Family::IPv4, sections_.withdrawn);
    out_.reachable = field(Family::IPv4, sections_.nlri);
    has_reachable_ = !sections_.nlri.empty();
    return true;
  }

  // The malformed one, or nullptr.
  const FramedAttribute* decode_mp_attributes() {
    const FramedAttribute* reach = framed_.find(AttributeCode::MpReachNlri);
    if (reach != nullptr && !decode_mp_reach(*reach)) return reach;
    const FramedAttribute* unreach = framed_.find(AttributeCode::MpUnreachNlri);
    if (unreach != nullptr && !decode_mp_unreach(*unreach)) return unreach;
    return nullptr;
  }

  bool decode_mp_reach(const FramedAttribute& attribute) {
    std::optional<MpReachNlri::Decoded> mp = MpReachNlri::decode(attribute.value(), context_.extended_next_hop);
    if (!mp) return false;
    has_reachable_ = has_reachable_ || !mp->nlri.empty();
    if (!is_ours(mp->family)) return true;
    if (!is_valid_mp_nlri(*mp->family, mp->nlri)) return false;
    out_.mp_reachable = field(*mp->family, mp->nlri);
    out_.mp_next_hop = mp->next_hop;
    if (!mp->nlri.empty() && attributes::is_martian_next_hop(mp->next_hop.address))
      fault(attribute.code, FaultAction::TreatAsWithdraw, "next hop is no host's address", attribute.whole());
    return true;
  }

  bool decode_mp_unreach(const FramedAttribute& attribute) {
    std::optional<MpUnreachNlri::Decoded> mp = MpUnreachNlri::decode(attribute.value());
    if (!mp) return false;
    if (!is_ours(mp->family)) return true;
    if (!is_valid_mp_nlri(*mp->family, mp->nlri)) return false;
    out_.mp_withdrawn = field(*mp->family, mp->nlri);
    return true;
  }

  // RFC 4760 §7: what was not negotiated is ignored; its NLRI may have a form that we do not even know.
  bool is_ours(std::optional<Family> family) const { return family && context_.families.has(*family); }

  bool is_valid_mp_nlri(Family family, ByteView nlri) const {
    return is_valid_nlri(nlri, family == Family::IPv4 ? 32 : 128, with_path_ids(family));
  }

  void judge_attributes() {
    const Received message{context_, framed_, !sections_.nlri.empty(), has_reachable_};
    CanonicalWriter writer(out_.attributes);
    for (const FramedAttribute& attribute : framed_) judge_one(attribute, message, writer);
    writer.flush();
    if (out_.attributes.size() > limits::kAttributeBytesMax)
      fault(0, FaultAction::TreatAsWithdraw, "more octets of attributes than the limit", {});
  }

  void judge_one(const FramedAttribute& attribute, const Received& message, CanonicalWriter& writer) {
    const AttributeRule* rule = rule_of(attribute.code);
    Verdict verdict = judge(rule, attribute, message);
    if (!verdict.ok) return fault(attribute.code, verdict.action, verdict.reason, attribute.whole());
    if (attribute.code == static_cast<uint8_t>(AttributeCode::NextHop))
      out_.next_hop.address = attributes::NextHop::address(attribute.value());
    // RFC 4271 §9: an unknown non-transitive attribute is quietly ignored.
    bool stored = rule != nullptr ? rule->stored : (attribute.flags() & flag::kTransitive) != 0;
    if (stored) writer.put(rule, attribute, message);
  }

  // RFC 7606 §3 d; RFC 4271 §5.
  void require_mandatory() {
    require(AttributeCode::Origin);
    require(AttributeCode::AsPath);
    if (!sections_.nlri.empty()) require(AttributeCode::NextHop);
    if (context_.is_ibgp()) require(AttributeCode::LocalPref);
  }
  void require(AttributeCode code) {
    if (framed_.find(code) == nullptr)
      fault(static_cast<uint8_t>(code), FaultAction::TreatAsWithdraw, "mandatory attribute is missing", {});
  }

  void fault(uint8_t code, FaultAction action, const char* reason, ByteView bytes) {
    ByteView shown = bytes.first(std::min(bytes.size(), limits::kFaultBytesMax));
    out_.faults.push_back({code, action, reason, Bytes(shown.begin(), shown.end())});
    if (action == FaultAction::TreatAsWithdraw) out_.treat_as_withdraw = true;
  }

  // RFC 4724 §2: an empty UPDATE, or one whose only content is an MP_UNREACH_NLRI without routes. Nothing that merely
  // looks like it (CVE-2023-47235): junk beside it, a second attribute, or one that was dropped.
  void find_end_of_rib(bool all_framed) {
    if (!sections_.withdrawn.empty() || !sections_.nlri.empty() || !all_framed) return;
    std::optional<Family> family = sections_.attributes.empty() ? Family::IPv4 : family_of_lone_mp_unreach();
    if (is_ours(family)) out_.end_of_rib = family;
  }
  std::optional<Family> family_of_lone_mp_unreach() const {
    const FramedAttribute* unreach = framed_.find(AttributeCode::MpUnreachNlri);
    if (unreach == nullptr || unreach->value_length != 3 || unreach->length() != sections_.attributes.size())
      return std::nullopt;
    return MpUnreachNlri::decode(unreach->value())->family;
  }

  const CodecContext& context_;
  const Sections& sections_;
  DecodedUpdate& out_;
  FramedAttributes framed_;
  bool has_reachable_ = false;
};

}  // namespace

Status<Notification> decode_update(ByteView body, const CodecContext& context, DecodedUpdate& out) {
  clear(out);
  std::optional<Sections> sections = split(body);
  if (!sections) return Err(malformed_attribute_list());
  return Decoder(context, *sections, out).decode();
}

}  // namespace bgp::wire
