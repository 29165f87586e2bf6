#include "bgp/io/listen_guard.h"

#include <algorithm>
#include <cstring>

#include "bgp/io/socket_options.h"

namespace bgp::io {
namespace {

using speaker::output::PeerGuard;

const PeerGuard* find_same(const std::vector<PeerGuard>& guards, const Prefix& range) {
  auto found = std::find_if(guards.begin(), guards.end(), [&](const PeerGuard& g) { return g.range == range; });
  return found == guards.end() ? nullptr : &*found;
}

LogRecord refused(const Prefix& range, const char* what, int error) {
  return {LogLevel::Warn, "listener_refuses", range.is_host() ? range.address().to_string() : range.to_string(),
          {{"what", what}, {"error", std::strerror(error)}, {"effect", "its connections are not accepted"}}};
}

}  // namespace

std::vector<LogRecord> ListenGuard::apply(const speaker::output::Listen& wish) {
  std::vector<LogRecord> warnings;
  for (const PeerGuard& old : told_.guards) {
    const PeerGuard* now = find_same(wish.guards, old.range);
    bool had_key = !old.password.empty() && std::find(refused_.begin(), refused_.end(), old.range) == refused_.end();
    if (had_key && (!now || now->password.empty())) (void)set_key(old.range, Secret());  // an unused key harms nobody
  }
  std::vector<Prefix> still_refused;
  for (const PeerGuard& guard : wish.guards) {
    if (guard.password.empty()) continue;
    const PeerGuard* old = find_same(told_.guards, guard.range);
    bool was_refused = std::find(refused_.begin(), refused_.end(), guard.range) != refused_.end();
    if (old && old->password == guard.password && !was_refused) continue;
    int error = set_key(guard.range, guard.password);
    if (error == 0) continue;
    still_refused.push_back(guard.range);
    warnings.push_back(refused(guard.range, "TCP-MD5", error));
  }
  refused_ = std::move(still_refused);
  bool is_ttl_guarded = std::any_of(wish.guards.begin(), wish.guards.end(),
                                    [](const PeerGuard& g) { return g.ttl_security_hops.has_value(); });
  bool was_ttl_guarded = std::any_of(told_.guards.begin(), told_.guards.end(),
                                     [](const PeerGuard& g) { return g.ttl_security_hops.has_value(); });
  told_ = wish;
  if (!is_ttl_guarded && !was_ttl_guarded) return warnings;
  for (const Listener& listener : listeners_)
    // A hardening beside the accepted sockets' own option, which is what counts.
    (void)set_listener_ttl(listener.fd, listener.family, listener.family == Family::IPv4 ? wish.hops_v4 : wish.hops_v6);
  return warnings;
}

int ListenGuard::set_key(const Prefix& range, const Secret& password) {
  for (const Listener& listener : listeners_) {
    if (listener.family != range.family()) continue;
    if (int error = set_md5_key(listener.fd, range, password)) return error;
  }
  return 0;
}

bool ListenGuard::may_connect(const IpAddress& remote) const {
  const PeerGuard* guard = find(remote);
  return !guard || std::find(refused_.begin(), refused_.end(), guard->range) == refused_.end();
}

std::optional<uint8_t> ListenGuard::ttl_security_hops(const IpAddress& remote) const {
  const PeerGuard* guard = find(remote);
  return guard ? guard->ttl_security_hops : std::nullopt;
}

// The longest match; they are sorted by address and then length, so the last that fits.
const PeerGuard* ListenGuard::find(const IpAddress& remote) const {
  auto found = std::find_if(told_.guards.rbegin(), told_.guards.rend(),
                            [&](const PeerGuard& g) { return g.range.contains(remote); });
  return found == told_.guards.rend() ? nullptr : &*found;
}

}  // namespace bgp::io
