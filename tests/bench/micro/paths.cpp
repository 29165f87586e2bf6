#include "tests/bench/micro/paths.h"

#include <cstdlib>
#include <memory>
#include <optional>

#include "bgp/policy/filter.h"
#include "bgp/rib/attr_store.h"
#include "bgp/rib/decision.h"
#include "bgp/wire/update.h"
#include "fib/netlink/route_codec.h"
#include "tests/bench/load/messages.h"

namespace bench {

namespace {

using namespace bgp;

constexpr size_t kRoutes = 20'000;
constexpr uint32_t kPeerAs = 65001, kLocalAs = 64512;

// The table as one external peer sends it, taken apart once.
struct Table {
  Universe all = make_universe(1, kRoutes);
  bench::Bytes stream = announcements(all, {0, kRoutes}, [](uint32_t) {
    return Dress{.next_hop = 0x0a000101, .prepend_as = kPeerAs, .prepends = 1};
  });
  wire::CodecContext context;
  std::vector<ByteView> bodies;
  std::vector<bgp::Bytes> sets;       // canonical, one for each UPDATE
  std::vector<wire::NlriField> runs;  // and its prefixes
  wire::NextHop next_hop;

  Table() {
    context.local_as = Asn{kLocalAs};
    context.peer_as = Asn{kPeerAs};
    context.families = FamilySet::both();
    wire::DecodedUpdate decoded;
    for (size_t at = 0; at < stream.size();) {
      const size_t length = get16(&stream[at + 16]);
      bodies.push_back(ByteView(stream).subspan(at + kHeaderBytes, length - kHeaderBytes));
      if (!wire::decode_update(bodies.back(), context, decoded)) std::abort();
      sets.push_back(decoded.attributes);
      runs.push_back(decoded.reachable);
      next_hop = decoded.next_hop;
      at += length;
    }
  }
};

void decode(const Table& table) {
  static wire::DecodedUpdate decoded;
  size_t prefixes = 0;
  for (ByteView body : table.bodies) {
    if (!wire::decode_update(body, table.context, decoded)) std::abort();
    decoded.reachable.for_each([&](const wire::NlriEntry& entry) { prefixes += entry.length != 0; });
  }
  if (prefixes != kRoutes) std::abort();
}

// Each set new, then known, then let go.
void intern(const Table& table) {
  rib::NextHops next_hops(true);
  rib::AttrStore store(next_hops);
  std::vector<rib::AttrId> ids;
  ids.reserve(2 * table.sets.size());
  for (int round = 0; round < 2; ++round) {
    for (const bgp::Bytes& set : table.sets) ids.push_back(store.intern(set, table.next_hop));
  }
  for (rib::AttrId id : ids) store.release(id);
  if (store.size() != 0) std::abort();
}

// Two to five paths that differ late: LOCAL_PREF and AS_PATH length are equal, MED or the identifier decides.
void decide(const std::vector<rib::PackedFacts>& facts) {
  std::vector<rib::Candidate> candidates;
  size_t sum = 0;
  for (size_t n = 0; n + 5 < facts.size(); ++n) {
    candidates.clear();
    for (size_t k = 0; k < 2 + n % 4; ++k) {
      candidates.push_back({.path = static_cast<rib::PathIndex>(k + 1), .facts = &facts[n + k],
                            .identifier = static_cast<uint32_t>(1000 - k), .peer_rank = static_cast<uint32_t>(k), .is_ebgp = true});
    }
    sum += rib::select(candidates).best + 1;
  }
  if (sum == 0) std::abort();
}

// Every prefix past the martians, as in front of a BGPFilter.
void filter(const Table& table) {
  const policy::Applicable rules(policy::reject_martians().get(), {});
  size_t accepted = 0;
  for (const wire::NlriField& run : table.runs) {
    run.for_each([&](const wire::NlriEntry& entry) {
      accepted += rules.evaluate(wire::to_prefix(Family::IPv4, entry)).verdict == policy::Verdict::Accept;
    });
  }
  if (accepted != kRoutes) std::abort();
}

void pack(const Table& table) {
  static bgp::Bytes out;
  out.clear();
  wire::UpdateWriter writer(out, table.context);
  for (size_t n = 0; n < table.runs.size(); ++n) {
    writer.announce(Family::IPv4, table.sets[n], table.next_hop);
    table.runs[n].for_each([&](const wire::NlriEntry& entry) {
      if (!writer.add(entry.length, entry.bytes)) std::abort();
    });
    writer.finish();
  }
  if (out.empty()) std::abort();
}

void netlink(const std::vector<fib::RouteOp>& ops) {
  static bgp::Bytes out;
  out.clear();
  for (const fib::RouteOp& op : ops) fib::netlink::encode_route_op(op, false, out);
  if (out.empty()) std::abort();
}

std::vector<rib::PackedFacts> facts_of(size_t count) {
  std::vector<rib::PackedFacts> out(count);
  for (size_t n = 0; n < count; ++n) {
    out[n].neighbor_as = static_cast<uint32_t>(65000 + n % 3);
    out[n].med = static_cast<uint32_t>(n % 2);
    out[n].as_path_length = 3;
  }
  return out;
}

std::vector<fib::RouteOp> ops_of(const Universe& all) {
  std::vector<fib::RouteOp> out;
  for (const Route& route : all.routes) {
    fib::RouteOp op{.kind = fib::RouteOp::Kind::Replace, .id = static_cast<uint32_t>(out.size()), .route = {}};
    bgp::Bytes nlri{route.length};
    for (unsigned shift = 32; shift > 0; shift -= 8) nlri.push_back(static_cast<uint8_t>(route.address >> (shift - 8)));
    op.route.prefix = wire::to_prefix(Family::IPv4, {route.length, nlri.data() + 1, 0});
    op.route.protocol = 12;
    op.route.legs = {{.gateway = *IpAddress::parse("10.0.1.1"), .ifindex = 2}};
    out.push_back(std::move(op));
  }
  return out;
}

}  // namespace

std::vector<MicroPath> micro_paths() {
  static const Table table;
  static const std::vector<rib::PackedFacts> facts = facts_of(kRoutes);
  static const std::vector<fib::RouteOp> ops = ops_of(table.all);
  return {{"decode", kRoutes, [] { decode(table); }},
          {"filter", kRoutes, [] { filter(table); }},
          {"intern", 2 * table.sets.size(), [] { intern(table); }},
          {"decide", kRoutes - 5, [] { decide(facts); }},
          {"pack", kRoutes, [] { pack(table); }},
          {"netlink", kRoutes, [] { netlink(ops); }}};
}

}  // namespace bench
