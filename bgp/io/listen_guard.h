// What the listening sockets hold about peers: the keys of TCP-MD5 and TCP-AO, and GTSM. Keeps what each socket was told,
// so that a change tells it the difference and nothing of a secret stays behind. Private to the room.
#pragma once

#include <functional>
#include <vector>

#include "bgp/base/log.h"
#include "bgp/io/socket_options.h"
#include "bgp/io/tcp_ao.h"
#include "bgp/speaker/output.h"

namespace bgp::io {

class ListenGuard {
 public:
  // How a socket is told of a key: 0 or an errno. The kernel's own way; tests have theirs, for not every kernel has TCP-AO.
  struct Kernel {
    std::function<int(int fd, const Prefix&, const Secret&)> set_md5 = set_md5_key;
    std::function<int(int fd, const Prefix&, const AoKey&)> add_ao = add_ao_key;
    std::function<int(int fd, const Prefix&, const AoKey&)> delete_ao = delete_ao_key;
  };
  ListenGuard() = default;
  explicit ListenGuard(Kernel kernel) : kernel_(std::move(kernel)) {}

  // One listening socket; the next apply() tells it everything.
  void add_listener(int fd, Family family) {
    listeners_.push_back({fd, family});
    told_ = {};
    refused_.clear();
  }
  // They are closed: what they were told went with them.
  void forget_listeners() {
    listeners_.clear();
    told_ = {};
    refused_.clear();
  }
  // Tells the sockets. What the kernel refuses comes back as a warning each; see may_connect().
  std::vector<LogRecord> apply(const speaker::output::Listen& wish);

  // False for a peer whose key no socket took: without it anybody could speak for him.
  bool may_connect(const IpAddress& remote) const;
  // What is known of who is there; null: nothing to guard. Lives until the next apply().
  const speaker::output::PeerGuard* find(const IpAddress& remote) const;

 private:
  struct Listener {
    int fd;
    Family family;
  };
  void take_keys(const speaker::output::Listen& wish);
  std::vector<LogRecord> give_keys(const speaker::output::Listen& wish);
  int give_keys(const speaker::output::PeerGuard& guard, const speaker::output::PeerGuard& had);
  void tell_ttl(const speaker::output::Listen& wish);
  template <class Tell>
  int tell_listeners(Family family, Tell tell);
  int set_md5(const Prefix& range, const Secret& password);
  int add_ao(const Prefix& range, const AoKey& key);
  int delete_ao(const Prefix& range, const AoKey& key);
  bool is_refused(const Prefix& range) const;

  Kernel kernel_;
  std::vector<Listener> listeners_;
  speaker::output::Listen told_;
  std::vector<Prefix> refused_;  // by the kernel
};

}  // namespace bgp::io
