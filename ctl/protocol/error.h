// What a call over the control socket may fail with: a number for programs, a line for people.
#pragma once

#include <string>

#include "config/store/store.h"

namespace ctl::protocol {

// Below -32000: as JSON-RPC 2.0 defines them. Above 0: ours.
enum class ErrorCode : int {
  ParseError = -32700,      // the line is no JSON
  InvalidRequest = -32600,  // JSON, but no request
  MethodNotFound = -32601,
  InvalidParams = -32602,
  Internal = -32603,
  NotFound = 1,  // no such peer, ...
  Conflict = 2,  // these six: config::store::StoreError::Kind
  Busy = 3,
  Corrupt = 4,
  ReadOnly = 5,
  Unreachable = 6,
  NotPermitted = 7,
  Timeout = 8,   // no answer within limits::kControlDeadline
  TooLarge = 9,  // a line or an answer above its limit
  TooManyClients = 10,
};

struct Error {
  ErrorCode code = ErrorCode::Internal;
  std::string message;  // one line: what, where, what to do
  std::string key;      // Conflict: of the write whose expectation did not hold
  int holder_pid = 0;   // Busy: who holds the store, 0 if unknown
  bool operator==(const Error&) const = default;
};

// Both ways without loss, except that codes of the transport (Timeout, TooLarge, ...) become Unreachable.
Error from_store_error(const config::store::StoreError& error);
config::store::StoreError to_store_error(const Error& error);

}  // namespace ctl::protocol
