// A datagram from the kernel: dumps, monitor messages, acks. A route that we read can be written and reads the same.
#include <algorithm>

#include "fib/netlink/link_codec.h"
#include "fib/netlink/message.h"
#include "fib/netlink/route_codec.h"
#include "harness/harness.h"

namespace fuzz {
namespace {

using namespace fib;

void check_route(const KernelRoute& route) {
  BGP_ASSERT(std::is_sorted(route.legs.begin(), route.legs.end()));
  if (route.type == KernelRoute::Type::Other) return;
  Bytes request;
  netlink::encode_route_op({RouteOp::Kind::Replace, 7, route}, true, request);
  BGP_ASSERT(request.size() % 4 == 0);
  netlink::MessageReader reader(request);
  std::optional<netlink::MessageView> message = reader.next();
  BGP_ASSERT(message.has_value());
  BGP_ASSERT(!reader.next().has_value());
  std::optional<RouteEvent> again = netlink::decode_route(*message);
  BGP_ASSERT(again.has_value() && again->route.prefix == route.prefix && again->route.protocol == route.protocol);
}

}  // namespace

void one(ByteView input) {
  netlink::MessageReader reader(input);
  while (std::optional<netlink::MessageView> message = reader.next()) {
    (void)message->is_done();
    (void)message->is_interrupted();
    if (std::optional<netlink::Ack> ack = netlink::decode_ack(*message)) BGP_ASSERT(ack->sequence == ack->sequence);
    std::optional<KernelEvent> event = netlink::decode_event(*message);
    if (!event) continue;
    if (const RouteEvent* route = std::get_if<RouteEvent>(&*event)) check_route(route->route);
  }
}

}  // namespace fuzz
