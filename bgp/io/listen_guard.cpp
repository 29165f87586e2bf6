#include "bgp/io/listen_guard.h"

#include <algorithm>
#include <cstring>

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
  take_keys(wish);
  std::vector<LogRecord> warnings = give_keys(wish);
  tell_ttl(wish);
  told_ = wish;
  return warnings;
}

// First what goes: the kernel takes no TCP-AO key beside a TCP-MD5 one of the same peer, nor one id twice.
void ListenGuard::take_keys(const speaker::output::Listen& wish) {
  static const PeerGuard kNothing;
  for (const PeerGuard& old : told_.guards) {
    if (is_refused(old.range)) continue;  // then the kernel has nothing of it
    const PeerGuard* found = find_same(wish.guards, old.range);
    const PeerGuard& now = found ? *found : kNothing;
    // An unused key harms nobody, hence no look at what these say.
    if (!old.password.empty() && now.password.empty()) (void)set_md5(old.range, Secret());
    for (const AoKey& key : old.tcp_ao)
      if (!has_key(now.tcp_ao, key)) (void)delete_ao(old.range, key);
  }
}

std::vector<LogRecord> ListenGuard::give_keys(const speaker::output::Listen& wish) {
  static const PeerGuard kNothing;
  std::vector<Prefix> still_refused;
  std::vector<LogRecord> warnings;
  for (const PeerGuard& guard : wish.guards) {
    const PeerGuard* old = is_refused(guard.range) ? nullptr : find_same(told_.guards, guard.range);
    int error = give_keys(guard, old ? *old : kNothing);
    if (error == 0) continue;
    still_refused.push_back(guard.range);
    warnings.push_back(refused(guard.range, guard.tcp_ao.empty() ? "TCP-MD5" : "TCP-AO", error));
  }
  refused_ = std::move(still_refused);
  return warnings;
}

// All or nothing: a peer with half of his keys would be heard or not, as chance has it.
int ListenGuard::give_keys(const PeerGuard& guard, const PeerGuard& had) {
  if (!guard.password.empty() && had.password != guard.password) return set_md5(guard.range, guard.password);
  int error = 0;
  for (const AoKey& key : guard.tcp_ao)
    if (error == 0 && !has_key(had.tcp_ao, key)) error = add_ao(guard.range, key);
  if (error == 0) return 0;
  for (const AoKey& key : guard.tcp_ao) (void)delete_ao(guard.range, key);  // those that it has
  return error;
}

void ListenGuard::tell_ttl(const speaker::output::Listen& wish) {
  auto has_hops = [](const PeerGuard& g) { return g.ttl_security_hops.has_value(); };
  bool is_guarded = std::any_of(wish.guards.begin(), wish.guards.end(), has_hops);
  bool was_guarded = std::any_of(told_.guards.begin(), told_.guards.end(), has_hops);
  if (!is_guarded && !was_guarded) return;
  for (const Listener& listener : listeners_)
    // A hardening beside the accepted sockets' own option, which is what counts.
    (void)set_listener_ttl(listener.fd, listener.family, listener.family == Family::IPv4 ? wish.hops_v4 : wish.hops_v6);
}

template <class Tell>
int ListenGuard::tell_listeners(Family family, Tell tell) {
  for (const Listener& listener : listeners_) {
    if (listener.family != family) continue;
    if (int error = tell(listener.fd)) return error;
  }
  return 0;
}

int ListenGuard::set_md5(const Prefix& range, const Secret& password) {
  return tell_listeners(range.family(), [&](int fd) { return kernel_.set_md5(fd, range, password); });
}
int ListenGuard::add_ao(const Prefix& range, const AoKey& key) {
  return tell_listeners(range.family(), [&](int fd) { return kernel_.add_ao(fd, range, key); });
}
int ListenGuard::delete_ao(const Prefix& range, const AoKey& key) {
  return tell_listeners(range.family(), [&](int fd) { return kernel_.delete_ao(fd, range, key); });
}

bool ListenGuard::is_refused(const Prefix& range) const {
  return std::find(refused_.begin(), refused_.end(), range) != refused_.end();
}

bool ListenGuard::may_connect(const IpAddress& remote) const {
  const PeerGuard* guard = find(remote);
  return !guard || !is_refused(guard->range);
}

// The longest match; they are sorted by address and then length, so the last that fits.
const PeerGuard* ListenGuard::find(const IpAddress& remote) const {
  auto found = std::find_if(told_.guards.rbegin(), told_.guards.rend(),
                            [&](const PeerGuard& g) { return g.range.contains(remote); });
  return found == told_.guards.rend() ? nullptr : &*found;
}

}  // namespace bgp::io
