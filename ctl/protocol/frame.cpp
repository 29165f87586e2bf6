#include "ctl/protocol/frame.h"

#include "ctl/protocol/json_internal.h"

namespace ctl::protocol {
namespace {

Json to_object(const Error& error) {
  Json out = {{"code", static_cast<int>(error.code)}, {"message", inert(error.message)}};
  if (!error.key.empty() || error.holder_pid != 0)
    out["data"] = {{"key", inert(error.key)}, {"holderPid", error.holder_pid}};
  return out;
}

Error read_error(const Json& json) {
  Error error{
      .code = static_cast<ErrorCode>(int_at(json, "code")), .message = text_at(json, "message"), .key = {}};
  if (json.contains("data")) {
    error.key = text_at(json.at("data"), "key");
    error.holder_pid = int_at(json.at("data"), "holderPid");
  }
  return error;
}

bgp::Err<BadRequest> bad(ErrorCode code, std::string id, std::string message) {
  return bgp::Err(BadRequest{std::move(id), Error{.code = code, .message = std::move(message), .key = {}}});
}

}  // namespace

std::string to_line(const Request& request) {
  return R"({"jsonrpc":"2.0","id":)" + request.id + R"(,"method":)" + dump(request.method) + R"(,"params":)" +
         request.params + "}";
}

std::string to_line(const Response& response) {
  std::string head = R"({"jsonrpc":"2.0","id":)" + response.id;
  if (response.result.ok()) return head + R"(,"result":)" + response.result.value() + "}";
  return head + R"(,"error":)" + dump(to_object(response.result.error())) + "}";
}

std::string to_line(const Notice& notice) {
  return R"({"jsonrpc":"2.0","method":)" + dump(notice.method) + R"(,"params":)" + notice.params + "}";
}

bgp::Result<Request, BadRequest> parse_request(std::string_view line) {
  Json json = Json::parse(line, nullptr, false);
  if (json.is_discarded()) return bad(ErrorCode::ParseError, "null", "the request is no JSON");
  if (!json.is_object())
    return bad(ErrorCode::InvalidRequest, "null", "the request is no JSON object (batches are not served)");
  Request request{.id = "null", .method = {}, .params = "{}"};
  if (auto id = json.find("id"); id != json.end()) {
    if (!id->is_number_integer() && !id->is_string() && !id->is_null())
      return bad(ErrorCode::InvalidRequest, "null", "id is neither a whole number nor text");
    request.id = dump(*id);
  }
  auto method = json.find("method");
  if (json.value("jsonrpc", Json()) != "2.0" || method == json.end() || !method->is_string())
    return bad(ErrorCode::InvalidRequest, request.id,
               "no JSON-RPC 2.0 request: jsonrpc \"2.0\" and a method are needed");
  request.method = method->get<std::string>();
  if (auto params = json.find("params"); params != json.end()) {
    if (!params->is_object()) return bad(ErrorCode::InvalidParams, request.id, "params is no object");
    request.params = dump(*params);
  }
  return request;
}

bgp::Result<std::variant<Response, Notice>, Error> parse_incoming(std::string_view line) {
  using Incoming = std::variant<Response, Notice>;
  return read_json(line, ErrorCode::Internal, [](const Json& json) -> Incoming {
    if (json.contains("method")) return Notice{json.at("method").get<std::string>(), dump(json.at("params"))};
    std::string id = dump(json.at("id"));
    if (json.contains("error")) return Response{std::move(id), bgp::Err(read_error(json.at("error")))};
    return Response{std::move(id), dump(json.at("result"))};
  });
}

std::string address_params(std::string_view address) { return dump({{"address", inert(address)}}); }

bgp::Result<std::string, Error> parse_address_params(std::string_view json) {
  return read_json(json, ErrorCode::InvalidParams, [](const Json& object) { return text_at(object, "address"); });
}

std::string to_json(const VersionInfo& version) {
  return dump({{"version", version.version}, {"buildDate", version.build_date}, {"gitCommit", version.git_commit}});
}

bgp::Result<VersionInfo, Error> parse_version(std::string_view json) {
  return read_json(json, ErrorCode::Internal, [](const Json& object) {
    return VersionInfo{text_at(object, "version"), text_at(object, "buildDate"), text_at(object, "gitCommit")};
  });
}

}  // namespace ctl::protocol
