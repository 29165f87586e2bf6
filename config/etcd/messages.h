// What is said to etcd's JSON gateway and what it answers, as text and values. Pure.
//
// The gateway writes 64-bit numbers as strings, keys and values in base64, and leaves out every field that is zero,
// false or empty. An answer that cannot be read is an error like one that etcd sends, with code kUnreadable.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "bgp/base/result.h"
#include "bgp/base/secret.h"
#include "config/store/store.h"

namespace config::etcd {

// Names the cluster and the moment: of every answer.
struct Header {
  std::string cluster_id;
  uint64_t revision = 0;
  bool operator==(const Header&) const = default;
};

// An error of the gateway. Told apart by gRPC's code, never by the HTTP status: a wrong password is a 400.
struct GatewayError {
  int code = 0;
  std::string message;
};
inline constexpr int kUnreadable = -1;       // no answer of etcd's at all
inline constexpr int kDeadlineExceeded = 4;  // gRPC's status codes
inline constexpr int kPermissionDenied = 7;
inline constexpr int kResourceExhausted = 8;
inline constexpr int kFailedPrecondition = 9;
inline constexpr int kOutOfRange = 11;       // a revision that is compacted
inline constexpr int kUnavailable = 14;
inline constexpr int kUnauthenticated = 16;

template <class T>
using Answer = bgp::Result<T, GatewayError>;

// [first, end) of keys; `end` empty: `first` alone; "\0": to the last key there is.
struct KeyRange {
  std::string first;
  std::string end;
  bool operator==(const KeyRange&) const = default;
};
KeyRange range_of_prefix(const std::string& prefix);
// The smallest one range that has all of `prefixes` (at least one).
KeyRange range_over(const std::vector<std::string>& prefixes);

// ---- /v3/kv/range -------------------------------------------------------------------------------------------------
struct RangeQuery {
  KeyRange range;
  uint64_t revision = 0;  // 0: the newest
  size_t limit = 0;       // keys; 0: all
};
struct RangeAnswer {
  Header header;
  std::vector<store::Entry> entries;  // by key; Entry::revision is etcd's mod_revision
  bool more = false;                  // the limit cut it
};
std::string range_request(const RangeQuery& query);
Answer<RangeAnswer> parse_range(std::string_view body);

// ---- /v3/kv/txn: config/etcd/transaction.h says what is asked -----------------------------------------------------
struct TxnAnswer {
  Header header;
  bool succeeded = false;
  std::vector<store::Entry> present;  // when not: what is stored under the keys that were compared
};
Answer<TxnAnswer> parse_txn(std::string_view body);

// ---- /v3/watch: one JSON object a line ----------------------------------------------------------------------------
struct WatchAnswer {
  Header header;  // cluster_id empty and revision 0 when etcd cancels
  bool created = false;
  bool canceled = false;
  uint64_t compact_revision = 0;  // canceled because what we asked for is compacted up to here
  std::string cancel_reason;
  std::vector<store::Change> events;
};
// Changes in `range` from revision `start` on, and a sign of life when there are none for long.
std::string watch_request(const KeyRange& range, uint64_t start);
Answer<WatchAnswer> parse_watch_line(std::string_view line);

// ---- /v3/auth/authenticate ----------------------------------------------------------------------------------------
std::string authenticate_request(const std::string& user, const bgp::Secret& password);
Answer<std::string> parse_token(std::string_view body);

// The body of an answer whose HTTP status is not 200.
GatewayError parse_error(unsigned http_status, std::string_view body);

}  // namespace config::etcd
