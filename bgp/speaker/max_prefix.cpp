// Maximum prefixes of a peer: told, warned about, ended.
#include <chrono>

#include "bgp/speaker/peer_slot.h"

namespace bgp::speaker {

// RFC 4486 §4: what is rejected counts as well, because it takes as much memory. Crossing the limit within a message is
// noticed at its end, before anything of it is decided: what is over is told to nobody, and not to the kernel.
void Speaker::check_max_prefix(PeerSlot& peer) {
  using Action = session::MaxPrefixConfig::Action;
  using Noted = PeerSlot::Noted;
  const session::MaxPrefixConfig& max = peer.settings->session.max_prefix;
  if (max.limit == 0 || !peer.is_up()) return;
  for (Family family : rib::kFamilies) {
    uint64_t count = rib_.path_count(peer.id, family);
    if (count > max.limit && max.action != Action::Warn) {
      session::Environment env = environment();
      Duration wait = max.action == Action::Stop ? session::kForever : Duration(std::chrono::seconds(max.restart_after_s));
      return perform(peer, peer.fsm.reset(wire::maximum_prefixes_reached(family, max.limit), env, wait));
    }
    bool is_over = count > max.limit;
    bool is_near = count * 100 >= uint64_t{max.limit} * max.warn_percent;
    Noted now = is_over ? Noted::Exceeded : is_near ? Noted::Near : Noted::Nothing;
    if (now <= peer.max_prefix_noted) continue;
    peer.max_prefix_noted = now;
    log(LogLevel::Warn, is_over ? "max_prefixes_exceeded" : "max_prefixes_near", &peer,
        {{"family", family == Family::IPv4 ? "IPv4" : "IPv6"}, {"prefixes", std::to_string(count)},
         {"limit", std::to_string(max.limit)}});
  }
}

}  // namespace bgp::speaker
