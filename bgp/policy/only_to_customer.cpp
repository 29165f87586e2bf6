#include "bgp/policy/only_to_customer.h"

namespace bgp::policy {

using wire::Role;

std::optional<Asn> only_to_customer(ByteView canonical) {
  std::optional<ByteView> value = wire::find_attribute(canonical, wire::AttributeCode::OnlyToCustomer);
  if (!value) return std::nullopt;
  return Asn{ByteReader(*value).u32()};
}

bool is_route_leak(Role ours, Asn peer_as, std::optional<Asn> received) {
  if (!received) return false;
  if (ours == Role::Provider || ours == Role::RouteServer) return true;
  return ours == Role::Peer && *received != peer_as;
}

bool is_marked_on_import(Role ours) {
  return ours == Role::Customer || ours == Role::Peer || ours == Role::RouteServerClient;
}

// To providers, peers and route servers: the same three roles of ours.
bool may_export(Role ours, std::optional<Asn> marked) { return !marked || !is_marked_on_import(ours); }

bool is_marked_on_export(Role ours) {
  return ours == Role::Provider || ours == Role::Peer || ours == Role::RouteServer;
}

}  // namespace bgp::policy
