// A command line of BIRD's control socket, and a route's attributes as they are shown there: every line of a reply begins
// with a code or a blank, and ends where we end it.
#include "ctl/bird/command.h"
#include "ctl/bird/route_list.h"
#include "ctl/bird/show.h"
#include "harness/update.h"

namespace fuzz {
namespace {

using namespace ctl::bird;

// But for the tabs that BIRD itself indents with.
void check_lines(const std::string& reply) {
  for (size_t at = 0, end = 0; at <= reply.size(); at = end + 1) {
    end = std::min(reply.find('\n', at), reply.size());
    std::string line = reply.substr(at, end - at);
    BGP_ASSERT(line.size() > 0 && (line[0] == ' ' || (line.size() > 4 && (line[4] == ' ' || line[4] == '-'))));
    std::erase(line, '\t');
    BGP_ASSERT(is_inert(line));
  }
}

View view_of(std::string_view hostile) {
  View view;
  Protocol p;
  p.name = "Mesh_10_0_0_2";
  p.state = "start";
  p.bgp = Bgp{"Active", std::string(hostile), "10.0.0.2", 1, false, {}};
  view.protocols.push_back(p);
  return view;
}

void command(std::string_view line) {
  View view = view_of(line);
  for (bgp::Family family : {bgp::Family::IPv4, bgp::Family::IPv6}) {
    Command command = parse_command(line, family);
    if (const auto* message = std::get_if<Message>(&command)) check_lines(show(*message));
    if (const auto* protocols = std::get_if<ShowProtocols>(&command)) check_lines(show(*protocols, view));
    if (const auto* symbols = std::get_if<ShowSymbols>(&command)) check_lines(show(*symbols, view));
    if (const auto* route = std::get_if<ShowRoute>(&command)) BGP_ASSERT(!route->net || route->net->family() == family);
  }
  check_lines(show(ShowProtocols{.all = true}, view));
  size_t half = line.size() / 2;
  (void)matches_pattern(line.substr(0, half), line.substr(half));
}

void attributes(ByteView body) {
  if (body.empty()) return;
  bgp::wire::DecodedUpdate update;
  if (!decode_update(body.subspan(1), context_of(body[0]), update) || update.treat_as_withdraw) return;
  Route route;
  route.is_bgp = true;
  route.attributes.assign(update.attributes.begin(), update.attributes.end());
  RouteList list({.all = true}, bgp::Family::IPv4, {});
  if (!bgp::wire::find_attribute(route.attributes, bgp::wire::AttributeCode::Origin)) return;
  list.add(route);
  check_lines(list.take());
}

}  // namespace

void one(ByteView input) {
  command(text_of(input));
  attributes(input);
}

}  // namespace fuzz
