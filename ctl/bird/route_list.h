// `show route`: rows in, lines out, as far as the caller likes; a table of any size passes through a bounded buffer.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "ctl/bird/command.h"
#include "ctl/bird/reply.h"
#include "ctl/bird/view.h"

namespace ctl::bird {

class RouteList {
 public:
  RouteList(ShowRoute command, bgp::Family family, LocalTime now)
      : command_(std::move(command)), family_(family), now_(now) {}

  // Which prefixes to fetch.
  bool wants(const bgp::Prefix& prefix) const;
  // What of the fetched routes is asked for: of `show route for`, the longest prefix. Requires all of them then.
  std::vector<Route> choose(std::vector<Route> fetched) const;

  // In order, the routes of a prefix one after another.
  void add(const Route& route);
  // Bytes of lines that wait for take().
  size_t size() const { return reply_.size(); }
  std::string take() { return reply_.take(); }
  // The last line.
  std::string finish();

 private:
  void write(const Route& route, bool is_first_of_prefix);

  ShowRoute command_;
  bgp::Family family_;
  LocalTime now_;
  Reply reply_;
  std::optional<bgp::Prefix> looked_at_;  // the last prefix that had a route to look at
  std::optional<bgp::Prefix> shown_;      // the last prefix of which a route was shown
  size_t networks_ = 0;
  size_t routes_ = 0;
  size_t routes_shown_ = 0;
};

// "BGP.as_path: 65001 { 65002 65003 }", ...: one line each, in BIRD's words, for `show route all`.
std::vector<std::string> attribute_lines(const Route& route);

}  // namespace ctl::bird
