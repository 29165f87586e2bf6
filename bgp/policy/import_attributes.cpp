#include "bgp/policy/import_attributes.h"

#include "bgp/policy/only_to_customer.h"

namespace bgp::policy {

using wire::AttributeCode;
namespace flag = wire::flag;

std::optional<Bytes> import_attributes(ByteView canonical, bool graceful_shutdown, const ImportSource& source) {
  bool lowers = graceful_shutdown && source.is_ebgp;
  bool marks = source.role && is_marked_on_import(*source.role) && !only_to_customer(canonical);
  if (!lowers && !marks) return std::nullopt;
  wire::AttributeEditor edit(canonical);
  if (lowers) edit.set(AttributeCode::LocalPref, flag::kTransitive, wire::be32(0));
  if (marks) edit.set(AttributeCode::OnlyToCustomer, flag::kOptional | flag::kTransitive, wire::be32(source.peer_as.value));
  return edit.finish();
}

}  // namespace bgp::policy
