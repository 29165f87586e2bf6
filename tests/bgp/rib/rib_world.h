// A RIB with peers around it that believe what they read: each has its own idea of the routes that we told it, made of
// the UPDATE bytes alone. `check_level()` compares that with what the rules of BGP say it should hold.
#pragma once

#include <map>
#include <memory>
#include <set>

#include "bgp/base/prng.h"
#include "rib_support.h"

namespace bgp::rib {

struct WorldPeer {
  PeerId id = 0;
  PeerFacts facts;
  ExportKey key;
  ExportGroup* group = nullptr;  // while up
  bool is_asleep = false;        // reads nothing

  // What this peer sends us ...
  struct Sent {
    Bytes attributes;
    wire::NextHop next_hop;
    Rejection rejection;
  };
  using Route = std::pair<Prefix, uint32_t>;  // with its path identifier: 0 without ADD-PATH
  std::map<Route, Sent> announced;

  // ... and what it heard from us.
  struct Heard {
    Bytes attributes;
    wire::NextHop next_hop;
    auto operator<=>(const Heard&) const = default;
  };
  std::map<Route, Heard> table;
  Bytes pending;        // the beginning of a message
  Bytes control;        // the rest of a message of a group that it left
  Bytes everything;     // all that was read, as it came
  int end_of_ribs = 0;
  int end_of_refreshes = 0;
  int superfluous_withdrawals = 0;
  size_t messages = 0;
};

class World {
 public:
  explicit World(bool next_hops_are_reachable = true)
      : rib_({.assume_next_hops_reachable = next_hops_are_reachable, .emit_route_changes = false}) {}

  Rib& rib() { return rib_; }
  WorldPeer& peer(PeerId id) { return *peers_.at(id); }
  std::map<PeerId, std::unique_ptr<WorldPeer>>& peers() { return peers_; }

  static constexpr uint32_t kOurAs = 64512;

  // "ebgp", "ibgp", "client": a peer with our usual export key; with "+" behind, it takes ADD-PATH. It is not up yet.
  WorldPeer& add(PeerId id, std::string kind) {
    bool takes_all_paths = kind.ends_with('+');
    if (takes_all_paths) kind.pop_back();
    auto peer = std::make_unique<WorldPeer>();
    peer->id = id;
    peer->facts = {kind == "ebgp", kind == "client", BgpIdentifier{1000U + id}, IpAddress::v4(0x0a640000U + id), id};
    peer->key.target = {Asn{kOurAs}, kind == "ebgp", kind == "client", BgpIdentifier{77}, policy::NextHopMode::Auto,
                        ip("192.0.2.254"), ip("2001:db8::fe")};
    peer->key.filter = policy::accept_all();
    peer->key.codec.local_as = Asn{kOurAs};
    peer->key.codec.families = FamilySet::both();
    if (takes_all_paths) peer->key.codec.add_path_send = FamilySet::both();
    return *(peers_[id] = std::move(peer));
  }

  void up(PeerId id) {
    WorldPeer& p = peer(id);
    rib_.set_peer(id, p.facts);
    p.group = &rib_.group(p.key);
    p.group->join(id);
  }
  void down(PeerId id) {
    WorldPeer& p = peer(id);
    (void)p.group->leave(id);  // the rest of a message goes to a socket that nobody reads
    p.group = nullptr;
    rib_.drop_empty_groups();
    rib_.forget_peer(id);
    p.announced.clear();
    p.table.clear();
    p.pending.clear();
    p.control.clear();
  }
  // The policy towards a peer changes; its session does not.
  void move(PeerId id, policy::FilterPtr filter) {
    WorldPeer& p = peer(id);
    p.key.filter = std::move(filter);
    if (!p.group || p.group->key() == p.key) return;
    ExportGroup* from = p.group;
    p.group = &rib_.group(p.key);
    p.group->join(id, from);
    Bytes rest = from->leave(id);
    p.control.insert(p.control.end(), rest.begin(), rest.end());
    rib_.drop_empty_groups();
  }

  // Its role in the reflection changes; its session does not.
  void set_client(PeerId id, bool is_client) {
    WorldPeer& p = peer(id);
    p.facts.is_client = p.key.target.is_client = is_client;
    rib_.set_peer(id, p.facts);
    rib_.reconsider_peer(id);
    move(id, p.key.filter);
  }

  void learn(PeerId id, const Prefix& prefix, const Bytes& attrs, const wire::NextHop& next_hop,
             Rejection rejection = Rejection::None, uint32_t path_id = 0) {
    AttrId attr = rib_.attrs().intern(attrs, next_hop);
    REQUIRE(rib_.learn(id, prefix.family(), entry_of(prefix, path_id), attr, rejection));
    rib_.attrs().release(attr);
    peer(id).announced[{prefix, path_id}] = {attrs, next_hop, rejection};
  }
  void learn(PeerId id, const Prefix& prefix, const std::string& attrs = "path 64513") {
    learn(id, prefix, attributes(attrs), next_hop_of(id, prefix.family()));
  }
  void withdraw(PeerId id, const Prefix& prefix, uint32_t path_id = 0) {
    rib_.withdraw(id, prefix.family(), entry_of(prefix, path_id));
    peer(id).announced.erase({prefix, path_id});
  }
  static wire::NextHop next_hop_of(PeerId id, Family family) {
    if (family == Family::IPv4) return {IpAddress::v4(0x0a000000U + id), {}};
    std::array<uint8_t, 16> bytes = {0x20, 1, 0xd, 0xb8};
    bytes[15] = static_cast<uint8_t>(id);
    return {IpAddress::v6(bytes), {}};
  }

  void decide_all() {
    while (rib_.decide(4096)) {}
  }
  // One read of a socket: at most `max` octets. Returns how many came.
  size_t read(PeerId id, size_t max);
  void read_all(size_t max = 64 * 1024) {
    for (auto& [id, p] : peers_)
      while (p->group && !p->is_asleep && read(id, max) > 0) {}
  }

  // What the peer should hold, by the rules; of a prefix several only with ADD-PATH.
  std::multimap<Prefix, WorldPeer::Heard> expected(PeerId id);
  void check_level(const std::string& when);

 private:
  void take(WorldPeer& p, ByteView bytes);
  void apply(WorldPeer& p, ByteView body);

  Rib rib_;
  std::map<PeerId, std::unique_ptr<WorldPeer>> peers_;
};

inline size_t World::read(PeerId id, size_t max) {
  WorldPeer& p = peer(id);
  if (!p.control.empty() && !p.group->is_inside_message(id)) {
    Bytes control = std::exchange(p.control, {});
    take(p, control);
    return control.size();
  }
  ByteView bytes = p.group->read(id, max);
  REQUIRE(bytes.size() <= max);
  if (bytes.empty()) return 0;
  Bytes copy(bytes.begin(), bytes.end());
  size_t complete = p.group->sent(id, copy.size());
  size_t before = p.messages;
  take(p, copy);
  REQUIRE(p.messages - before == complete);
  REQUIRE(p.pending.empty() == !p.group->is_inside_message(id));
  return copy.size();
}

inline void World::take(WorldPeer& p, ByteView bytes) {
  p.everything.insert(p.everything.end(), bytes.begin(), bytes.end());
  p.pending.insert(p.pending.end(), bytes.begin(), bytes.end());
  while (p.pending.size() >= 19) {
    size_t size = static_cast<size_t>(p.pending[16]) << 8 | p.pending[17];
    REQUIRE(size >= 19);
    REQUIRE(size <= 4096);
    bool is_update = p.pending[18] == 2;
    if (p.pending.size() < size) return;
    if (is_update) apply(p, ByteView(p.pending).subspan(19, size - 19));
    else ++p.end_of_refreshes;
    REQUIRE((is_update || (p.pending[18] == 5 && p.pending[21] == wire::kEndOfRefresh)));
    p.pending.erase(p.pending.begin(), p.pending.begin() + static_cast<ptrdiff_t>(size));
    ++p.messages;
  }
}

inline void World::apply(WorldPeer& p, ByteView body) {
  wire::CodecContext context = p.key.codec;
  context.peer_as = Asn{kOurAs};
  context.local_as = p.facts.is_ebgp ? Asn{65000U + p.id} : Asn{kOurAs};
  context.add_path_receive = p.key.codec.add_path_send;
  wire::DecodedUpdate update;
  REQUIRE(wire::decode_update(body, context, update).ok());
  CHECK(update.faults.empty());
  if (update.end_of_rib) ++p.end_of_ribs;
  for (const wire::NlriField* field : {&update.withdrawn, &update.mp_withdrawn})
    field->for_each([&](const wire::NlriEntry& e) {
      if (p.table.erase({wire::to_prefix(field->family(), e), e.path_id}) == 0) ++p.superfluous_withdrawals;
    });
  auto announce = [&](const wire::NlriField& field, const wire::NextHop& next_hop) {
    field.for_each([&](const wire::NlriEntry& e) {
      p.table[{wire::to_prefix(field.family(), e), e.path_id}] = {update.attributes, next_hop};
    });
  };
  announce(update.reachable, update.next_hop);
  announce(update.mp_reachable, update.mp_next_hop);
}

// The reference: no groups, no log, no ids of ours; every rule once more, in the words of the RFCs.
inline std::multimap<Prefix, WorldPeer::Heard> World::expected(PeerId id) {
  struct Choice {
    const WorldPeer* source;
    const WorldPeer::Sent* sent;
    std::array<uint32_t, 7> rank;
  };
  std::map<Prefix, std::vector<Choice>> adj_rib_in;
  for (const auto& [source_id, source] : peers_) {
    for (const auto& [route, sent] : source->announced) {
      if (sent.rejection != Rejection::None) continue;
      wire::AttributeFacts f = wire::facts_of(sent.attributes);
      adj_rib_in[route.first].push_back(
          {source.get(), &sent,
           {~f.local_pref.value_or(100), f.as_path_length, static_cast<uint32_t>(f.origin), !source->facts.is_ebgp,
            source->facts.identifier.value, source->facts.rank, route.second}});
    }
  }
  const WorldPeer& to = peer(id);
  std::multimap<Prefix, WorldPeer::Heard> table;
  for (auto& [prefix, choices] : adj_rib_in) {
    std::sort(choices.begin(), choices.end(), [](const Choice& a, const Choice& b) { return a.rank < b.rank; });
    if (!to.key.codec.add_path_send.has(prefix.family())) choices.resize(1);
    for (const Choice& choice : choices) {
      const PeerFacts& from = choice.source->facts;
      wire::AttributeFacts f = wire::facts_of(choice.sent->attributes);
      if (choice.source == &to) continue;                                                // split horizon
      if (!from.is_ebgp && !to.facts.is_ebgp && !from.is_client && !to.facts.is_client) continue;  // RFC 4456 §6
      if (f.no_advertise || (f.no_export && to.facts.is_ebgp)) continue;              // RFC 1997
      policy::RouteFacts route{prefix.family(), choice.sent->attributes, false, to.facts.is_ebgp, {}};
      policy::Decision decision = policy::Applicable(to.key.filter.get(), route).evaluate(prefix);
      if (decision.verdict != policy::Verdict::Accept) continue;
      Bytes edited = policy::apply(decision.edits, choice.sent->attributes, false);
      policy::ExportSource source{false, !from.is_ebgp, from.is_client, from.identifier};
      bool keeps_next_hop = !from.is_ebgp && !to.facts.is_ebgp;
      wire::NextHop self{prefix.family() == Family::IPv4 ? *to.key.target.self_v4 : *to.key.target.self_v6, {}};
      table.emplace(prefix, WorldPeer::Heard{policy::export_attributes(edited, source, to.key.target),
                                             keeps_next_hop ? choice.sent->next_hop : self});
    }
  }
  return table;
}

inline void World::check_level(const std::string& when) {
  using Route = std::pair<Prefix, WorldPeer::Heard>;
  for (auto& [id, p] : peers_) {
    if (!p->group) continue;
    INFO(when << ": peer " << id);
    std::vector<Route> wanted, held;
    for (const auto& [prefix, heard] : expected(id)) wanted.emplace_back(prefix, heard);
    for (const auto& [route, heard] : p->table) held.emplace_back(route.first, heard);
    std::sort(wanted.begin(), wanted.end());
    std::sort(held.begin(), held.end());
    std::vector<Route> missing, surplus;
    std::set_difference(wanted.begin(), wanted.end(), held.begin(), held.end(), std::back_inserter(missing));
    std::set_difference(held.begin(), held.end(), wanted.begin(), wanted.end(), std::back_inserter(surplus));
    for (const Route& route : missing) FAIL_CHECK("was not told, or something else, of " << route.first.to_string());
    for (const Route& route : surplus) FAIL_CHECK("holds what it should not of " << route.first.to_string());
    uint64_t advertised = p->group->advertised(id, Family::IPv4) + p->group->advertised(id, Family::IPv6);
    CHECK(advertised == wanted.size());
  }
}

}  // namespace bgp::rib
