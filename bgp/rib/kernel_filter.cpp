// What of the selected routes goes into the FIB: some prefixes are for others to program.
#include <utility>

#include "bgp/rib/rib.h"

namespace bgp::rib {

bool Rib::is_for_kernel(const Prefix& prefix) const {
  return !kernel_filter_ || kernel_filter_->evaluate(prefix) == policy::Verdict::Accept;
}

void Rib::set_kernel_filter(policy::FilterPtr filter) {
  if (policy::same(filter, kernel_filter_)) return;
  policy::FilterPtr before = std::exchange(kernel_filter_, std::move(filter));
  for (Family family : kFamilies) {
    const PrefixTable& prefixes = tables_[family].prefixes;
    for (DestinationId id = 0; id < prefixes.id_end(); ++id) {
      if (!prefixes.has(id, RowFlag::HasBest) || prefixes.has(id, RowFlag::BestTouched)) continue;
      const Prefix prefix = prefixes.prefix(id);
      bool was_for_kernel = !before || before->evaluate(prefix) == policy::Verdict::Accept;
      if (was_for_kernel == is_for_kernel(prefix)) continue;
      Decided decided = choose(family, id, candidates_);
      emit(family, id, std::span(candidates_).first(decided.selection.multipath));
    }
  }
}

}  // namespace bgp::rib
