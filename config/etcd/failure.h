// Why a call to etcd brought nothing.
#pragma once

#include <string>

#include "config/etcd/messages.h"
#include "config/store/store.h"

namespace config::etcd {

struct Failure {
  std::string reason;         // one line for a person, with the endpoint
  int code = kUnavailable;    // gRPC's
  bool maybe_done = false;    // the request may have had its effect all the same
  bool is_too_large = false;  // the answer passed limits::kEtcdAnswerBytesMax
};

// May a request that etcd answered like this have had its effect? Only a refusal says no for certain.
bool leaves_doubt(const GatewayError& error);
// Do we have to log in again? Also after somebody changed users or rights: the token is of an older generation then.
bool is_stale_token(const GatewayError& error);
store::StoreError to_store_error(const Failure& failure);

}  // namespace config::etcd
