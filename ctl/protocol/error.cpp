#include "ctl/protocol/error.h"

namespace ctl::protocol {

using config::store::StoreError;

Error from_store_error(const StoreError& error) {
  auto code = [&] {
    switch (error.kind) {
      case StoreError::Kind::Conflict: return ErrorCode::Conflict;
      case StoreError::Kind::Busy: return ErrorCode::Busy;
      case StoreError::Kind::Corrupt: return ErrorCode::Corrupt;
      case StoreError::Kind::ReadOnly: return ErrorCode::ReadOnly;
      case StoreError::Kind::Unreachable: return ErrorCode::Unreachable;
      case StoreError::Kind::NotPermitted: return ErrorCode::NotPermitted;
      case StoreError::Kind::Unknown: return ErrorCode::Internal;
    }
    return ErrorCode::Internal;
  };
  return {.code = code(), .message = error.reason, .key = error.key, .holder_pid = error.holder_pid};
}

StoreError to_store_error(const Error& error) {
  auto kind = [&] {
    switch (error.code) {
      case ErrorCode::Conflict: return StoreError::Kind::Conflict;
      case ErrorCode::Busy: return StoreError::Kind::Busy;
      case ErrorCode::Corrupt: return StoreError::Kind::Corrupt;
      case ErrorCode::ReadOnly: return StoreError::Kind::ReadOnly;
      case ErrorCode::NotPermitted: return StoreError::Kind::NotPermitted;
      case ErrorCode::Unreachable:
      case ErrorCode::Timeout:
      case ErrorCode::TooLarge:
      case ErrorCode::TooManyClients: return StoreError::Kind::Unreachable;
      case ErrorCode::ParseError:
      case ErrorCode::InvalidRequest:
      case ErrorCode::MethodNotFound:
      case ErrorCode::InvalidParams:
      case ErrorCode::Internal:
      case ErrorCode::NotFound: return StoreError::Kind::Unknown;
    }
    return StoreError::Kind::Unknown;
  };
  return {.kind = kind(), .reason = error.message, .key = error.key, .holder_pid = error.holder_pid};
}

}  // namespace ctl::protocol
