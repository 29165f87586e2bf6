#include "config/desired/export_filter.h"

#include <memory>
#include <utility>

namespace config::desired {
namespace {

using bgp::policy::Filter;
using bgp::policy::PrefixRange;
using bgp::policy::Rule;
using bgp::policy::Verdict;

PrefixRange itself(const bgp::Prefix& prefix) { return {prefix, prefix.length(), prefix.length()}; }

PrefixRange strictly_inside(const bgp::Prefix& prefix) {
  return {prefix, static_cast<uint8_t>(prefix.length() + 1), prefix.address().bits()};
}

PrefixRange all_of(const bgp::Prefix& prefix) { return {prefix, prefix.length(), prefix.address().bits()}; }

// A rule without ranges would match every prefix.
void add(Filter& filter, std::vector<PrefixRange> any_of, Verdict verdict) {
  if (!any_of.empty()) filter.rules.push_back({std::move(any_of), verdict});
}

}  // namespace

bgp::policy::FilterPtr export_filter(const std::vector<bgp::Prefix>& own_blocks,
                                     const std::vector<model::IpPool>& pools) {
  std::vector<PrefixRange> hidden;
  std::vector<PrefixRange> open;
  for (const model::IpPool& pool : pools) (pool.disable_bgp_export ? hidden : open).push_back(all_of(pool.cidr));
  std::vector<PrefixRange> blocks;
  std::vector<PrefixRange> in_blocks;
  for (const bgp::Prefix& block : own_blocks) {
    blocks.push_back(itself(block));
    if (!block.is_host()) in_blocks.push_back(strictly_inside(block));
  }
  auto filter = std::make_shared<Filter>();
  add(*filter, std::move(hidden), Verdict::Reject);
  add(*filter, std::move(blocks), Verdict::Accept);
  add(*filter, std::move(in_blocks), Verdict::Reject);
  add(*filter, std::move(open), Verdict::Accept);
  return filter;
}

}  // namespace config::desired
