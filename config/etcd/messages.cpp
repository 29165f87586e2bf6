#include "config/etcd/messages.h"

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "bgp/base/escape.h"
#include "config/etcd/base64.h"
#include "config/store/keys.h"

namespace config::etcd {
namespace {

using Json = nlohmann::json;

// ---- reading: an absent field is zero; one of another type throws, and ends in `read` -------------------------------
uint64_t number_at(const Json& object, const char* key) {
  const auto found = object.find(key);
  if (found == object.end()) return 0;
  if (found->is_number_unsigned()) return found->get<uint64_t>();
  const auto& text = found->get_ref<const std::string&>();
  uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) throw std::invalid_argument("no number");
  return value;
}

std::string text_at(const Json& object, const char* key) { return object.value(key, std::string()); }
bool flag_at(const Json& object, const char* key) { return object.value(key, false); }

std::string bytes_at(const Json& object, const char* key) {
  auto bytes = from_base64(text_at(object, key));
  if (!bytes) throw std::invalid_argument("no base64");
  return std::move(*bytes);
}

Header header_of(const Json& answer) {
  const auto header = answer.find("header");
  if (header == answer.end()) return {};
  if (!header->is_object()) throw std::invalid_argument("no header");
  const uint64_t id = number_at(*header, "cluster_id");
  return {id == 0 ? "" : std::to_string(id), number_at(*header, "revision")};
}

std::vector<store::Entry> entries_of(const Json& answer) {
  std::vector<store::Entry> entries;
  for (const Json& kv : answer.value("kvs", Json::array())) {
    entries.push_back({bytes_at(kv, "key"), bytes_at(kv, "value"), number_at(kv, "mod_revision")});
  }
  return entries;
}

// {"error": "text", "code": 14} of one answer, or {"error": {"grpc_code": 14, "message": "text"}} in a stream.
GatewayError error_of(const Json& answer) {
  const Json& error = answer.at("error");
  if (!error.is_object()) return {answer.value("code", kUnreadable), bgp::printable(error.get<std::string>())};
  return {error.value("grpc_code", kUnreadable), bgp::printable(text_at(error, "message"))};
}

// nlohmann reports by exception; it ends here.
template <class T, class Take>
Answer<T> read(std::string_view text, Take take) {
  try {
    const Json answer = Json::parse(text);
    if (!answer.is_object()) throw std::invalid_argument("no object");
    if (answer.contains("error")) return bgp::Err(error_of(answer));
    return take(answer);
  } catch (const std::exception&) {
    return bgp::Err(GatewayError{kUnreadable, "not an answer of etcd's: " + bgp::printable(text, 80)});
  }
}

void put_range(Json& request, const KeyRange& range) {
  request["key"] = to_base64(range.first);
  if (!range.end.empty()) request["range_end"] = to_base64(range.end);
}

}  // namespace

KeyRange range_of_prefix(const std::string& prefix) {
  const std::string zero(1, '\0');
  if (prefix.empty()) return {zero, zero};
  const std::string end = store::prefix_end(prefix);
  return {prefix, end.empty() ? zero : end};
}

KeyRange range_over(const std::vector<std::string>& prefixes) {
  const std::string zero(1, '\0');
  KeyRange all = range_of_prefix(prefixes.front());
  for (const std::string& prefix : prefixes) {
    const KeyRange range = range_of_prefix(prefix);
    all.first = std::min(all.first, range.first);
    if (all.end != zero) all.end = range.end == zero ? zero : std::max(all.end, range.end);
  }
  return all;
}

std::string range_request(const RangeQuery& query) {
  Json request;
  put_range(request, query.range);
  if (query.revision != 0) request["revision"] = std::to_string(query.revision);
  if (query.limit != 0) request["limit"] = std::to_string(query.limit);
  return request.dump();
}

Answer<RangeAnswer> parse_range(std::string_view body) {
  return read<RangeAnswer>(body, [](const Json& answer) {
    return RangeAnswer{header_of(answer), entries_of(answer), flag_at(answer, "more")};
  });
}

Answer<TxnAnswer> parse_txn(std::string_view body) {
  return read<TxnAnswer>(body, [](const Json& answer) {
    TxnAnswer txn{header_of(answer), flag_at(answer, "succeeded"), {}};
    for (const Json& response : answer.value("responses", Json::array())) {
      if (!response.contains("response_range")) continue;
      for (store::Entry& entry : entries_of(response.at("response_range"))) txn.present.push_back(std::move(entry));
    }
    return txn;
  });
}

std::string watch_request(const KeyRange& range, uint64_t start) {
  Json create;
  put_range(create, range);
  create["start_revision"] = std::to_string(start);
  create["progress_notify"] = true;
  return Json{{"create_request", create}}.dump();
}

Answer<WatchAnswer> parse_watch_line(std::string_view line) {
  return read<WatchAnswer>(line, [](const Json& object) {
    const Json& result = object.at("result");
    WatchAnswer answer;
    answer.header = header_of(result);
    answer.created = flag_at(result, "created");
    answer.canceled = flag_at(result, "canceled");
    answer.compact_revision = number_at(result, "compact_revision");
    answer.cancel_reason = bgp::printable(text_at(result, "cancel_reason"));
    for (const Json& event : result.value("events", Json::array())) {
      const Json& kv = event.at("kv");
      const bool is_erased = event.value("type", std::string("PUT")) == "DELETE";
      answer.events.push_back({bytes_at(kv, "key"), std::nullopt, number_at(kv, "mod_revision")});
      if (!is_erased) answer.events.back().value = bytes_at(kv, "value");
    }
    return answer;
  });
}

std::string authenticate_request(const std::string& user, const bgp::Secret& password) {
  return Json{{"name", user}, {"password", password.reveal()}}.dump(-1, ' ', false, Json::error_handler_t::replace);
}

Answer<std::string> parse_token(std::string_view body) {
  auto token = read<std::string>(body, [](const Json& answer) { return text_at(answer, "token"); });
  // Whatever it says, it may hold the token: no part of it goes into a message.
  if (!token && token.error().code == kUnreadable)
    return bgp::Err(GatewayError{kUnreadable, "not an answer of etcd's to a log-in"});
  return token;
}

GatewayError parse_error(unsigned http_status, std::string_view body) {
  auto answer = read<bgp::Done>(body, [](const Json&) { return bgp::Done{}; });
  if (!answer && answer.error().code != kUnreadable) return answer.error();
  return {kUnreadable, "HTTP status " + std::to_string(http_status) + ", which is not etcd's way to answer"};
}

}  // namespace config::etcd
