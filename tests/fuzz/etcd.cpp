// etcd's answers: one text as each kind of answer, then its lines as what a watch says to a replica that knows one etcd.
#include "config/etcd/base64.h"
#include "config/etcd/failure.h"
#include "config/etcd/replica.h"
#include "config/etcd/transaction.h"
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

}  // namespace

void one(ByteView input) {
  std::string_view text = text_of(input);
  check_answers(text);
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
