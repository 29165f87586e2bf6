#include "ctl/bird/command.h"

#include <doctest/doctest.h>

using namespace ctl::bird;
using bgp::Family;

namespace {

Command ask(std::string_view line, Family family = Family::IPv4) { return parse_command(line, family); }
Command refused(int code, const std::string& text) { return Message{code, text}; }
bgp::Prefix net(const char* text) { return *bgp::Prefix::parse(text); }

}  // namespace

TEST_CASE("what the tools of Calico and the exporters send is understood") {
  CHECK(ask("show status") == Command(ShowStatus{}));
  CHECK(ask(" show\tstatus \r") == Command(ShowStatus{}));
  CHECK(ask("show status # a comment") == Command(ShowStatus{}));
  CHECK(ask("show protocols") == Command(ShowProtocols{}));
  CHECK(ask("show protocols all") == Command(ShowProtocols{.all = true}));
  CHECK(ask("show protocols all Mesh_10_0_0_2") == Command(ShowProtocols{.all = true, .name = "Mesh_10_0_0_2"}));
  CHECK(ask("show protocols 'a-b.c:d'") == Command(ShowProtocols{.name = "a-b.c:d"}));
  CHECK(ask("show protocols \"Mesh*\"") == Command(ShowProtocols{.name = "Mesh*", .is_pattern = true}));
  CHECK(ask("show symbols") == Command(ShowSymbols{}));
  CHECK(ask("show symbols table") == Command(ShowSymbols{.type = "routing table"}));
  CHECK(ask("show symbols kernel1") == Command(ShowSymbols{.name = "kernel1"}));
  CHECK(ask("restrict") == refused(16, "Access restricted"));
}

TEST_CASE("show route takes its options in any order") {
  CHECK(ask("show route") == Command(ShowRoute{}));
  CHECK(ask("show route table master protocol p1 primary all") ==
        Command(ShowRoute{.all = true, .primary = true, .protocol = "p1"}));
  CHECK(ask("show route count filtered stats") == Command(ShowRoute{.filtered = true, .count = true, .stats = true}));
  CHECK(ask("show route 10.0.0.0/8 all") == Command(ShowRoute{.net = net("10.0.0.0/8"), .all = true}));
  CHECK(ask("show route for 10.1.2.3") == Command(ShowRoute{.net = net("10.1.2.3/32"), .is_for = true}));
  CHECK(ask("show route for FD01::5", Family::IPv6) == Command(ShowRoute{.net = net("fd01::5/128"), .is_for = true}));
}

// Each of these was asked of BIRD 1.6.8, and this is what it said.
TEST_CASE("mistakes are named with BIRD's codes and words") {
  for (const char* line : {"", "  ", "foo", "show", "show foo", "show status foo", "SHOW STATUS", "sh prot", "help", "?",
                           "show ?", "show protocols foo bar", "show protocols kernel1 all", "show protocols 10.0.0.2",
                           "show symbols foo-bar", "show route 8.8.8.8", "restrict foo", "show protocols all ; foo",
                           "show protocols \"open"}) {
    CAPTURE(line);
    CHECK(ask(line) == refused(9001, "syntax error"));
  }
  CHECK(ask("show route for fd00::1") ==
        refused(9001, "This is an IPv4 router, therefore IPv6 addresses are not supported"));
  CHECK(ask("show route for 10.0.0.1", Family::IPv6) == refused(9001, "syntax error"));
  CHECK(ask("show route for 10.0.0.300") == refused(9001, "Invalid IPv4 address 10.0.0.300"));
  CHECK(ask("show route 192.168.2.5/26") == refused(9001, "Invalid prefix"));
  CHECK(ask("show route for 10.0.0.0/33") == refused(9001, "Invalid prefix length 33"));
  CHECK(ask("show route for 10.50.1.1 for 10.50.1.1") == refused(9001, "Only one prefix expected"));
  CHECK(ask("show route protocol a protocol b") == refused(9001, "Protocol specified twice"));
  CHECK(ask("show route table nosuch") == refused(9001, "nosuch is not a table"));
  CHECK(ask("show ospf") == refused(9001, "There is no OSPF protocol running"));
  CHECK(ask("show roa") == refused(9001, "No ROA table defined"));
}

TEST_CASE("whatever would change something is denied") {
  for (const char* line : {"configure", "configure soft \"/etc/passwd\"", "down", "disable all", "enable all", "restart p",
                           "reload all", "debug all off", "add roa 10.0.0.0/8 max 9 as 1", "dump routes"}) {
    CAPTURE(line);
    CHECK(ask(line) == refused(8007, "Access denied"));
  }
}

TEST_CASE("patterns are BIRD's") {
  CHECK(matches_pattern("Mesh*", "Mesh_10_0_0_2"));
  CHECK(matches_pattern("*_0_?", "Mesh_10_0_0_2"));
  CHECK(matches_pattern("", ""));
  CHECK(matches_pattern("**", ""));
  CHECK(matches_pattern("a\\*", "a*"));
  CHECK(!matches_pattern("a\\*", "ab"));
  CHECK(!matches_pattern("Mesh?", "Mesh"));
  CHECK(!matches_pattern("", "x"));
  // Not exponential: every star may stand for anything.
  CHECK(!matches_pattern(std::string(2000, '*') + "b", std::string(2000, 'a')));
}
