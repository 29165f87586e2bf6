// What the kernel is handed for TCP-AO, octet by octet. A session with it needs a kernel that has it.
#include "bgp/io/tcp_ao.h"

#include <doctest/doctest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <string>

using namespace bgp;
using namespace bgp::io;

namespace {

Prefix prefix(const char* text) { return *Prefix::parse(text); }

template <class Request>
std::string hex(const Request& request, size_t from, size_t count) {
  const auto* octets = reinterpret_cast<const uint8_t*>(&request);
  std::string out;
  for (size_t i = from; i < from + count; ++i) {
    static constexpr char kDigits[] = "0123456789abcdef";
    out += {kDigits[octets[i] >> 4], kDigits[octets[i] & 15]};
  }
  return out;
}

const AoKey kKey{7, 9, AoAlgorithm::HmacSha1_96, Secret("abc")};

}  // namespace

TEST_CASE("a key for an IPv4 neighbour") {
  uapi::tcp_ao_add request = ao_add_request(prefix("10.1.2.3/32"), kKey);
  CHECK(hex(request, 0, 8) == "020000000a010203");                       // AF_INET, port 0, the address
  CHECK(hex(request, 8, 120) == std::string(240, '0'));
  CHECK(std::string(request.alg_name) == "hmac(sha1)");
  CHECK(hex(request, 192, 16) == "000000000000000000002007090c0003");    // ifindex, flags, 0; /32, 7, 9, 12 octets, 0, 3
  CHECK(hex(request, 208, 4) == "61626300");
}

TEST_CASE("a key for a range, and for IPv6") {
  uapi::tcp_ao_add range = ao_add_request(prefix("10.0.0.0/8"), kKey);
  CHECK(range.prefix == 8);
  CHECK(hex(range, 0, 8) == "020000000a000000");
  AoKey cmac = kKey;
  cmac.algorithm = AoAlgorithm::Aes128Cmac96;
  uapi::tcp_ao_add v6 = ao_add_request(prefix("2001:db8::1/128"), cmac);
  CHECK(hex(v6, 0, 24) == "0a0000000000000020010db8000000000000000000000001");  // AF_INET6, port, flow label, the address
  CHECK(v6.prefix == 128);
  CHECK(std::string(v6.alg_name) == "cmac(aes128)");
  CHECK(ao_add_request(prefix("0.0.0.0/0"), kKey).prefix == 0);
}

TEST_CASE("a secret of 80 octets fits, and the flags are the kernel's first bits") {
  AoKey full{0, 255, AoAlgorithm::HmacSha1_96, Secret(std::string(80, 'x'))};
  uapi::tcp_ao_add request = ao_add_request(prefix("10.1.2.3/32"), full);
  CHECK(request.keylen == 80);
  CHECK(hex(request, 286, 2) == "7878");
  request.set_current = 1;
  CHECK(hex(request, 196, 4) == "01000000");
  uapi::tcp_ao_info_opt info{};
  info.set_rnext = 1;
  info.rnext = 9;
  CHECK(hex(info, 0, 8) == "0200000000000009");
}

TEST_CASE("a key is deleted by its peers and its ids") {
  uapi::tcp_ao_del request = ao_delete_request(prefix("10.1.2.0/24"), kKey);
  CHECK(hex(request, 0, 8) == "020000000a010200");
  CHECK(hex(request, 128, 16) == "00000000000000000000180709000000");
  request.del_async = 1;
  CHECK(hex(request, 132, 4) == "04000000");
}

TEST_CASE("a kernel without TCP-AO refuses keys; none is taken for granted") {
  std::vector<AoAlgorithm> has = ao_algorithms_of_kernel();
  for (AoAlgorithm algorithm : kAoAlgorithms) {
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    bool is_known = std::find(has.begin(), has.end(), algorithm) != has.end();
    CHECK((set_ao_keys(fd, IpAddress::v4(0x7f000001), {{1, 1, algorithm, Secret("x")}}) == 0) == is_known);
    close(fd);
  }
}
