// Calico v2's keys and values <-> the resources that the rest of this program knows. Pure.
//
// Calico v2 kept a resource in one key (a peer, a pool, a block) or in several (a node, the global settings): its parts. A
// resource's entry is what config/model would have stored of the same v1 document; its revision is that of its youngest
// part. What v2 has and we make nothing of (workloads, custom filters, rr_v4) is neither read nor written.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/store/store.h"

namespace config::etcd::v2 {

inline constexpr std::string_view kHosts = "/calico/v1/host/";

// Everything of it lies under these.
std::vector<std::string> prefixes();
// The store key of the resource that the key of Calico v2 is a part of; nullopt: of none.
std::optional<std::string> resource_of(std::string_view key);
// Why the value cannot be used, nullopt if it can, or if the key is no part.
std::optional<std::string> find_fault(const store::Entry& part);

using Parts = std::map<std::string, std::vector<store::Entry>>;  // by resource
Parts group(const std::vector<store::Entry>& entries);
// The resource as a whole; nullopt where the parts are not enough to make one. A part that cannot be read is passed over;
// where there is no other, the entry has its value, so that whoever decodes it says what is wrong.
std::optional<store::Entry> join(const std::string& resource, const std::vector<store::Entry>& parts);
// The writes that bring `parts` to what `wanted` says; each expects what was seen. The error is for a person: what v2 has
// no place for.
bgp::Result<std::vector<store::Write>, std::string> split(const store::Write& wanted,
                                                          const std::vector<store::Entry>& parts);

// The key under which `wanted` will be seen: v2 knows a pool by its range and a peer by its address, and no other names.
std::string shown_as(const store::Write& wanted);

}  // namespace config::etcd::v2
