// One HTTP connection to one etcd member, over TCP or TLS: Boost.Beast and OpenSSL stay behind this header.
//
// Blocking calls, each with a deadline, by one thread; cancel() may come from any other. The files of TLS are read anew
// for every connection, so certificates may be replaced on disk at any time. A host that is a name is looked up by the
// system's resolver, which does not know our deadline.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>

#include "bgp/base/result.h"
#include "config/etcd/failure.h"
#include "config/etcd/settings.h"

namespace config::etcd {

using Deadline = std::chrono::steady_clock::time_point;

struct HttpRequest {
  std::string target;  // "/v3/kv/range"
  std::string token;   // of authenticate; empty: none
  std::string body;
};

struct HttpAnswer {
  unsigned status = 0;
  std::string body;
};

class Connection {
 public:
  Connection();
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  // Closes what was open before.
  bgp::Status<Failure> open(const Endpoint& endpoint, const Settings& settings, Deadline deadline);
  bool is_open() const;
  void close();

  // Requires is_open(). A failure closes the connection.
  bgp::Result<HttpAnswer, Failure> post(const HttpRequest& request, Deadline deadline);

  // The same for an answer without end, read line by line. nullopt: no line yet; ask again.
  bgp::Status<Failure> start(const HttpRequest& request, Deadline deadline);
  bgp::Result<std::optional<std::string>, Failure> next_line(Deadline deadline);

  // Thread-safe. Every call, the present one too, fails from now on.
  void cancel();

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace config::etcd
