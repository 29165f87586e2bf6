#include "bgp/policy/only_to_customer.h"

#include <doctest/doctest.h>

#include "../../support/wire_builders.h"
#include "bgp/policy/export_attributes.h"
#include "bgp/policy/import_attributes.h"

namespace bgp::policy {
namespace {

using tests::support::hex;
using tests::support::to_hex;
using wire::Role;

const Asn kPeerAs{65001};
const std::string kOrigin = "40010100", kEmptyPath = "400200", kPath = "4002060201 0000fde9",
                  kMarked = "c02304 0000fde9", kMarkedByOther = "c02304 00000007",
                  kShutdown = "c00804 ffff0000", kPrefZero = "400504 00000000";

TEST_CASE("RFC 9234 §5: what comes in from whom") {
  struct Row {
    const char* what;
    Role ours;
    bool unmarked_is_leak, peer_marked_is_leak, other_marked_is_leak, is_marked;
  };
  const Row rows[] = {
      {"from a customer", Role::Provider, false, true, true, false},
      {"from a route server's client", Role::RouteServer, false, true, true, false},
      {"from a peer", Role::Peer, false, false, true, true},
      {"from a provider", Role::Customer, false, false, false, true},
      {"from a route server", Role::RouteServerClient, false, false, false, true},
  };
  for (const Row& row : rows) {
    INFO(row.what);
    CHECK(is_route_leak(row.ours, kPeerAs, std::nullopt) == row.unmarked_is_leak);
    CHECK(is_route_leak(row.ours, kPeerAs, kPeerAs) == row.peer_marked_is_leak);
    CHECK(is_route_leak(row.ours, kPeerAs, Asn{7}) == row.other_marked_is_leak);
    CHECK(is_marked_on_import(row.ours) == row.is_marked);
  }
}

TEST_CASE("RFC 9234 §5: what goes out to whom") {
  struct Row {
    const char* what;
    Role ours;
    bool may_tell_marked, marks;
  };
  const Row rows[] = {
      {"to a customer", Role::Provider, true, true},
      {"to a route server's client", Role::RouteServer, true, true},
      {"to a peer", Role::Peer, false, true},
      {"to a provider", Role::Customer, false, false},
      {"to a route server", Role::RouteServerClient, false, false},
  };
  for (const Row& row : rows) {
    INFO(row.what);
    CHECK(may_export(row.ours, std::nullopt));
    CHECK(may_export(row.ours, kPeerAs) == row.may_tell_marked);
    CHECK(is_marked_on_export(row.ours) == row.marks);
  }
}

TEST_CASE("what a set becomes on its way in") {
  struct Row {
    const char* what;
    std::string before;
    ImportSource source;
    std::string after;  // empty: it stays as it is
  };
  const Row rows[] = {
      {"nothing to do", kOrigin + kPath, {true, kPeerAs, std::nullopt}, ""},
      {"RFC 8326: eBGP with GRACEFUL_SHUTDOWN", kOrigin + kPath + kShutdown, {true, kPeerAs, std::nullopt},
       kOrigin + kPath + kPrefZero + kShutdown},
      {"RFC 8326: iBGP brings its own preference", kOrigin + kPath + kShutdown, {false, kPeerAs, std::nullopt}, ""},
      {"from a provider", kOrigin + kPath, {true, kPeerAs, Role::Customer}, kOrigin + kPath + kMarked},
      {"from a provider, marked before", kOrigin + kPath + kMarkedByOther, {true, kPeerAs, Role::Customer}, ""},
      {"from a customer", kOrigin + kPath, {true, kPeerAs, Role::Provider}, ""},
      {"both at once", kOrigin + kPath + kShutdown, {true, kPeerAs, Role::Peer},
       kOrigin + kPath + kPrefZero + kShutdown + kMarked},
  };
  for (const Row& row : rows) {
    INFO(row.what);
    Bytes before = hex(row.before);
    std::optional<Bytes> after = import_attributes(before, wire::facts_of(before).graceful_shutdown, row.source);
    CHECK((after ? to_hex(*after) : "") == to_hex(hex(row.after)));
  }
}

TEST_CASE("what a set with a role, or a speaker that is about to go, becomes on its way out") {
  struct Row {
    const char* what;
    std::string before;
    ExportTarget target;
    std::string after;
  };
  auto to = [](bool is_ebgp, std::optional<Role> role, bool shutdown) {
    ExportTarget target;
    target.local_as = Asn{65000};
    target.is_ebgp = is_ebgp;
    target.role = role;
    target.graceful_shutdown = shutdown;
    return target;
  };
  const std::string ours = "4002060201 0000fde8", our_mark = "c02304 0000fde8", pref = "400504 00000064";
  const Row rows[] = {
      {"to a customer", kOrigin + kEmptyPath, to(true, Role::Provider, false), kOrigin + ours + our_mark},
      {"to a customer, marked before", kOrigin + kEmptyPath + kMarked, to(true, Role::Provider, false),
       kOrigin + ours + kMarked},
      {"to a provider", kOrigin + kEmptyPath, to(true, Role::Customer, false), kOrigin + ours},
      {"RFC 8326: to eBGP", kOrigin + kEmptyPath, to(true, {}, true), kOrigin + ours + kShutdown},
      {"RFC 8326: to iBGP", kOrigin + kEmptyPath + pref, to(false, {}, true), kOrigin + kEmptyPath + kPrefZero + kShutdown},
      {"RFC 8326: beside other communities", kOrigin + kEmptyPath + "c00804 00010002", to(true, {}, true),
       kOrigin + ours + "c00808 00010002 ffff0000"},
      {"RFC 8326: once is enough", kOrigin + kEmptyPath + kShutdown, to(true, {}, true), kOrigin + ours + kShutdown},
  };
  const ExportSource local{true, false, false, {}};
  for (const Row& row : rows) {
    INFO(row.what);
    CHECK(to_hex(export_attributes(hex(row.before), local, row.target)) == to_hex(hex(row.after)));
  }
}

}  // namespace
}  // namespace bgp::policy
