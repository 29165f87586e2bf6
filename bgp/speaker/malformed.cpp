// What was wrong with UPDATEs, counted for people: by peer, by attribute, and the last one with its first octets; and what
// was right, but too much to be taken.
#include <algorithm>

#include "bgp/base/limits.h"
#include "bgp/speaker/peer_slot.h"

namespace bgp::speaker {
namespace {

std::string fault_text(uint8_t code, const std::string& reason) {
  const char* name = wire::attribute_name(code);
  return "attribute " + std::to_string(code) + (name ? std::string(" ") + name : "") + ": " + reason;
}

void count(MalformedCounts& counts, uint8_t code, uint64_t FaultCounts::*which) {
  ++(counts.total.*which);
  ++(counts.by_attribute[code].*which);
}

constexpr uint8_t kOptionalAttributeError = 9;  // 3/9: its data is the attribute, type code in the second octet

}  // namespace

void Speaker::note_faults(PeerSlot& peer) {
  MalformedCounts& counts = peer.malformed;
  for (const wire::AttributeFault& fault : update_.faults) {
    bool withdrawn = fault.action == wire::FaultAction::TreatAsWithdraw;
    count(counts, fault.code, withdrawn ? &FaultCounts::treated_as_withdraw : &FaultCounts::discarded);
  }
  const wire::AttributeFault& fault = update_.faults.back();
  counts.last = fault_text(fault.code, fault.reason);
  counts.last_bytes = fault.bytes;
  counts.last_at = now_;
  ++peer.faults_not_logged;
  if (now_ < peer.next_fault_log) return;
  log(LogLevel::Warn, "malformed_update", &peer,
      {{"attribute", std::to_string(fault.code)},
       {"reason", fault.reason},
       {"action", fault.action == wire::FaultAction::TreatAsWithdraw ? "treat-as-withdraw" : "discard"},
       {"messages", std::to_string(peer.faults_not_logged)}});
  peer.faults_not_logged = 0;
  peer.next_fault_log = now_ + limits::kFaultLogInterval;
}

void Speaker::note_refused(PeerSlot& peer, uint64_t count) {
  peer.refused_paths += count;
  if (now_ < peer.next_refused_log) return;
  peer.next_refused_log = now_ + limits::kRefusedLogInterval;
  log(LogLevel::Warn, "paths_refused", &peer,
      {{"so_far", std::to_string(peer.refused_paths)},
       {"because", "more than " + std::to_string(limits::kPathsPerPeerMax) + " paths of one prefix, or the table is full"},
       {"advice", "let the peer send fewer paths of a prefix (ADD-PATH)"}});
}

// Of the whole message when the NOTIFICATION names no attribute. The log has the NOTIFICATION already.
void Speaker::note_reset(PeerSlot& peer, const wire::Notification& answer, ByteView body) {
  bool names_attribute = answer.subcode == kOptionalAttributeError && answer.data.size() >= 2;
  uint8_t code = names_attribute ? answer.data[1] : 0;
  ByteView shown = names_attribute ? ByteView(answer.data) : body;
  shown = shown.first(std::min(shown.size(), limits::kFaultBytesMax));
  MalformedCounts& counts = peer.malformed;
  count(counts, code, &FaultCounts::reset);
  counts.last = names_attribute ? fault_text(code, wire::notification_text(answer)) : wire::notification_text(answer);
  counts.last_bytes.assign(shown.begin(), shown.end());
  counts.last_at = now_;
}

}  // namespace bgp::speaker
