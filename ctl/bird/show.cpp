#include "ctl/bird/show.h"

#include <cstdio>

#include "bgp/base/escape.h"
#include "ctl/bird/reply.h"

namespace ctl::bird {
namespace {

std::string padded(std::string text, size_t width) {
  if (text.size() < width) text.append(width - text.size(), ' ');
  return text;
}

std::string date(LocalTime at) {
  std::chrono::year_month_day day(std::chrono::floor<std::chrono::days>(at));
  char text[48];
  std::snprintf(text, sizeof text, "%04d-%02u-%02u", static_cast<int>(day.year()), static_cast<unsigned>(day.month()),
                static_cast<unsigned>(day.day()));
  return text;
}

std::string time_of_day(LocalTime at) {
  std::chrono::hh_mm_ss time(at - std::chrono::floor<std::chrono::days>(at));
  char text[48];
  std::snprintf(text, sizeof text, "%02d:%02d:%02d", static_cast<int>(time.hours().count()),
                static_cast<int>(time.minutes().count()), static_cast<int>(time.seconds().count()));
  return text;
}

std::string end_of(Reply& reply, int code, const std::string& text = "") {
  reply.end(code, text);
  return reply.take();
}

// ---- show protocols ---------------------------------------------------------------------------------------------
void heading(Reply& reply) { reply.line(2002, "name     proto    table    state  since       info"); }

std::string info(const Protocol& protocol) {
  if (!protocol.bgp) return "";
  std::string error = bgp::printable(protocol.bgp->last_error);
  return protocol.state == "down" ? error : padded(protocol.bgp->state, 14) + error;
}

void row(Reply& reply, const Protocol& p, LocalTime now) {
  reply.line(1002, padded(p.name, 8) + " " + padded(p.type, 8) + " master   " + padded(p.state, 6) + " " +
                       padded(short_time(p.since, now), 10) + "  " + info(p));
}

using Number = std::optional<uint64_t>;  // nullopt: not counted

void stats(Reply& reply, const char* label, const std::vector<Number>& numbers) {
  std::string text = padded(label, 23);
  for (const Number& number : numbers) {
    std::string digits = number ? std::to_string(*number) : "---";
    text += " " + std::string(digits.size() < 10 ? 10 - digits.size() : 0, ' ') + digits;
  }
  reply.line(1006, text);
}

void changes(Reply& reply, const std::optional<ImportChanges>& c) {
  static constexpr Number kNone = std::nullopt;
  reply.line(1006, "  Route change stats:     received   rejected   filtered    ignored   accepted");
  if (c) {
    stats(reply, "    Import updates:",
          {c->updates, c->rejected, c->filtered, kNone, c->updates - c->rejected - c->filtered});
    stats(reply, "    Import withdraws:", {c->withdraws, kNone, kNone, kNone, kNone});
  } else {
    stats(reply, "    Import updates:", {kNone, kNone, kNone, kNone, kNone});
    stats(reply, "    Import withdraws:", {kNone, kNone, kNone, kNone, kNone});
  }
  stats(reply, "    Export updates:", {kNone, kNone, kNone, kNone, kNone});
  stats(reply, "    Export withdraws:", {kNone, kNone, kNone, kNone, kNone});
}

std::string each(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : " ") + word;
  return text;
}

void bgp_lines(Reply& reply, const Bgp& b) {
  reply.line(1006, "  BGP state:          " + b.state);
  reply.line(1006, "    Neighbor address: " + b.neighbor_address);
  reply.line(1006, "    Neighbor AS:      " + std::to_string(b.neighbor_as));
  if (b.is_restarting) reply.line(1006, "    Neighbor graceful restart active");
  if (b.session) {
    const BgpSession& s = *b.session;
    reply.line(1006, "    Neighbor ID:      " + s.neighbor_id);
    reply.line(1006, "    Neighbor caps:    " + each(s.neighbor_capabilities));
    reply.line(1006, "    Session:          " + each(s.traits));
    reply.line(1006, "    Source address:   " + s.source_address);
    // What is left of a timer is not known here; BIRD has "-" for one that is not counted down.
    reply.line(1006, "    Hold timer:       -/" + std::to_string(s.hold_time_s));
    reply.line(1006, "    Keepalive timer:  -/" + std::to_string(s.hold_time_s / 3));
  }
  if (!b.last_error.empty()) reply.line(1006, "    Last error:       " + bgp::printable(b.last_error));
}

void details(Reply& reply, const Protocol& p) {
  reply.line(1006, "  Preference:     " + std::to_string(p.preference));
  reply.line(1006, "  Input filter:   " + p.input_filter);
  reply.line(1006, "  Output filter:  " + p.output_filter);
  if (p.state != "down") {
    // "filtered" is there when there is something to say: the tools take both, and some of Calico's knew only the short.
    std::string filtered = p.routes.filtered == 0 ? "" : std::to_string(p.routes.filtered) + " filtered, ";
    reply.line(1006, "  Routes:         " + std::to_string(p.routes.imported) + " imported, " + filtered +
                         std::to_string(p.routes.exported) + " exported, " + std::to_string(p.routes.preferred) +
                         " preferred");
    changes(reply, p.changes);
  }
  if (p.bgp) bgp_lines(reply, *p.bgp);
  reply.line(1006, "");
}

bool is_meant(const ShowProtocols& command, const Protocol& protocol) {
  if (command.is_pattern) return matches_pattern(command.name, protocol.name);
  return command.name.empty() || command.name == protocol.name;
}

std::string symbol(const std::string& name, const std::string& type) { return padded(name, 8) + "\t" + type; }

}  // namespace

const Protocol* View::find(std::string_view name) const {
  for (const Protocol& protocol : protocols)
    if (protocol.name == name) return &protocol;
  return nullptr;
}

std::string date_and_time(LocalTime at) { return date(at) + " " + time_of_day(at); }

std::string short_time(LocalTime at, LocalTime now) {
  return now - at < std::chrono::hours(20) ? time_of_day(at) : date(at);
}

std::string greeting(const std::string& version) { return show(Message{1, "BIRD " + version + " ready."}); }

std::string show(const Message& message) {
  Reply reply;
  return end_of(reply, message.code, message.text);
}

std::string show(const ShowStatus&, const View& view) {
  const Status& s = view.status;
  Reply reply;
  reply.line(1000, "BIRD " + s.version);
  reply.line(1011, "Router ID is " + s.router_id);
  reply.line(1011, "Current server time is " + date_and_time(s.now));
  reply.line(1011, "Last reboot on " + date_and_time(s.booted));
  reply.line(1011, "Last reconfiguration on " + date_and_time(s.reconfigured));
  if (s.recovery) {
    reply.line(24, "Graceful restart recovery in progress");
    reply.line(24, "  Waiting for " + std::to_string(s.recovery->waiting_for) + " protocols to recover");
    reply.line(24, "  Wait timer is " + std::to_string(s.recovery->left_s) + "/" + std::to_string(s.recovery->total_s));
  }
  return end_of(reply, 13, "Daemon is up and running");
}

std::string show(const ShowProtocols& command, const View& view) {
  if (!command.is_pattern && !command.name.empty() && !view.find(command.name))
    return show(Message{9002, bgp::printable(command.name) + " is not a protocol"});
  Reply reply;
  for (const Protocol& protocol : view.protocols) {
    if (!is_meant(command, protocol)) continue;
    if (reply.size() == 0) heading(reply);
    row(reply, protocol, view.status.now);
    if (command.all) details(reply, protocol);
  }
  return reply.size() == 0 ? end_of(reply, 8003, "No protocols match") : end_of(reply, 0);
}

std::string show(const ShowSymbols& command, const View& view) {
  Reply reply;
  if (!command.name.empty()) {
    const char* type = view.find(command.name) ? "protocol" : command.name == "master" ? "routing table" : "undefined";
    return end_of(reply, 1010, symbol(bgp::printable(command.name), type));
  }
  if (command.type.empty() || command.type == "routing table") reply.line(1010, symbol("master", "routing table"));
  for (const Protocol& protocol : view.protocols)
    if (command.type.empty() || command.type == "protocol") reply.line(1010, symbol(protocol.name, "protocol"));
  return end_of(reply, 0);
}

std::string show_count(const ShowRoute& command, const View& view) {
  auto chosen = [&](const RouteCounts& counts) {
    return command.filtered ? counts.filtered : command.primary ? counts.preferred : counts.imported;
  };
  const TableCounts& table = command.filtered ? view.filtered : view.table;
  // Not the sum over the protocols: routes of this family may come over a session of the other, which is not in the list.
  uint64_t shown = command.primary && !command.filtered ? table.selected : table.routes;
  if (const Protocol* protocol = view.find(command.protocol)) shown = chosen(protocol->routes);
  Reply reply;
  return end_of(reply, 14, std::to_string(shown) + " of " + std::to_string(table.routes) + " routes for " +
                               std::to_string(table.networks) + " networks");
}

}  // namespace ctl::bird
