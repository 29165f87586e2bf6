#include "config/model/annotations.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>
#include <vector>

#include "bgp/base/document_limits.h"
#include "bgp/base/escape.h"
#include "bgp/base/limits.h"
#include "config/model/duration.h"
#include "config/model/kinds/fields.h"

namespace config::model {
namespace {

constexpr std::string_view kPrefix = "calico-bgp/";

// ---- parsers: one type each, nullopt for what is not allowed -------------------------------------------------------

std::optional<uint64_t> whole(std::string_view text, uint64_t low, uint64_t high) {
  uint64_t number = 0;
  const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || stop != text.data() + text.size() || number < low || number > high) return std::nullopt;
  return number;
}

// Whole seconds; fractions are rounded.
std::optional<uint64_t> seconds(std::string_view text, uint64_t low, uint64_t high) {
  const auto duration = parse_duration(text);
  if (!duration) return std::nullopt;
  const uint64_t rounded = rounded_seconds(*duration);
  return rounded < low || rounded > high ? std::nullopt : std::optional(rounded);
}

std::optional<bool> flag(std::string_view text) {
  if (text == "true" || text == "on") return true;
  if (text == "false" || text == "off") return false;
  return std::nullopt;
}

template <class T, size_t N>
std::optional<T> word(std::string_view text, const std::array<std::pair<std::string_view, T>, N>& words) {
  for (const auto& [spelled, meaning] : words) {
    if (text == spelled) return meaning;
  }
  return std::nullopt;
}

// "100ms x 3"; the multiplier may be left out.
std::optional<BfdTimes> bfd_times(std::string_view text) {
  const size_t by = text.find(" x ");
  const auto interval = parse_duration(text.substr(0, by));
  const auto multiplier = by == std::string_view::npos ? std::optional<uint64_t>(3) : whole(text.substr(by + 3), 1, 255);
  using namespace std::chrono_literals;
  if (!interval || *interval < 10ms || *interval > 60s || !multiplier) return std::nullopt;
  return BfdTimes{*interval, static_cast<uint8_t>(*multiplier)};
}

// "1/2 hmac-sha-1-96 secret/key"; one id is both.
std::optional<AoKeyRef> ao_key(std::string_view text) {
  const size_t first = text.find(' '), second = text.find(' ', first + 1);
  if (first == std::string_view::npos || second == std::string_view::npos) return std::nullopt;
  const std::string_view ids = text.substr(0, first), name = text.substr(first + 1, second - first - 1);
  const size_t slash = ids.find('/');
  const auto send_id = whole(ids.substr(0, slash), 0, 255);
  const auto recv_id = slash == std::string_view::npos ? send_id : whole(ids.substr(slash + 1), 0, 255);
  const auto algorithm = std::find_if(bgp::kAoAlgorithms.begin(), bgp::kAoAlgorithms.end(),
                                      [&](bgp::AoAlgorithm a) { return name == to_string(a); });
  const auto secret = parse_secret_ref(text.substr(second + 1));
  if (!send_id || !recv_id || algorithm == bgp::kAoAlgorithms.end() || !secret) return std::nullopt;
  return AoKeyRef{static_cast<uint8_t>(*send_id), static_cast<uint8_t>(*recv_id), *algorithm, *secret};
}

// Separated by ", "; RFC 5925 §3.1: no id twice.
std::optional<std::vector<AoKeyRef>> ao_keys(std::string_view text) {
  std::vector<AoKeyRef> keys;
  for (bool is_last = false; !is_last;) {
    const size_t comma = text.find(", ");
    is_last = comma == std::string_view::npos;
    const auto key = ao_key(text.substr(0, comma));
    const bool clashes = key && std::any_of(keys.begin(), keys.end(), [&](const AoKeyRef& other) {
      return other.send_id == key->send_id || other.recv_id == key->recv_id;
    });
    if (!key || clashes || keys.size() == bgp::limits::kAoKeysMax) return std::nullopt;
    keys.push_back(*key);
    if (!is_last) text.remove_prefix(comma + 2);
  }
  return keys;
}

// Stores a parsed value; false: there was none.
template <class Member, class Parsed>
bool put(Member& member, const std::optional<Parsed>& parsed) {
  if (parsed) member = static_cast<typename Member::value_type>(*parsed);
  return parsed.has_value();
}

// ---- the table: name, where it may stand, what is allowed, its setter -----------------------------------------------

constexpr uint8_t kPeer = static_cast<uint8_t>(Holder::BgpPeer);
constexpr uint8_t kGlobal = static_cast<uint8_t>(Holder::BgpConfiguration);
constexpr uint8_t kNode = static_cast<uint8_t>(Holder::Node);

struct Row {
  std::string_view name;
  uint8_t holders;
  std::string_view allowed;
  bool (*set)(Annotations&, std::string_view);
};

template <std::optional<bool> Annotations::* member>
bool set_flag(Annotations& a, std::string_view text) {
  return put(a.*member, flag(text));
}

constexpr std::string_view kFlag = "must be true or false";
constexpr std::string_view kAoKeys =
    "must be SEND-ID/RECEIVE-ID ALGORITHM SECRET/KEY, up to 8 of them separated by ', ', the preferred one first, ids 0..255 and "
    "each once, hmac-sha-1-96 or aes-128-cmac-96: as in 1/1 hmac-sha-1-96 bgp/key-1";
constexpr std::string_view kLegs = "must be 1..64";
static_assert(bgp::limits::kEcmpLegsMax == 64 && bgp::limits::kPeersMax == 4096 && bgp::limits::kAoKeysMax == 8,
              "the texts name them");

constexpr std::array<std::pair<std::string_view, AddPathMode>, 4> kAddPathWords = {
    {{"off", AddPathMode::Off}, {"receive", AddPathMode::Receive}, {"send", AddPathMode::Send},
     {"both", AddPathMode::Both}}};
constexpr std::array<std::pair<std::string_view, MaxPrefixesAction>, 3> kActionWords = {
    {{"warn", MaxPrefixesAction::Warn}, {"stop", MaxPrefixesAction::Stop}, {"restart", MaxPrefixesAction::Restart}}};
constexpr std::array<std::pair<std::string_view, PeerRole>, 5> kRoleWords = {
    {{"provider", PeerRole::Provider}, {"rs", PeerRole::RouteServer}, {"rs-client", PeerRole::RouteServerClient},
     {"customer", PeerRole::Customer}, {"peer", PeerRole::Peer}}};

constexpr Row kTable[] = {
    {"hold-time", kPeer | kGlobal, "must be 0 or 3s..65535s",
     [](Annotations& a, std::string_view text) {
       const auto time = seconds(text, 0, 65535);
       return time != 1 && time != 2 && put(a.hold_time_s, time);
     }},
    {"connect-retry", kPeer | kGlobal, "must be 100ms..1h",
     [](Annotations& a, std::string_view text) {
       using namespace std::chrono_literals;
       const auto time = parse_duration(text);
       return time && *time >= 100ms && *time <= 1h && put(a.connect_retry, time);
     }},
    {"send-hold-time", kPeer | kGlobal, "must be 1s..65535s",
     [](Annotations& a, std::string_view text) { return put(a.send_hold_time_s, seconds(text, 1, 65535)); }},
    {"passive", kPeer | kGlobal, kFlag, set_flag<&Annotations::passive>},
    {"graceful-restart", kPeer | kGlobal, "must be on or off; spec.maxRestartTime sets the time",
     set_flag<&Annotations::graceful_restart>},
    {"long-lived-stale-time", kPeer | kGlobal, "must be 0..16777215s",
     [](Annotations& a, std::string_view text) { return put(a.long_lived_stale_s, seconds(text, 0, 0xffffff)); }},
    {"add-path", kPeer | kGlobal, "must be receive, send, both or off",
     [](Annotations& a, std::string_view text) { return put(a.add_path, word(text, kAddPathWords)); }},
    {"max-prefixes", kPeer | kGlobal, "must be 0..4294967295, 0 for no limit",
     [](Annotations& a, std::string_view text) { return put(a.max_prefixes, whole(text, 0, 0xffffffff)); }},
    {"max-prefixes-action", kPeer | kGlobal, "must be warn, stop or restart",
     [](Annotations& a, std::string_view text) { return put(a.max_prefixes_action, word(text, kActionWords)); }},
    {"max-prefixes-restart", kPeer | kGlobal, "must be 1s..65535s",
     [](Annotations& a, std::string_view text) { return put(a.max_prefixes_restart_s, seconds(text, 1, 65535)); }},
    {"role", kPeer | kGlobal, "must be provider, rs, rs-client, customer or peer",
     [](Annotations& a, std::string_view text) { return put(a.role, word(text, kRoleWords)); }},
    {"role-strict", kPeer | kGlobal, kFlag, set_flag<&Annotations::role_strict>},
    {"enforce-first-as", kPeer | kGlobal, kFlag, set_flag<&Annotations::enforce_first_as>},
    {"reject-as-sets", kPeer | kGlobal, kFlag, set_flag<&Annotations::reject_as_sets>},
    {"software-version", kPeer | kGlobal, kFlag, set_flag<&Annotations::software_version>},
    {"hostname", kPeer | kGlobal, kFlag, set_flag<&Annotations::hostname>},
    {"extended-messages", kPeer | kGlobal, kFlag, set_flag<&Annotations::extended_messages>},
    {"extended-next-hop", kPeer | kGlobal, kFlag, set_flag<&Annotations::extended_next_hop>},
    {"bfd", kPeer | kGlobal, "must be TIME x COUNT, 10ms..60s and 1..255, as in 100ms x 3",
     [](Annotations& a, std::string_view text) { return put(a.bfd, bfd_times(text)); }},
    {"bfd-multihop", kPeer | kGlobal, kFlag, set_flag<&Annotations::bfd_multihop>},
    {"bfd-minimum-ttl", kPeer | kGlobal, "must be 1..255",
     [](Annotations& a, std::string_view text) { return put(a.bfd_minimum_ttl, whole(text, 1, 255)); }},
    {"accept-blackhole", kPeer | kGlobal, kFlag, set_flag<&Annotations::accept_blackhole>},
    {"tcp-ao", kPeer | kGlobal, kAoKeys,
     [](Annotations& a, std::string_view text) {
       const auto keys = ao_keys(text);
       a.tcp_ao = keys.value_or(std::vector<AoKeyRef>());  // a peer is held rather than spoken to without
       return keys.has_value();
     }},
    {"local-address", kPeer, "must be an IP address",
     [](Annotations& a, std::string_view text) { return put(a.local_address, parse_ip(text)); }},
    {"dynamic", kPeer, "must be a CIDR, strictly masked",
     [](Annotations& a, std::string_view text) { return put(a.dynamic, bgp::Prefix::parse(text)); }},
    {"dynamic-max", kPeer, "must be 1..4096",
     [](Annotations& a, std::string_view text) { return put(a.dynamic_max, whole(text, 1, bgp::limits::kPeersMax)); }},
    // Before its two parts, which say it more exactly.
    {"multipath", kGlobal, kLegs,
     [](Annotations& a, std::string_view text) {
       const auto legs = whole(text, 1, bgp::limits::kEcmpLegsMax);
       return put(a.multipath_ebgp, legs) && put(a.multipath_ibgp, legs);
     }},
    {"multipath-ebgp", kGlobal, kLegs,
     [](Annotations& a, std::string_view text) {
       return put(a.multipath_ebgp, whole(text, 1, bgp::limits::kEcmpLegsMax));
     }},
    {"multipath-ibgp", kGlobal, kLegs,
     [](Annotations& a, std::string_view text) {
       return put(a.multipath_ibgp, whole(text, 1, bgp::limits::kEcmpLegsMax));
     }},
    {"multipath-mixed", kGlobal, kFlag, set_flag<&Annotations::multipath_mixed>},
    {"link-bandwidth", kGlobal, kFlag, set_flag<&Annotations::link_bandwidth>},
    {"drain", kNode, kFlag, set_flag<&Annotations::drain>},
};

const Row* find_row(std::string_view name) {
  const auto row = std::find_if(std::begin(kTable), std::end(kTable), [&](const Row& r) { return r.name == name; });
  return row == std::end(kTable) ? nullptr : row;
}

// Levenshtein's distance.
size_t distance(std::string_view a, std::string_view b) {
  std::vector<size_t> row(b.size() + 1);
  for (size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (size_t i = 1; i <= a.size(); ++i) {
    size_t diagonal = row[0];
    row[0] = i;
    for (size_t j = 1; j <= b.size(); ++j) {
      const size_t above = row[j];
      row[j] = std::min({above + 1, row[j - 1] + 1, diagonal + (a[i - 1] == b[j - 1] ? 0 : 1)});
      diagonal = above;
    }
  }
  return row[b.size()];
}

std::string_view nearest(std::string_view name) {
  name = name.substr(0, 64);
  return std::min_element(std::begin(kTable), std::end(kTable), [&](const Row& a, const Row& b) {
           return distance(a.name, name) < distance(b.name, name);
         })->name;
}

std::string home_of(const Row& row) {
  if (row.holders == kNode) return "a Node";
  if (row.holders == kGlobal) return "a BGPConfiguration";
  return row.holders == kPeer ? "a BGPPeer" : "a BGPPeer or BGPConfiguration";
}

struct Refusal {
  std::string reason;
  int line = 0;
};

Refusal refusal(const Member& member, const std::string& why) {
  return {"error with field metadata.annotations." + bgp::printable(member.key, 128) + " = '" +
              bgp::printable(member.value.text, 128) + "' (" + why + ")",
          member.value.line > 0 ? member.value.line : member.line};
}

std::optional<Refusal> judge_name(const Member& member, Holder holder) {
  const std::string_view name = std::string_view(member.key).substr(kPrefix.size());
  const Row* row = find_row(name);
  if (row == nullptr) {
    return refusal(member, "no such annotation; the nearest is " + std::string(kPrefix) + std::string(nearest(name)));
  }
  if ((row->holders & static_cast<uint8_t>(holder)) == 0) return refusal(member, "belongs to " + home_of(*row));
  if (!member.value.is_scalar()) return refusal(member, std::string(row->allowed));
  return std::nullopt;
}

// What needs another one, or excludes it.
std::optional<std::string> find_contradiction(const Annotations& a, Holder holder) {
  if (a.dynamic_max && !a.dynamic) return "calico-bgp/dynamic-max needs calico-bgp/dynamic";
  if (a.bfd_minimum_ttl && a.bfd_multihop != true) return "calico-bgp/bfd-minimum-ttl needs calico-bgp/bfd-multihop";
  const bool is_one_way = a.tcp_ao && std::any_of(a.tcp_ao->begin(), a.tcp_ao->end(),
                                                  [](const AoKeyRef& key) { return key.send_id != key.recv_id; });
  if (holder == Holder::BgpConfiguration && is_one_way) {
    return "calico-bgp/tcp-ao: both ends of the mesh read this, so that each key has one id for both ways";
  }
  if (a.role_strict == true && !a.role) return "calico-bgp/role-strict needs calico-bgp/role";
  return std::nullopt;
}

std::vector<const Member*> ours(const Value& metadata) {
  std::vector<const Member*> found;
  const Value* annotations = metadata.find("annotations");
  if (annotations == nullptr) return found;
  for (const Member& member : annotations->members) {
    if (member.key.starts_with(kPrefix)) found.push_back(&member);
  }
  return found;
}

// Calls `refuse` for each that is wrong; rows in the order of the table.
template <class Refuse>
Annotations read(const Value& metadata, Holder holder, Refuse refuse) {
  Annotations annotations;
  const std::vector<const Member*> members = ours(metadata);
  for (const Member* member : members) {
    if (auto wrong = judge_name(*member, holder)) refuse(*wrong);
  }
  for (const Row& row : kTable) {
    if ((row.holders & static_cast<uint8_t>(holder)) == 0) continue;
    for (const Member* member : members) {
      if (member->key.substr(kPrefix.size()) != row.name) continue;
      const bool is_set = row.set(annotations, member->value.is_scalar() ? member->value.text : std::string());
      if (!is_set && member->value.is_scalar()) refuse(refusal(*member, std::string(row.allowed)));
    }
  }
  return annotations;
}

}  // namespace

bool has_annotations(const Value& metadata) { return !ours(metadata).empty(); }

Outcome<bgp::Done> check_annotations(Value& metadata, Holder holder) {
  std::optional<Refusal> first;
  const Annotations annotations = read(metadata, holder, [&](const Refusal& wrong) {
    if (!first) first = wrong;
  });
  if (first) return bgp::Err(ConfigError{"", first->line, first->reason});
  if (const auto contradiction = find_contradiction(annotations, holder)) {
    return bgp::Err(ConfigError{"", metadata.find("annotations")->line, *contradiction});
  }
  if (Value* map = metadata.find("annotations")) {
    for (Member& member : map->members) {
      if (member.key.starts_with(kPrefix)) member.value.type = Value::Type::String;
    }
  }
  return bgp::Done{};
}

Annotations read_annotations(const Value& metadata, Holder holder, std::vector<std::string>* problems) {
  return read(metadata, holder, [&](const Refusal& wrong) {
    if (problems != nullptr) problems->push_back(wrong.reason);
  });
}

}  // namespace config::model
