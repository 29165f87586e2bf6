#include "vectors.h"

#include <istream>
#include <nlohmann/json.hpp>

#include "bgp/session/negotiation.h"
#include "bgp/wire/attributes/attribute_rule.h"
#include "bgp/wire/family.h"
#include "bgp/wire/open.h"
#include "tests/support/wire_builders.h"

namespace vectors {
namespace {

using namespace bgp;
using namespace bgp::wire;
using nlohmann::json;
using tests::support::hex;
using tests::support::nlri;
using tests::support::update_body;
using tests::support::operator+;

std::string number_text(const Notification& n) { return std::to_string(n.code) + "/" + std::to_string(n.subcode); }

template <class T>
T param(const json& vector, const char* name, T otherwise) {
  if (!vector.contains("params") || !vector["params"].contains(name)) return otherwise;
  return vector["params"][name].get<T>();
}
bool has_param(const json& vector, const char* name) { return vector.contains("params") && vector["params"].contains(name); }

std::optional<bool> is_internal(const json& vector) {
  if (has_param(vector, "peer")) return param<std::string>(vector, "peer", "") == "ibgp";
  // Equal numbers are often no more than a default of the suite that the vector is from.
  bool differ = has_param(vector, "local_as") && param(vector, "local_as", 0U) != param(vector, "peer_as", 0U);
  return differ ? std::optional(false) : std::nullopt;
}

CodecContext context_of(const json& vector, bool internal, bool wide, bool add_path) {
  CodecContext context;
  context.local_as = Asn{param(vector, "local_as", 65000U)};
  context.peer_as = internal ? context.local_as : Asn{param(vector, "peer_as", 65001U)};
  context.four_octet_as = wide;
  context.enforce_first_as = has_param(vector, "peer") && has_param(vector, "peer_as");
  context.families = FamilySet::both();
  context.extended_next_hop = true;
  if (add_path) context.add_path_receive = FamilySet::both();
  return context;
}

// What the vector says, or else everything that it may have meant.
std::vector<CodecContext> contexts_of(const json& vector) {
  std::vector<CodecContext> out;
  std::optional<bool> internal = is_internal(vector);
  for (bool wide : {true, false}) {
    if (has_param(vector, "asn4") && param(vector, "asn4", true) != wide) continue;
    for (bool inside : {true, false}) {
      if (internal && *internal != inside) continue;
      for (bool add_path : {false, true})
        if (!has_param(vector, "addpath") || param(vector, "addpath", false) == add_path)
          out.push_back(context_of(vector, inside, wide, add_path));
    }
  }
  return out;
}

// Whether an attribute of the message that says something by itself is not among those that are kept.
bool drops_one(ByteView body, ByteView kept) {
  ByteReader reader(body);
  reader.take(reader.u16());
  for (AttributeView attribute : attributes_of(reader.take(reader.u16()))) {
    bool is_read_apart = attribute.code == 3 || attribute.code == 14 || attribute.code == 15;
    if (!is_read_apart && !find_attribute(kept, static_cast<AttributeCode>(attribute.code))) return true;
  }
  return false;
}

std::string verdict_of_update(ByteView body, const CodecContext& context) {
  DecodedUpdate update;
  Status<Notification> status = decode_update(body, context, update);
  if (!status) return number_text(status.error());
  for (AttributeView attribute : attributes_of(update.attributes)) attribute_text(attribute);
  facts_of(update.attributes);
  std::string reasons;
  for (const AttributeFault& fault : update.faults)
    reasons += (reasons.empty() ? " (" : ", ") + std::to_string(fault.code) + " " + fault.reason;
  if (update.treat_as_withdraw) return "treat-as-withdraw" + reasons + ")";
  if (!update.faults.empty()) return "attribute-discard" + reasons + ")";
  return drops_one(body, update.attributes) ? "ok, and an attribute is not carried" : "ok";
}

std::string verdict_of_open(ByteView body, const json& vector) {
  Result<Open, Notification> open = decode_open(body);
  if (!open) return number_text(open.error());
  if (!has_param(vector, "local_id")) return "ok";
  session::PeerConfig config;
  config.local_as = Asn{param(vector, "local_as", 65000U)};
  config.peer_as = Asn{param(vector, "peer_as", 65001U)};
  if (auto id = IpAddress::parse(param<std::string>(vector, "local_id", "")))
    config.identifier = BgpIdentifier{u32_at(id->bytes().data())};
  auto agreed = session::negotiate(config, session::make_open(config), *open, IpAddress());
  return agreed ? "ok" : number_text(agreed.error());
}

std::string verdict_of_refresh(ByteView body) {
  Result<RouteRefresh, Notification> refresh = decode_route_refresh(body);
  return refresh ? "ok" : number_text(refresh.error());
}

std::string verdict_of_frame(const Frame& frame, const json& vector, const CodecContext& context) {
  switch (frame.type) {
    case MessageType::Open: return verdict_of_open(frame.body, vector);
    case MessageType::Update: return verdict_of_update(frame.body, context);
    case MessageType::Notification: notification_text(decode_notification(frame.body)); return "ok";
    case MessageType::Keepalive: return "ok";
    case MessageType::RouteRefresh: return verdict_of_refresh(frame.body);
  }
  return "ok";
}

// All messages of a stream; the first that is wrong counts.
std::string verdict_of_stream(const Bytes& bytes, const json& vector, CodecContext context) {
  Framer framer;
  if (bytes.size() > 4096) framer.allow_extended_messages();
  framer.feed(bytes);
  int whole = 0;
  for (std::optional<Frame> frame; (frame = framer.next()); ++whole)
    if (std::string verdict = verdict_of_frame(*frame, vector, context); verdict != "ok") return verdict;
  if (framer.error()) return number_text(*framer.error());
  return whole == 0 ? "incomplete" : "ok";
}

Bytes some_nlri(const CodecContext& context) {
  return (context.add_path_receive.has(Family::IPv4) ? hex("00000001") : Bytes()) + nlri("10.0.0.0/8");
}

Bytes good_attributes(const CodecContext& context, uint8_t without) {
  Bytes out;
  if (without != 1) out = out + hex("40 01 01 00");
  if (without != 2) {
    Bytes path = context.is_ibgp() ? Bytes() : prepended_as_path(std::nullopt, context.peer_as);
    append_attribute(out, flag::kTransitive, 2, path);
    if (!context.four_octet_as) out = to_two_octet(out);
  }
  if (without != 3) out = out + hex("40 03 04 c0000201");
  if (without != 5 && context.is_ibgp()) out = out + hex("40 05 04 00000064");
  return out;
}

std::string verdict_of_attribute(const Bytes& whole, const CodecContext& context) {
  uint8_t type = whole.size() > 1 ? whole[1] : 0;
  return verdict_of_update(update_body({}, whole + good_attributes(context, type), some_nlri(context)), context);
}

std::string verdict_of_value(const json& vector, const Bytes& value, const CodecContext& context) {
  uint8_t type = vector.at("attr_type").get<uint8_t>();
  Bytes whole;
  append_attribute(whole, rule_of(type) ? rule_of(type)->flags : 0xc0, type, value);
  return verdict_of_attribute(whole, context);
}

std::string verdict_of_nlri(const json& vector, const Bytes& field, const CodecContext& context) {
  if (param(vector, "afi", 1) == 1)
    return verdict_of_update(update_body({}, good_attributes(context, 0), field), context);
  Bytes value = hex("0002 01 10 20010db8000000000000000000000001 00") + field, mp;
  append_attribute(mp, flag::kOptional, 14, value);
  return verdict_of_update(update_body({}, mp + good_attributes(context, 3), {}), context);
}

std::string verdict_of_capability(const Bytes& tlvs) {
  Capabilities capabilities;
  if (!decode_capabilities(tlvs, capabilities)) return "2/0";
  describe(capabilities);
  return "ok";
}

std::string verdict_of_parameters(const Bytes& parameters, const json& vector) {
  Bytes body = hex("04 fde9 005a c0000201");
  body.push_back(static_cast<uint8_t>(parameters.size()));
  return verdict_of_open(body + parameters, vector);
}

bool is_mp_of_others(const json& vector) {
  Bytes value = hex(vector.value("hex", ""));
  int type = vector.value("attr_type", 0);
  return (type == 14 || type == 15) && value.size() >= 3 && !family_of(static_cast<uint16_t>(u16_at(value.data())), value[2]);
}

// Our two families only: another NLRI is not looked into.
bool is_carried(const json& vector) {
  std::string kind = vector.at("kind");
  if (param<std::string>(vector, "peer", "").ends_with("-oad")) return false;  // a draft's sort of session
  if (kind == "attr_value" && is_mp_of_others(vector)) return false;
  if (kind != "nlri") return true;
  return !has_param(vector, "family") && family_of(param<uint16_t>(vector, "afi", 0), param<uint8_t>(vector, "safi", 0));
}

// Empty for a kind that we do not carry.
std::string verdict_of(const json& vector, const CodecContext& context) {
  const std::string kind = vector.at("kind");
  const Bytes bytes = vector.contains("hex") ? hex(vector["hex"].get<std::string>()) : Bytes();
  if (!is_carried(vector)) return "";
  if (kind == "message" || kind == "raw") return verdict_of_stream(bytes, vector, context);
  if (kind == "update_body") return verdict_of_update(bytes, context);
  if (kind == "path_attributes")
    return verdict_of_update(update_body({}, bytes, param(vector, "has_nlri", true) ? some_nlri(context) : Bytes()), context);
  if (kind == "attr_value") return verdict_of_value(vector, bytes, context);
  if (kind == "attribute") return verdict_of_attribute(bytes, context);
  if (kind == "nlri") return verdict_of_nlri(vector, bytes, context);
  if (kind == "capability") return verdict_of_capability(bytes);
  if (kind == "open_optparams") return verdict_of_parameters(bytes, vector);
  if (kind == "open_body") return verdict_of_stream(tests::support::message(MessageType::Open, bytes), vector, context);
  if (kind == "notification_body")
    return verdict_of_stream(tests::support::message(MessageType::Notification, bytes), vector, context);
  if (kind == "route_refresh_body") return verdict_of_refresh(bytes);
  return "";
}

bool agrees(const std::string& expect, const std::string& ours) {
  if (expect == "no-crash" || expect == "see-note") return true;
  bool is_fine = ours.starts_with("ok");
  if (expect == "ok") return is_fine && ours.find(", text") == std::string::npos;
  std::string verdict = ours.substr(0, ours.find(" ("));
  if (expect == "attribute-discard") return verdict == expect || (is_fine && ours != "ok");
  return expect == "error" ? !is_fine : expect == verdict;
}

// What an AS_PATH reads as, where its vector says so and it is one that we take; empty when that is the same.
std::string wrong_text(const json& vector, const CodecContext& context) {
  if (vector.at("kind") != "attr_value" || vector.value("attr_type", 0) != 2 || !vector.contains("hops")) return "";
  Bytes whole, value = hex(vector["hex"].get<std::string>());
  append_attribute(whole, flag::kTransitive, 2, value);
  DecodedUpdate update;
  Bytes body = update_body({}, whole + good_attributes(context, 2), some_nlri(context));
  if (!decode_update(body, context, update) || update.treat_as_withdraw) return "";
  std::string text = as_path_text(update.attributes);
  if (text != vector.value("text", text)) return "text " + text;
  int hops = facts_of(update.attributes).as_path_length;
  if (hops != vector["hops"]) return "text of " + std::to_string(hops) + " hops";
  bool has = vector.value("contains_as", 0U) == 0 || as_path_contains(update.attributes, Asn{vector["contains_as"]});
  bool has_not = vector.value("not_contains_as", 0U) == 0 || !as_path_contains(update.attributes, Asn{vector["not_contains_as"]});
  return has && has_not ? "" : "text of other AS numbers";
}

std::string disagreement(const json& vector, const std::string& ours) {
  std::string text = vector.value("id", "?") + " (" + vector.value("name", "") + "): expected " +
                     vector.at("expect").get<std::string>() + ", ours " + ours;
  if (vector.contains("note")) text += "; " + vector["note"].get<std::string>();
  if (vector.contains("caution")) text += " [" + vector["caution"].get<std::string>() + "]";
  if (vector.contains("xcheck")) text += " others: " + vector["xcheck"].dump();
  return text;
}

void judge_one(const json& vector, Report& report) {
  std::string first;
  for (const CodecContext& context : contexts_of(vector)) {
    std::string ours = verdict_of(vector, context);
    if (ours.empty()) return void(++report.not_carried);
    if (std::string wrong = wrong_text(vector, context); !wrong.empty()) ours += ", " + wrong;
    if (agrees(vector.at("expect"), ours)) return void(++report.agree);
    if (first.empty()) first = ours;
  }
  report.disagreements.push_back(disagreement(vector, first));
}

}  // namespace

Report judge(std::istream& lines) {
  Report report;
  for (std::string line; std::getline(lines, line);) {
    if (line.empty()) continue;
    try {
      json vector = json::parse(line);
      if (!vector.contains("expect")) ++report.not_carried;  // the behaviour of a policy or a decision, not octets
      else judge_one(vector, report);
    } catch (const std::exception& e) {
      report.unreadable.push_back(line.substr(0, 60) + ": " + e.what());
    }
  }
  return report;
}

std::string text_of(const std::string& name, const Report& report) {
  std::string text = name + ": " + std::to_string(report.agree) + " agree, " + std::to_string(report.disagreements.size()) +
                     " disagree, " + std::to_string(report.not_carried) + " not carried\n";
  for (const std::string& line : report.disagreements) text += "  " + line + "\n";
  for (const std::string& line : report.unreadable) text += "  not read: " + line + "\n";
  return text;
}

}  // namespace vectors
