#include "ctl/cli/output/status.h"

#include <ctime>

#include "bgp/base/escape.h"
#include "ctl/cli/output/bfd.h"
#include "ctl/cli/output/table.h"

namespace ctl::cli::output {
namespace {

using namespace protocol;

std::string local_time(Timestamp time, const char* format) {
  std::time_t seconds = std::chrono::floor<std::chrono::seconds>(time).time_since_epoch().count();
  std::tm local{};
  localtime_r(&seconds, &local);
  char text[32];
  return std::string(text, std::strftime(text, sizeof text, format, &local));
}

// The address, and the port where it is not BGP's own, as a peer may be one of several behind an address.
std::string peer_name(const PeerStatus& peer) {
  std::string address = peer.peer_address.to_string();
  if (peer.port == 179 || peer.port == 0) return address;
  return (peer.family == bgp::Family::IPv6 ? "[" + address + "]" : address) + ":" + std::to_string(peer.port);
}

std::string section(const NodeStatus& status, bgp::Family family, Timestamp now) {
  const std::string name = family == bgp::Family::IPv4 ? "IPv4" : "IPv6";
  std::vector<Row> rows;
  for (const PeerStatus& peer : status.peers)
    if (peer.family == family)
      rows.push_back({peer.peer_address.to_string(), to_string(peer.peer_type), peer.state, since_text(peer.since, now),
                      peer.info});
  if (rows.empty()) return "\n" + name + " BGP status\nNo " + name + " peers found.\n";
  return "\n" + name + " BGP status\n" + draw_table({"PEER ADDRESS", "PEER TYPE", "STATE", "SINCE", "INFO"}, rows);
}

// "  name:                value"
std::string line(const std::string& name, const std::string& value) {
  return "  " + name + ":" + std::string(name.size() < 23 ? 23 - name.size() : 1, ' ') + value + "\n";
}

std::string lines(const std::string& name, const std::vector<std::string>& values) {
  std::string text;
  for (const std::string& value : values)
    text += text.empty() ? line(name, value) : std::string(26, ' ') + value + "\n";
  return text.empty() ? line(name, "-") : text;
}

std::string seconds(uint32_t count) { return std::to_string(count) + " s"; }

std::string counts(const MessageCounts& c) {
  return std::to_string(c.open) + " open, " + std::to_string(c.update) + " update, " + std::to_string(c.keepalive) +
         " keepalive, " + std::to_string(c.notification) + " notification, " + std::to_string(c.route_refresh) +
         " route refresh";
}

std::string notification(const std::optional<NotificationInfo>& n) {
  if (!n) return "none";
  return std::to_string(n->code) + "/" + std::to_string(n->subcode) + " " + n->text + ", " + to_rfc3339(n->at);
}

std::string fault_counts(const FaultCounts& c) {
  return std::to_string(c.treated_as_withdraw) + " treated as withdrawn, " + std::to_string(c.discarded) +
         " attributes discarded, " + std::to_string(c.reset) + " sessions reset";
}

// By attribute, and the last one with its octets.
std::string malformed(const MalformedInfo& m) {
  if (!m.last) return line("Faults", "none");
  std::string text = line("Faults", fault_counts(m.total));
  for (const AttributeFaults& a : m.attributes)
    text += line(std::to_string(a.type) + (a.name.empty() ? "" : " " + a.name), fault_counts(a.counts));
  return text + line("Last", m.last->text + ", " + to_rfc3339(m.last->at)) +
         line("Its octets", m.last->bytes.empty() ? "-" : m.last->bytes);
}

std::string history(const std::vector<StateChangeInfo>& changes) {
  std::string text;
  for (const StateChangeInfo& change : changes)
    text += "  " + to_rfc3339(change.at) + "  " + change.from + " -> " + change.to +
            (change.reason.empty() ? "" : "  " + change.reason) + "\n";
  return text.empty() ? "  -\n" : text;
}

std::string bfd_section(const std::optional<BfdInfo>& bfd) {
  if (!bfd) return "";
  std::string text = "\nBFD\n";
  for (const auto& [name, value] : bfd_lines(*bfd)) text += line(name, value);
  return text;
}

// Only while there is something to do about it.
std::string memory_lines(const std::optional<MemoryInfo>& memory) {
  if (!memory) return "";
  return "Memory is short: " + std::to_string(memory->used >> 20) + " of " + std::to_string(memory->bound >> 20) +
         " MiB. New sessions are refused; next, the peer with most routes is told Cease 6/8.\n"
         "Let peers send less, limit them (max-prefixes), or give the agent more memory (--memory-max).\n";
}

std::string refusal_line(const std::optional<std::string>& reason) {
  if (!reason) return "";
  return "The configuration is refused, what was in use before stays: " + bgp::printable(*reason) + "\n";
}

}  // namespace

std::string since_text(Timestamp since, Timestamp now) {
  return local_time(since, now - since < std::chrono::hours(20) ? "%H:%M:%S" : "%Y-%m-%d");
}

std::string status_text(const NodeStatus& status, Timestamp now) {
  return "Calico process is running.\n" + memory_lines(status.short_memory) +
         refusal_line(status.configuration_refused) + section(status, bgp::Family::IPv4, now) +
         section(status, bgp::Family::IPv6, now) + "\n";
}

std::string peer_text(const PeerDetail& d) {
  const PeerStatus& s = d.status;
  const bool has_session = s.bgp_state == "Established";
  return "Peer " + peer_name(s) + " (" + to_string(s.peer_type) + ")\n" +
         line("State", s.state + " since " + to_rfc3339(s.since)) + line("BGP state", s.info) +
         line("AS number", "local " + std::to_string(s.local_as) + ", peer " + std::to_string(s.peer_as)) +
         line("Local address", s.local_address ? s.local_address->to_string() : "-") +
         line("Peer identifier", d.peer_identifier.empty() ? "-" : d.peer_identifier) +
         line("Last error", s.last_error.value_or("none")) + line("Flaps", std::to_string(s.flaps)) +
         line("Prefixes", std::to_string(s.prefixes.received) + " received, " + std::to_string(s.prefixes.accepted) +
                              " accepted, " + std::to_string(s.prefixes.advertised) + " advertised") +
         (d.refused_paths > 0 ? line("Paths refused", std::to_string(d.refused_paths) +
                                                          ": too many of one prefix, or the table is full") : "") +
         (d.stale ? line("Stale routes", std::to_string(d.stale->routes) + ", until " + to_rfc3339(d.stale->until)) : "") +
         line("Messages received", counts(s.received)) + line("Messages sent", counts(s.sent)) + "\nTimers\n" +
         line("Hold time", "configured " + seconds(d.timers.hold_time_configured_s) +
                               (has_session ? ", negotiated " + seconds(d.timers.hold_time_negotiated_s) : "")) +
         line("Keepalive", has_session ? seconds(d.timers.keepalive_s) : "-") +
         line("Connect retry", seconds(d.timers.connect_retry_s)) + "\nCapabilities\n" +
         lines("Ours", d.capabilities_ours) + lines("Theirs", d.capabilities_theirs) +
         lines("Agreed", d.capabilities_agreed) + "\nLast NOTIFICATION\n" +
         line("Sent", notification(d.last_notification_sent)) +
         line("Received", notification(d.last_notification_received)) + "\nMalformed UPDATEs\n" + malformed(d.malformed) +
         bfd_section(d.bfd) + "\nHistory\n" + history(d.history);
}

}  // namespace ctl::cli::output
