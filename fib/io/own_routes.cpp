#include "fib/io/own_routes.h"

#include "fib/io/kernel_reader.h"
#include "fib/io/netlink_socket.h"
#include "fib/table/fib_table.h"

namespace fib::io {

bgp::Result<bgp::FamilySet, KernelError> find_own_routes(const KernelOptions& options) {
  constexpr int kBufferBytes = 512 * 1024;
  bgp::Result<NetlinkSocket, KernelError> socket = NetlinkSocket::open(kBufferBytes);
  if (!socket) return bgp::Err(socket.error());
  table::Ownership ours{options.protocol, options.table, options.metric};
  KernelReader reader(*socket);
  reader.begin();
  bgp::FamilySet found;
  auto take = [&](const KernelEvent& fact) {
    const auto* event = std::get_if<RouteEvent>(&fact);
    if (event && ours.owns(event->route)) found.add(event->route.prefix.family());
  };
  while (found != bgp::FamilySet::both() && reader.read_slice(take) == KernelReader::Progress::More) {
  }
  return found;
}

}  // namespace fib::io
