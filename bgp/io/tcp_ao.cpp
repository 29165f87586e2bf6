#include "bgp/io/tcp_ao.h"

#include <strings.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <iterator>

#include "bgp/io/sockaddr.h"

namespace bgp::io {
namespace {

constexpr uint8_t kMacBytes = 12;  // RFC 5926 §3.2: both algorithms cut theirs to 96 bits

// The names of the kernel's crypto; "cmac(aes128)" is TCP-AO's own word for RFC 5926's way to a key of 128 bits.
const char* kernel_name(AoAlgorithm algorithm) {
  switch (algorithm) {
    case AoAlgorithm::HmacSha1_96: return "hmac(sha1)";
    case AoAlgorithm::Aes128Cmac96: return "cmac(aes128)";
  }
  return "";
}

template <class Request>
int tell(int fd, int option, const Request& request) {
  return setsockopt(fd, IPPROTO_TCP, option, &request, sizeof request) == 0 ? 0 : errno;
}

int add(int fd, uapi::tcp_ao_add&& request) {
  int error = tell(fd, uapi::kTcpAoAddKey, request);
  explicit_bzero(request.key, sizeof request.key);
  return error;
}

// RNextKeyID: with what the peer shall sign. Our own segments follow what the peer asks for (RFC 5925 §7.5.2 e).
int ask_for(int fd, const AoKey& key) {
  uapi::tcp_ao_info_opt info{};
  info.set_rnext = 1;
  info.rnext = key.recv_id;
  return tell(fd, uapi::kTcpAoInfo, info);
}

// A key that the peer goes on asking for is in use; whoever took it out of the configuration does not trust it any more.
int drop(int fd, const Prefix& peers, const AoKey& key, const AoKey& instead) {
  uapi::tcp_ao_del request = ao_delete_request(peers, key);
  int error = tell(fd, uapi::kTcpAoDelKey, request);
  if (error != EBUSY) return error;
  request.set_current = request.set_rnext = 1;
  request.current_key = instead.send_id;
  request.rnext = instead.recv_id;
  return tell(fd, uapi::kTcpAoDelKey, request);
}

Prefix host(const IpAddress& address) { return Prefix(address, static_cast<uint8_t>(address.bits())); }

bool has_algorithm(AoAlgorithm algorithm) {
  int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0) return false;
  int error = add_ao_key(fd, host(IpAddress::v4(INADDR_LOOPBACK)), {1, 1, algorithm, Secret("probe")});
  close(fd);
  return error == 0;
}

}  // namespace

std::vector<AoAlgorithm> ao_algorithms_of_kernel() {
  std::vector<AoAlgorithm> found;
  std::copy_if(kAoAlgorithms.begin(), kAoAlgorithms.end(), std::back_inserter(found), has_algorithm);
  return found;
}

int add_ao_key(int listener, const Prefix& peers, const AoKey& key) { return add(listener, ao_add_request(peers, key)); }

int delete_ao_key(int listener, const Prefix& peers, const AoKey& key) {
  uapi::tcp_ao_del request = ao_delete_request(peers, key);
  request.del_async = 1;  // else the kernel waits until no processor can still look at it
  return tell(listener, uapi::kTcpAoDelKey, request);
}

int set_ao_keys(int fd, const IpAddress& remote, const AoKeys& keys) {
  for (const AoKey& key : keys) {
    uapi::tcp_ao_add request = ao_add_request(host(remote), key);
    request.set_current = request.set_rnext = &key == &keys.front();
    if (int error = add(fd, std::move(request))) return error;
  }
  return 0;
}

int confirm_ao(int fd, const AoKeys& keys) { return keys.empty() ? 0 : ask_for(fd, keys.front()); }

int roll_over_ao(int fd, const Prefix& peers, const AoKeys& from, const AoKeys& to) {
  for (const AoStep& step : roll_over_steps(from, to)) {
    int error = 0;
    switch (step.what) {
      case AoStep::What::Add: error = add(fd, ao_add_request(peers, step.key)); break;
      case AoStep::What::Prefer: error = ask_for(fd, step.key); break;
      case AoStep::What::Delete: error = drop(fd, peers, step.key, to.front()); break;
    }
    if (error) return error;
  }
  return 0;
}

uapi::tcp_ao_add ao_add_request(const Prefix& peers, const AoKey& key) {
  const std::string& text = key.secret.reveal();
  uapi::tcp_ao_add request{};
  put_address(request.addr, peers.address());
  std::strncpy(request.alg_name, kernel_name(key.algorithm), sizeof request.alg_name - 1);
  request.prefix = peers.length();
  request.sndid = key.send_id;
  request.rcvid = key.recv_id;
  request.maclen = kMacBytes;
  request.keylen = static_cast<uint8_t>(std::min(text.size(), uapi::kTcpAoKeyBytesMax));
  std::memcpy(request.key, text.data(), request.keylen);
  return request;
}

uapi::tcp_ao_del ao_delete_request(const Prefix& peers, const AoKey& key) {
  uapi::tcp_ao_del request{};
  put_address(request.addr, peers.address());
  request.prefix = peers.length();
  request.sndid = key.send_id;
  request.rcvid = key.recv_id;
  return request;
}

}  // namespace bgp::io
