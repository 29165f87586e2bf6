#include "config/etcd/client.h"

#include <algorithm>

#include "bgp/base/limits.h"

namespace config::etcd {
namespace {

Deadline in(bgp::Duration patience) {
  return std::chrono::steady_clock::now() + std::chrono::duration_cast<std::chrono::steady_clock::duration>(patience);
}

// An answer as a value, an unreadable one as a failure of this endpoint.
template <class T>
bgp::Result<T, Failure> readable(Answer<T> answer, const Endpoint& endpoint, bool maybe_done) {
  if (answer) return std::move(*answer);
  return bgp::Err(Failure{"etcd " + endpoint.to_string() + ": " + answer.error().message, answer.error().code, maybe_done});
}

}  // namespace

void Client::rotate() {
  connection_.close();
  current_ = (current_ + 1) % settings_.endpoints.size();
}

Failure Client::to_failure(const GatewayError& error) const {
  return {"etcd " + endpoint().to_string() + ": " + error.message, error.code, leaves_doubt(error)};
}

bgp::Result<HttpAnswer, Failure> Client::post(const HttpRequest& request) {
  if (!connection_.is_open()) {
    auto opened = connection_.open(endpoint(), settings_, in(std::min(patience_, bgp::limits::kEtcdConnectWait)));
    if (!opened) return bgp::Err(opened.error());
  }
  return connection_.post(request, in(patience_));
}

bgp::Result<std::string, Failure> Client::token() {
  if (settings_.user.empty() || !token_.empty()) return token_;
  auto answer = post({"/v3/auth/authenticate", "", authenticate_request(settings_.user, settings_.password)});
  if (!answer) {
    Failure failure = answer.error();
    failure.maybe_done = false;  // logging in changes nothing
    return bgp::Err(failure);
  }
  if (answer->status != 200) {
    const GatewayError error = parse_error(answer->status, answer->body);
    if (error.message.find("authentication is not enabled") != std::string::npos) return std::string();
    Failure failure = to_failure(error);
    failure.maybe_done = false;
    return bgp::Err(failure);
  }
  auto token = readable(parse_token(answer->body), endpoint(), false);
  if (token) token_ = *token;
  return token;
}

bgp::Result<std::string, Failure> Client::call_once(const std::string& target, const std::string& body) {
  for (bool is_second = false;; is_second = true) {
    auto as = token();
    if (!as) return as;
    auto answer = post({target, *as, body});
    if (!answer) return bgp::Err(answer.error());
    if (answer->status == 200) return std::move(answer->body);
    const GatewayError error = parse_error(answer->status, answer->body);
    if (settings_.user.empty() || is_second || !is_stale_token(error)) return bgp::Err(to_failure(error));
    forget_token();
  }
}

bgp::Result<std::string, Failure> Client::call(const std::string& target, const std::string& body, Effect effect) {
  // A connection that stood idle may be dead: harmless to a read, doubt about a write.
  if (effect == Effect::Writes) connection_.close();
  for (size_t tried = 1;; ++tried) {
    auto answer = call_once(target, body);
    if (answer) return answer;
    const Failure& failure = answer.error();
    const bool may_help = failure.code == kUnavailable || failure.code == kUnreadable || failure.code == kDeadlineExceeded;
    if (failure.is_too_large || !may_help) return answer;
    rotate();
    if (tried >= std::max<size_t>(2, settings_.endpoints.size())) return answer;
    if (effect == Effect::Writes && failure.maybe_done) return answer;
  }
}

bgp::Result<RangeAnswer, Failure> Client::range(const RangeQuery& query) {
  auto body = call("/v3/kv/range", range_request(query), Effect::Reads);
  if (body) return readable(parse_range(*body), endpoint(), false);
  Failure failure = body.error();
  failure.maybe_done = false;
  return bgp::Err(failure);
}

bgp::Result<TxnAnswer, Failure> Client::transact(const std::string& request) {
  auto body = call("/v3/kv/txn", request, Effect::Writes);
  if (!body) return bgp::Err(body.error());
  return readable(parse_txn(*body), endpoint(), true);
}

bgp::Result<std::vector<store::Entry>, Failure> Client::pages(const KeyRange& range, Header& at) {
  std::vector<store::Entry> entries;
  KeyRange rest = range;
  for (size_t limit = bgp::limits::kEtcdKeysPerPage;;) {
    auto page = this->range({rest, at.revision, limit});
    if (!page && page.error().is_too_large && limit > 1) {
      limit = std::max<size_t>(limit / 10, 1);
      continue;
    }
    if (!page) return bgp::Err(page.error());
    if (at.revision == 0) at = page->header;
    for (store::Entry& entry : page->entries) entries.push_back(std::move(entry));
    if (!page->more || page->entries.empty() || range.end.empty()) return entries;
    rest.first = entries.back().key + '\0';
  }
}

bgp::Result<Snapshot, Failure> Client::list(const std::vector<KeyRange>& ranges) {
  Snapshot snapshot;
  for (const KeyRange& range : ranges) {
    auto entries = pages(range, snapshot.header);
    if (!entries) return bgp::Err(entries.error());
    for (store::Entry& entry : *entries) snapshot.entries.push_back(std::move(entry));
  }
  return snapshot;
}

}  // namespace config::etcd
