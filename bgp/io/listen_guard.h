// What the listening sockets hold about peers: TCP-MD5 keys and GTSM. Keeps what each socket was told, so that a change
// tells it the difference and nothing of a secret stays behind. Private to the room.
#pragma once

#include <map>
#include <vector>

#include "bgp/base/log.h"
#include "bgp/speaker/output.h"

namespace bgp::io {

class ListenGuard {
 public:
  // One listening socket; the next apply() tells it everything.
  void add_listener(int fd, Family family) {
    listeners_.push_back({fd, family});
    told_ = {};
    refused_.clear();
  }
  // Tells the sockets. What the kernel refuses comes back as a warning each; see may_connect().
  std::vector<LogRecord> apply(const speaker::output::Listen& wish);

  // False for a peer whose key no socket took: without it anybody could speak for him.
  bool may_connect(const IpAddress& remote) const;
  // Of a connection from there.
  std::optional<uint8_t> ttl_security_hops(const IpAddress& remote) const;

 private:
  struct Listener {
    int fd;
    Family family;
  };
  int set_key(const Prefix& range, const Secret& password);
  const speaker::output::PeerGuard* find(const IpAddress& remote) const;

  std::vector<Listener> listeners_;
  speaker::output::Listen told_;
  std::vector<Prefix> refused_;  // by the kernel
};

}  // namespace bgp::io
