#include "bgp/policy/export_attributes.h"

#include <doctest/doctest.h>

#include "../../support/wire_builders.h"

namespace bgp::policy {
namespace {

using tests::support::hex;
using tests::support::to_hex;

IpAddress ip(const char* text) { return *IpAddress::parse(text); }

// The three kinds of neighbours on either side, and ourselves as a source.
ExportTarget to_ebgp() { return {Asn{65000}, true, false, BgpIdentifier{0x0a0b0c0d}, NextHopMode::Auto, {}, {}}; }
ExportTarget to_ibgp() { return {Asn{65000}, false, false, BgpIdentifier{0x0a0b0c0d}, NextHopMode::Auto, {}, {}}; }
ExportTarget to_client() { return {Asn{65000}, false, true, BgpIdentifier{0x0a0b0c0d}, NextHopMode::Auto, {}, {}}; }
const ExportSource kOurs{true, false, false, {}};
const ExportSource kEbgp{false, false, false, BgpIdentifier{0x01010101}};
const ExportSource kIbgp{false, true, false, BgpIdentifier{0x02020202}};
const ExportSource kClient{false, true, true, BgpIdentifier{0x03030303}};

TEST_CASE("RFC 4456 §6, RFC 1997: who may be told what") {
  struct Row {
    const char* what;
    ExportSource source;
    ExportTarget target;
    bool plain, no_export;  // may it, without and with NO_EXPORT; with NO_ADVERTISE it never may
  };
  const Row rows[] = {
      {"ours -> eBGP", kOurs, to_ebgp(), true, false},      {"ours -> iBGP", kOurs, to_ibgp(), true, true},
      {"ours -> client", kOurs, to_client(), true, true},   {"eBGP -> eBGP", kEbgp, to_ebgp(), true, false},
      {"eBGP -> iBGP", kEbgp, to_ibgp(), true, true},       {"eBGP -> client", kEbgp, to_client(), true, true},
      {"iBGP -> eBGP", kIbgp, to_ebgp(), true, false},      {"iBGP -> iBGP", kIbgp, to_ibgp(), false, false},
      {"iBGP -> client", kIbgp, to_client(), true, true},   {"client -> eBGP", kClient, to_ebgp(), true, false},
      {"client -> iBGP", kClient, to_ibgp(), true, true},   {"client -> client", kClient, to_client(), true, true},
  };
  for (const Row& row : rows) {
    INFO(row.what);
    CHECK(may_export(false, false, row.source, row.target) == row.plain);
    CHECK(may_export(true, false, row.source, row.target) == row.no_export);
    CHECK_FALSE(may_export(false, true, row.source, row.target));
  }
}

// Pieces of canonical sets; 65000 is 0000fde8, 65001 is 0000fde9.
const std::string kOrigin = "40010100", kEmptyPath = "400200", kPath = "4002060201 0000fde9", kMed = "80040400000007",
                  kLocalPref = "40050400000 0c8", kCommunity = "c0080400010002", kOriginator = "80090409090909",
                  kCluster = "800a0408080808";

TEST_CASE("RFC 4271 §5.1, RFC 4456 §8: what a set becomes on its way out") {
  struct Row {
    const char* what;
    std::string before;
    ExportSource source;
    ExportTarget target;
    std::string after;
  };
  const std::string default_pref = "40050400000064", prepended = "40020a0202 0000fde8 0000fde9";
  const Row rows[] = {
      {"ours -> eBGP: our AS is the path", kOrigin + kEmptyPath, kOurs, to_ebgp(), kOrigin + "4002060201 0000fde8"},
      {"ours -> iBGP: LOCAL_PREF 100", kOrigin + kEmptyPath, kOurs, to_ibgp(), kOrigin + kEmptyPath + default_pref},
      {"a MED of our own goes to another AS", kOrigin + kEmptyPath + kMed, kOurs, to_ebgp(),
       kOrigin + "4002060201 0000fde8" + kMed},
      {"eBGP -> eBGP: prepended, without MED", kOrigin + kPath + kMed, kEbgp, to_ebgp(), kOrigin + prepended},
      {"eBGP -> iBGP: MED stays, LOCAL_PREF comes", kOrigin + kPath + kMed, kEbgp, to_ibgp(),
       kOrigin + kPath + kMed + default_pref},
      {"iBGP -> eBGP: what is ours stays here", kOrigin + kPath + kMed + kLocalPref + kCommunity + kOriginator + kCluster,
       kIbgp, to_ebgp(), kOrigin + prepended + kCommunity},
      {"client -> iBGP: reflected", kOrigin + kPath + kLocalPref, kClient, to_ibgp(),
       kOrigin + kPath + kLocalPref + "80090403030303" + "800a040a0b0c0d"},
      {"iBGP -> client: the originator stays, our cluster is put in front",
       kOrigin + kPath + kLocalPref + kOriginator + kCluster, kIbgp, to_client(),
       kOrigin + kPath + kLocalPref + kOriginator + "800a080a0b0c0d08080808"},
      {"LOCAL_PREF that is there is kept", kOrigin + kPath + kLocalPref, kEbgp, to_ibgp(), kOrigin + kPath + kLocalPref},
  };
  for (const Row& row : rows) {
    INFO(row.what);
    CHECK(to_hex(export_attributes(hex(row.before), row.source, row.target)) == to_hex(hex(row.after)));
  }
}

TEST_CASE("RFC 4271 §5.1.3: the next hop is ourselves, but a reflected route keeps its own") {
  const wire::NextHop received{ip("192.0.2.1"), {}};
  struct Row {
    const char* what;
    ExportSource source;
    ExportTarget target;
    NextHopMode mode;
    const char* next_hop;
  };
  const Row rows[] = {
      {"ours", kOurs, to_ibgp(), NextHopMode::Auto, "10.0.0.9"},
      {"ours, and there is none to keep", kOurs, to_ibgp(), NextHopMode::Keep, "10.0.0.9"},
      {"eBGP -> iBGP", kEbgp, to_ibgp(), NextHopMode::Auto, "10.0.0.9"},
      {"eBGP -> iBGP, kept", kEbgp, to_ibgp(), NextHopMode::Keep, "192.0.2.1"},
      {"eBGP -> eBGP", kEbgp, to_ebgp(), NextHopMode::Auto, "10.0.0.9"},
      {"reflected", kClient, to_ibgp(), NextHopMode::Auto, "192.0.2.1"},
      {"reflected, self", kClient, to_ibgp(), NextHopMode::Self, "10.0.0.9"},
      {"iBGP -> eBGP", kIbgp, to_ebgp(), NextHopMode::Auto, "10.0.0.9"},
  };
  for (const Row& row : rows) {
    INFO(row.what);
    ExportTarget target = row.target;
    target.next_hop_mode = row.mode;
    target.self_v4 = ip("10.0.0.9");
    CHECK(export_next_hop(Family::IPv4, received, row.source, target)->address == ip(row.next_hop));
  }
}

TEST_CASE("without an address of ours in the family there is no next hop, unless the received one is kept") {
  ExportTarget target = to_ibgp();
  target.self_v4 = ip("10.0.0.9");
  wire::NextHop received{ip("2001:db8::1"), ip("fe80::1")};
  CHECK_FALSE(export_next_hop(Family::IPv6, received, kEbgp, target).has_value());
  // RFC 2545 §3: a link-local address is for those on that link, and we cannot know that the receiver is.
  CHECK(export_next_hop(Family::IPv6, received, kClient, target) == wire::NextHop{ip("2001:db8::1"), std::nullopt});
  target.self_v6 = ip("2001:db8::9");
  CHECK(export_next_hop(Family::IPv6, received, kEbgp, target) == wire::NextHop{ip("2001:db8::9"), std::nullopt});
}

TEST_CASE("IPv4 routes are told with an IPv6 next hop only to who takes that, and only without an IPv4 one (RFC 8950)") {
  ExportTarget target = to_ibgp();
  target.self_v6 = ip("2001:db8::9");
  const wire::NextHop v4{ip("192.0.2.1"), {}}, v6{ip("2001:db8::1"), {}}, on_link{ip("fe80::1"), {}, 3};
  CHECK_FALSE(export_next_hop(Family::IPv4, v4, kEbgp, target));
  CHECK_FALSE(export_next_hop(Family::IPv4, v6, kClient, target));
  target.extended_next_hop = true;
  CHECK(export_next_hop(Family::IPv4, v4, kEbgp, target)->address == ip("2001:db8::9"));
  CHECK(export_next_hop(Family::IPv4, v6, kClient, target)->address == ip("2001:db8::1"));
  CHECK(export_next_hop(Family::IPv4, v4, kClient, target)->address == ip("192.0.2.1"));
  // What is on our link means nothing to others: ourselves instead.
  CHECK(export_next_hop(Family::IPv4, on_link, kClient, target) == wire::NextHop{ip("2001:db8::9"), {}});
  CHECK(export_next_hop(Family::IPv6, on_link, kClient, target) == wire::NextHop{ip("2001:db8::9"), {}});
  target.self_v4 = ip("10.0.0.9");
  CHECK(export_next_hop(Family::IPv4, v4, kEbgp, target)->address == ip("10.0.0.9"));
}

TEST_CASE("extended communities that are not transitive stay within the AS (RFC 4360 §3)") {
  namespace flag = wire::flag;
  auto with = [](std::initializer_list<uint8_t> communities) {
    wire::AttributeEditor edit(ByteView{});
    edit.set(wire::AttributeCode::Origin, flag::kTransitive, Bytes{0});
    edit.set(wire::AttributeCode::AsPath, flag::kTransitive, Bytes{});
    if (communities.size() != 0)
      edit.set(wire::AttributeCode::ExtendedCommunities, flag::kOptional | flag::kTransitive, Bytes(communities));
    return edit.finish();
  };
  auto told = [](const Bytes& set, const ExportTarget& target) {
    Bytes out = export_attributes(set, kEbgp, target);
    auto found = wire::find_attribute(out, wire::AttributeCode::ExtendedCommunities);
    return found ? Bytes(found->begin(), found->end()) : Bytes{};
  };
  const Bytes bandwidth_and_target = with({0x40, 4, 0, 1, 0x3f, 0x80, 0, 0, 0, 2, 0, 1, 0, 0, 0, 1});
  CHECK(told(bandwidth_and_target, to_ebgp()) == Bytes{0, 2, 0, 1, 0, 0, 0, 1});
  CHECK(told(bandwidth_and_target, to_ibgp()).size() == 16);
  CHECK(told(with({0x40, 4, 0, 1, 0x3f, 0x80, 0, 0}), to_ebgp()).empty());
}

}  // namespace
}  // namespace bgp::policy
