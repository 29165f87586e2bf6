// A commit of the seam as one etcd transaction: expected revisions become comparisons of mod_revision (0: the key does
// not exist). When one does not hold, etcd answers with what is stored under the compared keys. Pure.
#pragma once

#include <string>
#include <vector>

#include "config/etcd/messages.h"
#include "config/store/store.h"

namespace config::etcd {

// The body for /v3/kv/txn. etcd takes a key once: of two writes to one the later counts.
std::string txn_request(const std::vector<store::Write>& writes);

// Would a repeat do no harm? Every write says what it expects, so the second time cannot overwrite anybody.
bool is_repeatable(const std::vector<store::Write>& writes);
// Is everything stored as the writes want it? Of a repeat that was refused: then the first one had happened.
bool has_happened(const std::vector<store::Write>& writes, const std::vector<store::Entry>& present);
// The Conflict of the first write whose expectation does not hold.
store::StoreError conflict_among(const std::vector<store::Write>& writes, const std::vector<store::Entry>& present);

}  // namespace config::etcd
