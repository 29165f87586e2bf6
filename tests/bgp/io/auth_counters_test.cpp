#include <doctest/doctest.h>

#include "bgp/io/auth_counters.h"

using namespace bgp::io;

TEST_CASE("the counters are found wherever the kernel puts them") {
  const char* text =
      "TcpExt: SyncookiesSent TCPMD5NotFound TCPMD5Unexpected Other TCPMD5Failure\n"
      "TcpExt: 7 1 2 9 3\n"
      "IpExt: InNoRoutes TCPMD5Failure\n"
      "IpExt: 5 99\n";
  CHECK(parse_auth_counters(text) == AuthCounters{1, 2, 3});
  CHECK(parse_auth_counters("TcpExt: TCPAORequired TCPAOBad TCPAOKeyNotFound TCPAOGood\nTcpExt: 4 6 5 9\n") ==
        AuthCounters{0, 0, 0, 4, 5, 6});
}

TEST_CASE("a text that is cut or foreign reads as nothing") {
  CHECK(parse_auth_counters("") == AuthCounters{});
  CHECK(parse_auth_counters("TcpExt: TCPMD5Failure") == AuthCounters{});
  CHECK(parse_auth_counters("TcpExt: A TCPMD5Failure\nTcpExt: 1") == AuthCounters{});
  CHECK(parse_auth_counters("TcpExt: TCPMD5Failure\nTcpExt: x\n") == AuthCounters{});
}

TEST_CASE("what grew while a peer did not answer is the hint") {
  CHECK(auth_hint({1, 1, 1}, {1, 1, 1}, Auth::TcpMd5).empty());
  CHECK(auth_hint({1, 1, 1}, {1, 1, 2}, Auth::TcpMd5) == "TCP-MD5: segments with another password came");
  CHECK(auth_hint({1, 1, 1}, {2, 1, 1}, Auth::TcpMd5) == "TCP-MD5: segments without a password came");
  CHECK(auth_hint({1, 1, 1}, {2, 1, 2}, Auth::None).empty());
  CHECK(auth_hint({1, 1, 1}, {1, 2, 1}, Auth::None) == "TCP-MD5: signed segments came, but no password is configured");
  const AuthCounters before{1, 1, 1, 1, 1, 1};
  CHECK(auth_hint(before, {2, 2, 2, 1, 1, 1}, Auth::TcpAo).empty());
  CHECK(auth_hint(before, {1, 1, 1, 1, 1, 2}, Auth::TcpAo) == "TCP-AO: segments with another key came");
  CHECK(auth_hint(before, {1, 1, 1, 1, 2, 1}, Auth::TcpAo) == "TCP-AO: segments with an unknown key id came");
  CHECK(auth_hint(before, {1, 1, 1, 2, 1, 1}, Auth::TcpAo) == "TCP-AO: segments without a signature came");
  CHECK(auth_hint(before, {1, 1, 1, 1, 2, 1}, Auth::None) == "TCP-AO: signed segments came, but no key is configured");
}
