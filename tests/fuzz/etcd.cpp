// etcd's answers: one text as each kind of answer, then its lines as what a watch says to a replica that knows one etcd;
// and as a value of Calico v2's layout.
#include "config/etcd/base64.h"
#include "config/etcd/failure.h"
#include "config/etcd/replica.h"
#include "config/etcd/transaction.h"
#include "config/etcd/v2_layout.h"
#include "harness/harness.h"

namespace fuzz {
namespace {

using namespace config::etcd;

constexpr size_t kLinesMax = 200;
const std::string kPeer = "/calico/resources/v3/projectcalico.org/bgppeers/p";
const std::string kPeerValue =
    R"({"kind":"BGPPeer","apiVersion":"projectcalico.org/v3","metadata":{"name":"p"},"spec":{"peerIP":"10.0.0.1","asNumber":1}})";

template <class T>
void check_error(const Answer<T>& answer) {
  if (answer) return;
  BGP_ASSERT(is_inert(answer.error().message));
  (void)leaves_doubt(answer.error());
  (void)is_stale_token(answer.error());
}

void check_answers(std::string_view text) {
  auto range = parse_range(text);
  check_error(range);
  auto txn = parse_txn(text);
  check_error(txn);
  if (txn) (void)has_happened({{kPeer, kPeerValue, 1}}, txn->present);
  check_error(parse_token(text));
  BGP_ASSERT(is_inert(parse_error(500, text).message));
  BGP_ASSERT(from_base64(to_base64(text)) == std::string(text));
  if (auto bytes = from_base64(text)) BGP_ASSERT(to_base64(*bytes) == text);
}

// What the replica holds is readable, whatever came; a watcher hears of nothing that the replica does not hold.
void check_verdict(const Replica& replica, const Replica::Verdict& verdict) {
  BGP_ASSERT(!verdict.refusal || (verdict.rows.empty() && is_inert(*verdict.refusal)));
  BGP_ASSERT(verdict.changes.size() <= verdict.rows.size());
  for (const Skipped& skipped : verdict.skipped) BGP_ASSERT(is_inert(skipped.reason));
  for (const auto& [key, entry] : replica.entries()) BGP_ASSERT(!find_fault(entry));
}

// As the value of a key of Calico v2, and as what follows its beginning. What has no fault is a resource that is written as it
// was read; what has one says so.
void check_v2(std::string_view text) {
  const std::string value(text);
  for (const char* key : {"/calico/bgp/v1/global/peer_v4/10.0.0.1", "/calico/bgp/v1/host/n/peer_v6/fd00::1",
                          "/calico/v1/ipam/v4/pool/10.0.0.0-8", "/calico/bgp/v1/host/n/ip_addr_v4", "/calico/bgp/v1/global/as_num",
                          "/calico/bgp/v1/global/node_mesh", "/calico/bgp/v1/host/n/loglevel"}) {
    const config::store::Entry part{key, value, 1};
    const auto fault = v2::find_fault(part);
    BGP_ASSERT(!fault || is_inert(*fault));
    const auto resource = v2::join(*v2::resource_of(key), {part});
    if (fault || !resource) continue;
    auto writes = v2::split({resource->key, resource->value, std::nullopt}, {part});
    BGP_ASSERT(writes.ok());
  }
  for (const char* start : {"/calico/bgp/v1/", "/calico/v1/", "/calico/ipam/v2/host/"}) (void)v2::resource_of(start + value);
}

}  // namespace

void one(ByteView input) {
  std::string_view text = text_of(input);
  check_answers(text);
  check_v2(text);
  Replica replica({"/calico/"});
  replica.restore({{kPeer, kPeerValue, 3}, {std::string(kClusterInformationKey), make_cluster_information("g"), 1}},
                  {"1", "g", true}, 3);
  for (size_t i = 0; i < kLinesMax && !text.empty(); ++i) {
    const std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(text.size(), line.size() + 1));
    auto answer = parse_watch_line(line);
    check_error(answer);
    if (answer) check_verdict(replica, replica.take(*answer));
    if (auto range = parse_range(line)) check_verdict(replica, replica.take(Snapshot{range->header, range->entries}));
  }
}

}  // namespace fuzz
