// ROUTE-REFRESH and NOTIFICATION.
//
//   | 0 = ROUTE-REFRESH, else NOTIFICATION | body ...
#include "bgp/base/escape.h"
#include "bgp/wire/message.h"
#include "harness/harness.h"

namespace fuzz {
namespace {

using namespace bgp::wire;

void route_refresh(ByteView body) {
  bgp::Result<RouteRefresh, Notification> refresh = decode_route_refresh(body);
  if (!refresh) return;
  Bytes again = encode(*refresh);
  BGP_ASSERT(std::equal(body.begin(), body.end(), again.begin() + 19, again.end()));
}

void notification(ByteView body) {
  Notification read = decode_notification(body);
  BGP_ASSERT(is_inert(notification_text(read)));
  BGP_ASSERT(is_inert(bgp::printable(shutdown_communication(read))));
  BGP_ASSERT(is_inert(bgp::quote_if_needed(shutdown_communication(read))));
  if (body.size() < 2 || body.size() > 4096 - 19) return;
  Bytes again = encode(read);
  BGP_ASSERT(decode_notification(ByteView(again).subspan(19)) == read);
}

}  // namespace

void one(ByteView input) {
  if (input.empty()) return;
  if (input[0] == 0) route_refresh(input.subspan(1));
  else notification(input.subspan(1));
}

}  // namespace fuzz
