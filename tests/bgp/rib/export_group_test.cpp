// Who is told what, and in which bytes. The rules over chance are in rib_model_test.cpp; here each has a sentence.
#include "bgp/base/limits.h"
#include "rib_world.h"

namespace bgp::rib {
namespace {

const Prefix kTen = Prefix(IpAddress::v4(0x0a000000), 8);

Prefix numbered(uint32_t n) { return Prefix(IpAddress::v4(0x14000000 + (n << 8)), 24); }

// The prefixes that a peer holds of us.
std::string holds(World& world, PeerId id) {
  std::string out;
  for (const auto& [route, heard] : world.peer(id).table) out += (out.empty() ? "" : " ") + route.first.to_string();
  return out;
}

void settle(World& world) {
  world.decide_all();
  world.read_all();
  world.check_level("settled");
}

// p1, p2: eBGP; p3: iBGP; p4, p5: clients of ours.
struct Five {
  World world;
  Five() {
    static const char* const kKinds[] = {"ebgp", "ebgp", "ibgp", "client", "client"};
    for (PeerId id = 1; id <= 5; ++id) world.add(id, kKinds[id - 1]);
    for (PeerId id = 1; id <= 5; ++id) world.up(id);
    settle(world);
  }
  std::string told() {
    std::string out;
    for (PeerId id = 1; id <= 5; ++id)
      if (!holds(world, id).empty()) out += (out.empty() ? "p" : " p") + std::to_string(id);
    return out;
  }
};

TEST_CASE("a route goes to everybody but the peer that it came from") {
  Five five;
  five.world.learn(1, kTen);
  settle(five.world);
  CHECK(five.told() == "p2 p3 p4 p5");
}

TEST_CASE("RFC 4456 §6: a route of a non-client goes to clients, one of a client to all") {
  Five five;
  five.world.learn(3, kTen);
  settle(five.world);
  CHECK(five.told() == "p1 p2 p4 p5");
  five.world.withdraw(3, kTen);
  five.world.learn(4, kTen);
  settle(five.world);
  CHECK(five.told() == "p1 p2 p3 p5");
}

TEST_CASE("RFC 1997: NO_EXPORT stays in our AS, NO_ADVERTISE stays here") {
  Five five;
  five.world.learn(1, kTen, "path 64513 no-export");
  settle(five.world);
  CHECK(five.told() == "p3 p4 p5");
  five.world.learn(1, kTen, "path 64513 no-advertise");
  settle(five.world);
  CHECK(five.told() == "");
}

TEST_CASE("RFC 4271 §5.1: towards eBGP we prepend and send neither LOCAL_PREF nor another AS's MED") {
  Five five;
  five.world.learn(1, kTen, "path 64513 med 7 lp 200");
  settle(five.world);
  CHECK(five.world.peer(2).table.at({kTen, 0}).attributes == attributes("path 64512,64513"));
  CHECK(five.world.peer(3).table.at({kTen, 0}).attributes == attributes("path 64513 med 7 lp 200"));
  CHECK(five.world.peer(2).table.at({kTen, 0}).next_hop.address == ip("192.0.2.254"));
}

TEST_CASE("when the source changes, the old one hears the new route and the new one a withdrawal") {
  Five five;
  five.world.learn(1, kTen, "path 64513,64514");
  settle(five.world);
  five.world.learn(2, kTen, "path 64515");
  settle(five.world);
  CHECK(five.told() == "p1 p3 p4 p5");
  CHECK(five.world.peer(2).superfluous_withdrawals == 0);
}

TEST_CASE("a rejected path is known and never told") {
  Five five;
  five.world.learn(1, kTen, attributes("path 64513"), World::next_hop_of(1, Family::IPv4), Rejection::AsLoop);
  settle(five.world);
  CHECK(five.told() == "");
  CHECK(five.world.rib().path_count(1, Family::IPv4) == 1);
  CHECK(five.world.rib().rejected_count(1, Family::IPv4) == 1);
}

TEST_CASE("all level members of a group are sent the same bytes, a prefix that flaps within a turn once") {
  World world;
  for (PeerId id = 1; id <= 5; ++id) {
    world.add(id, "ebgp");
    world.up(id);
  }
  settle(world);
  for (PeerId id = 1; id <= 5; ++id) world.peer(id).everything.clear();
  for (int i = 0; i < 10; ++i) {
    for (uint32_t n = 0; n < 300; ++n) world.learn(1, numbered(n), "path 64513 med " + std::to_string(i));
  }
  settle(world);
  CHECK(world.peer(1).everything.empty());
  CHECK_FALSE(world.peer(2).everything.empty());
  for (PeerId id = 3; id <= 5; ++id) CHECK(world.peer(id).everything == world.peer(2).everything);
  CHECK(world.peer(2).messages == 1 + 2);  // two End-of-RIB, and all prefixes in one UPDATE
}

TEST_CASE("a newcomer is told the whole table, then End-of-RIB of each family, once") {
  Five five;
  five.world.down(2);
  for (uint32_t n = 0; n < 5000; ++n) five.world.learn(1, numbered(n));
  settle(five.world);
  five.world.peer(2).end_of_ribs = 0;
  five.world.up(2);
  settle(five.world);
  CHECK(five.world.peer(2).table.size() == 5000);
  CHECK(five.world.peer(2).end_of_ribs == 2);
  five.world.move(2, nullptr);
  settle(five.world);
  CHECK(five.world.peer(2).table.empty());
  CHECK(five.world.peer(2).end_of_ribs == 2);
}

TEST_CASE("a newcomer during churn ends up with the newest state") {
  Five five;
  for (uint32_t n = 0; n < 5000; ++n) five.world.learn(1, numbered(n));
  settle(five.world);
  five.world.down(2);
  five.world.up(2);
  for (uint32_t n = 0; n < 5000; ++n) {
    if (n % 3 == 0) five.world.withdraw(1, numbered(n));
    if (n % 3 == 1) five.world.learn(1, numbered(n), "path 64513,64514");
    if (n % 100 == 0) five.world.read(2, 500), five.world.rib().decide(50);
  }
  settle(five.world);
  CHECK(five.world.peer(2).table.size() == 3333);
}

TEST_CASE("a newcomer whose rows are all about to be decided again is told nothing of them, least of all from the log") {
  Five five;
  for (uint32_t n = 0; n < 5000; ++n) five.world.learn(1, numbered(n));
  settle(five.world);  // the log still holds what the members were told
  five.world.down(2);
  five.world.up(2);
  for (uint32_t n = 0; n < 5000; ++n) five.world.learn(1, numbered(n), "path 64513,64514");
  five.world.read(2, 1 << 20);
  CHECK(five.world.peer(2).table.empty());
  settle(five.world);
  CHECK(five.world.peer(2).table.size() == 5000);
  CHECK(five.world.peer(2).superfluous_withdrawals == 0);
}

// ---- slow members -------------------------------------------------------------------------------------------------

// One route after another with 3.6 KB of attributes, until the log is full twice over.
void fill_log(World& world, uint32_t prefixes) {
  for (uint32_t i = 0; i * 3600 < 2 * limits::kUpdateLogBytesMax; ++i) {
    world.learn(1, numbered(i % prefixes), "path 64513 filler 3600 med " + std::to_string(i));
    world.decide_all();
    world.read_all();
  }
}

TEST_CASE("limits::kUpdateLogBytesMax: a member that sleeps too long leaves the log and hears the newest state only") {
  Five five;
  WorldPeer& sleeper = five.world.peer(2);
  sleeper.is_asleep = true;
  size_t before = sleeper.messages;
  fill_log(five.world, 10);
  sleeper.is_asleep = false;
  settle(five.world);
  CHECK(sleeper.messages - before == 10);
  sleeper.messages = 0;
  five.world.learn(1, kTen);
  settle(five.world);  // it is level again
  CHECK(sleeper.messages == 1);
  CHECK(sleeper.everything.size() > 0);
}

TEST_CASE("a sleeper in the middle of a message gets the rest of it first") {
  Five five;
  WorldPeer& sleeper = five.world.peer(2);
  five.world.learn(1, numbered(0), "path 64513 filler 3600");
  five.world.decide_all();
  five.world.read(2, 100);
  sleeper.is_asleep = true;
  fill_log(five.world, 10);
  sleeper.is_asleep = false;
  settle(five.world);  // World checks every message's frame
  CHECK(sleeper.table.size() == 10);
}

TEST_CASE("a withdrawal that a sleeper had not read reaches it, though nothing of the prefix is left") {
  Five five;
  WorldPeer& sleeper = five.world.peer(2);
  five.world.learn(1, kTen);
  settle(five.world);
  sleeper.is_asleep = true;
  five.world.withdraw(1, kTen);
  five.world.decide_all();
  CHECK(five.world.rib().tables().v4.prefixes.size() == 0);
  fill_log(five.world, 3);
  sleeper.is_asleep = false;
  settle(five.world);
  CHECK(sleeper.table.size() == 3);
}

TEST_CASE("an id that a sleeper must be told of is not given to another prefix, and is released afterwards") {
  Five five;
  WorldPeer& sleeper = five.world.peer(2);
  five.world.learn(1, kTen);
  settle(five.world);
  sleeper.is_asleep = true;
  fill_log(five.world, 3);
  for (int flap = 0; flap < 100; ++flap) {
    five.world.learn(1, kTen, "path 64513,64514");
    five.world.withdraw(1, kTen);
    five.world.decide_all();
  }
  const FamilyTable& table = five.world.rib().tables().v4;
  CHECK(table.prefixes.size() == 4);
  CHECK(table.undead.size() == 1);
  five.world.learn(1, numbered(77));
  five.world.decide_all();
  sleeper.is_asleep = false;
  settle(five.world);
  five.world.withdraw(1, numbered(77));
  five.world.decide_all();
  CHECK(table.prefixes.size() == 3);
  CHECK(table.undead.empty());
}

TEST_CASE("the source of a whole table does not fall behind the messages that are not for it") {
  Five five;
  fill_log(five.world, 2000);
  CHECK(five.world.peer(1).superfluous_withdrawals == 0);
  CHECK(five.world.peer(1).table.empty());
}

// ---- a member that asks again, or moves ---------------------------------------------------------------------------

TEST_CASE("RFC 2918: a refresh tells everything again, and loses no withdrawal that comes meanwhile") {
  Five five;
  for (uint32_t n = 0; n < 5000; ++n) five.world.learn(1, numbered(n));
  settle(five.world);
  WorldPeer& p = five.world.peer(2);
  size_t before = p.everything.size();
  p.group->refresh(2, Family::IPv4);
  five.world.read(2, 1);
  five.world.withdraw(1, numbered(4999));
  settle(five.world);
  CHECK(p.table.size() == 4999);
  CHECK(p.everything.size() > before + 4999 * 4);
}

TEST_CASE("a member that moves with a withdrawal unread is told of it in its new group") {
  for (bool is_written_already : {false, true}) {
    Five five;
    five.world.learn(1, kTen);
    five.world.learn(1, numbered(1));
    settle(five.world);
    WorldPeer& p = five.world.peer(2);
    if (is_written_already) p.group->refresh(2, Family::IPv4);
    five.world.withdraw(1, kTen);
    five.world.decide_all();
    if (is_written_already) five.world.read(2, 1);
    five.world.move(2, std::make_shared<policy::Filter>(policy::Filter{
                           {{{policy::PrefixRange{prefix("20.0.0.0/8"), 0, 32}}, policy::Verdict::Accept}}}));
    settle(five.world);
    CHECK(holds(five.world, 2) == "20.0.1.0/24");
  }
}

TEST_CASE("a member that leaves in the middle of a message hands back the rest of it") {
  Five five;
  five.world.learn(1, kTen);
  five.world.decide_all();
  WorldPeer& p = five.world.peer(2);
  ByteView whole = p.group->read(2, 1000);
  size_t size = whole.size();
  p.group->sent(2, 10);
  CHECK(p.group->is_inside_message(2));
  CHECK(p.group->leave(2).size() == size - 10);
  p.group = nullptr;
}

TEST_CASE("peers with equal keys share a group, filters are compared by value") {
  World world;
  ExportKey key = world.add(1, "ebgp").key;
  ExportGroup& group = world.rib().group(key);
  key.filter = std::make_shared<policy::Filter>(*policy::accept_all());
  CHECK(&world.rib().group(key) == &group);
  key.target.is_client = true;
  CHECK(&world.rib().group(key) != &group);
}

TEST_CASE("an export filter edits routes by their prefix: each kind goes out in messages of its own") {
  Five five;
  auto filter = std::make_shared<policy::Filter>();
  filter->rules = {{{policy::PrefixRange{prefix("20.0.1.0/24"), 0, 32}}, policy::Verdict::Accept, false, {}, {.prepend = {Asn{65099}}}},
                   {{policy::PrefixRange{prefix("20.0.2.0/24"), 0, 32}}, policy::Verdict::Reject},
                   {{}, policy::Verdict::Accept}};
  five.world.move(2, filter);
  for (uint32_t n = 0; n < 4; ++n) five.world.learn(1, numbered(n));
  settle(five.world);  // compares with a reference
  auto path_of = [&](uint32_t n) {
    auto at = five.world.peer(2).table.find({numbered(n), 0});
    return at == five.world.peer(2).table.end() ? "not told" : wire::as_path_text(at->second.attributes);
  };
  CHECK(path_of(0) == "64512 64513");
  CHECK(path_of(1) == "64512 65099 64513");
  CHECK(path_of(2) == "not told");
  CHECK(path_of(3) == "64512 64513");
}

TEST_CASE("a next hop that moves to another interface has what is told over it looked at again") {
  for (const char* kind : {"ebgp", "ebgp+"}) {
    World world;
    world.add(1, "ebgp");
    auto filter = std::make_shared<policy::Filter>();
    filter->rules = {{{}, policy::Verdict::Reject, false, {.interface = "vxlan*"}}, {{}, policy::Verdict::Accept}};
    world.add(2, kind).key.filter = filter;
    world.up(1);
    world.up(2);
    auto learn_over = [&](const char* interface) {
      ScopedAddress next_hop(World::next_hop_of(1, Family::IPv4).address, 0);
      if (world.rib().next_hops().set_interface(next_hop, interface)) world.rib().interfaces_changed({next_hop});
      world.decide_all();
      world.read_all();
      return world.peer(2).table.size();
    };
    world.learn(1, kTen);
    CHECK(learn_over("eth0") == 1);
    CHECK(learn_over("vxlan.calico") == 0);
    CHECK(learn_over("eth0") == 1);
  }
}

TEST_CASE("a set that leaves no room for a prefix is not told, and what was told before is withdrawn") {
  Five five;
  five.world.learn(1, kTen);
  settle(five.world);
  CHECK(five.told() == "p2 p3 p4 p5");
  five.world.learn(1, kTen, "path 64513 filler 4060");
  five.world.decide_all();
  five.world.read_all();
  CHECK(five.told() == "");
}

}  // namespace
}  // namespace bgp::rib
