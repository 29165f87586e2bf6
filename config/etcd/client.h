// Calls to etcd: tries the endpoints in turn, logs in and logs in again, and repeats what may be repeated.
//
// One thread at a time; cancel() from any. Reads are linearizable. A write is sent once: what comes of a write whose
// answer is lost is unknown, and only the caller knows whether a repeat does harm (config/etcd/etcd_store.h).
#pragma once

#include <vector>

#include "bgp/base/time.h"
#include "config/etcd/connection.h"
#include "config/etcd/replica.h"

namespace config::etcd {

class Client {
 public:
  // `patience`: for one endpoint's answer.
  Client(Settings settings, bgp::Duration patience) : settings_(std::move(settings)), patience_(patience) {}

  // Every key of the ranges, all at one revision.
  bgp::Result<Snapshot, Failure> list(const std::vector<KeyRange>& ranges);
  bgp::Result<RangeAnswer, Failure> range(const RangeQuery& query);
  bgp::Result<TxnAnswer, Failure> transact(const std::string& request);

  // For a watch: where to open it, and as whom (empty: without a token).
  const Endpoint& endpoint() const { return settings_.endpoints[current_]; }
  const Settings& settings() const { return settings_; }
  bgp::Result<std::string, Failure> token();
  void forget_token() { token_.clear(); }
  // The next endpoint's turn.
  void rotate();

  void cancel() { connection_.cancel(); }

 private:
  enum class Effect : uint8_t { Reads, Writes };
  bgp::Result<std::string, Failure> call(const std::string& target, const std::string& body, Effect effect);
  // The present endpoint alone.
  bgp::Result<std::string, Failure> call_once(const std::string& target, const std::string& body);
  bgp::Result<HttpAnswer, Failure> post(const HttpRequest& request);
  Failure to_failure(const GatewayError& error) const;
  bgp::Result<std::vector<store::Entry>, Failure> pages(const KeyRange& range, Header& at);

  Settings settings_;
  bgp::Duration patience_;
  Connection connection_;
  size_t current_ = 0;
  std::string token_;
};

}  // namespace config::etcd
