#include "config/etcd/failure.h"

namespace config::etcd {
namespace {

bool has(const std::string& text, const char* words) { return text.find(words) != std::string::npos; }

}  // namespace

bool leaves_doubt(const GatewayError& error) {
  const bool is_refusal = error.code == 3 || error.code == 5 || error.code == kPermissionDenied ||
                          error.code == kResourceExhausted || error.code == kFailedPrecondition ||
                          error.code == kOutOfRange || error.code == kUnauthenticated;
  return !is_refusal && !has(error.message, "no leader");  // asked for by the header hasleader, and checked first
}

bool is_stale_token(const GatewayError& error) {
  return error.code == kUnauthenticated || has(error.message, "invalid auth token") ||
         has(error.message, "revision of auth store is old") || has(error.message, "revision in header is old");
}

store::StoreError to_store_error(const Failure& failure) {
  using Kind = store::StoreError::Kind;
  store::StoreError error{.kind = Kind::Unreachable, .reason = failure.reason, .key = {}};
  if (failure.maybe_done) {
    error.kind = Kind::Unknown;
    error.reason += "; whether the change was made is unknown: look with get, then repeat it";
  } else if (failure.code == kPermissionDenied || failure.code == kUnauthenticated || has(failure.reason, "authentication failed")) {
    error.kind = Kind::NotPermitted;
  } else if (has(failure.reason, "database space exceeded")) {
    error.kind = Kind::ReadOnly;
    error.reason += "; compact and defragment etcd, then disarm its alarm";
  }
  return error;
}

}  // namespace config::etcd
