#include <doctest/doctest.h>

#include "bgp/io/md5_counters.h"

using namespace bgp::io;

TEST_CASE("the three counters are found wherever the kernel puts them") {
  const char* text =
      "TcpExt: SyncookiesSent TCPMD5NotFound TCPMD5Unexpected Other TCPMD5Failure\n"
      "TcpExt: 7 1 2 9 3\n"
      "IpExt: InNoRoutes TCPMD5Failure\n"
      "IpExt: 5 99\n";
  CHECK(parse_md5_counters(text) == Md5Counters{1, 2, 3});
}

TEST_CASE("a text that is cut or foreign reads as nothing") {
  CHECK(parse_md5_counters("") == Md5Counters{});
  CHECK(parse_md5_counters("TcpExt: TCPMD5Failure") == Md5Counters{});
  CHECK(parse_md5_counters("TcpExt: A TCPMD5Failure\nTcpExt: 1") == Md5Counters{});
  CHECK(parse_md5_counters("TcpExt: TCPMD5Failure\nTcpExt: x\n") == Md5Counters{});
}

TEST_CASE("what grew while a peer did not answer is the hint") {
  CHECK(md5_hint({1, 1, 1}, {1, 1, 1}, true).empty());
  CHECK(md5_hint({1, 1, 1}, {1, 1, 2}, true) == "TCP-MD5: segments with another password came");
  CHECK(md5_hint({1, 1, 1}, {2, 1, 1}, true) == "TCP-MD5: segments without a password came");
  CHECK(md5_hint({1, 1, 1}, {2, 1, 2}, false).empty());
  CHECK(md5_hint({1, 1, 1}, {1, 2, 1}, false) == "TCP-MD5: signed segments came, but no password is configured");
}
