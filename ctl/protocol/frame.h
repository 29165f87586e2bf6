// The lines of the control socket: JSON-RPC 2.0, one JSON object per line.
//
// Who calls: ctl/server reads requests and writes responses and notifications; ctl/client the other way round.
// Parameters and results stay JSON text here; status.h, routes.h and store_calls.h give them meaning. JSON (nlohmann)
// is seen in the .cpp files only. Every text produced here is one line of valid UTF-8 without control characters.
//
// Methods: version {} · node.status {} · node.peer {address} · node.routes {prefix?, from?} · store.get {key} ·
// store.list {prefix, from?} · store.commit {writes} · store.watch {prefix, after}, which answers {} and then sends
// notifications `store.changed` {changes} until the connection ends.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

#include "bgp/base/result.h"
#include "ctl/protocol/error.h"

namespace ctl::protocol {

namespace method {
inline constexpr std::string_view kVersion = "version";
inline constexpr std::string_view kNodeStatus = "node.status";
inline constexpr std::string_view kNodePeer = "node.peer";
inline constexpr std::string_view kNodeRoutes = "node.routes";
inline constexpr std::string_view kStoreGet = "store.get";
inline constexpr std::string_view kStoreList = "store.list";
inline constexpr std::string_view kStoreCommit = "store.commit";
inline constexpr std::string_view kStoreWatch = "store.watch";
inline constexpr std::string_view kStoreChanged = "store.changed";
}  // namespace method

struct Request {
  std::string id;  // as JSON text: a number, a quoted string or null; echoed as it came
  std::string method;
  std::string params;  // a JSON object; "{}" if there was none
  bool operator==(const Request&) const = default;
};

struct Response {
  std::string id;                          // as JSON text
  bgp::Result<std::string, Error> result;  // the result as JSON text
};

struct Notice {  // JSON-RPC's "notification"; the word is taken by RFC 4271
  std::string method;
  std::string params;
};

// Without the newline. Requires that the JSON parts are one line of valid JSON.
std::string to_line(const Request& request);
std::string to_line(const Response& response);
std::string to_line(const Notice& notice);

struct BadRequest {
  std::string id;  // of the answer: "null" when it could not be read
  Error error;
};
bgp::Result<Request, BadRequest> parse_request(std::string_view line);
// What comes to a client.
bgp::Result<std::variant<Response, Notice>, Error> parse_incoming(std::string_view line);

// The one parameter of node.peer.
std::string address_params(std::string_view address);
bgp::Result<std::string, Error> parse_address_params(std::string_view json);

struct VersionInfo {
  std::string version;
  std::string build_date;
  std::string git_commit;
  bool operator==(const VersionInfo&) const = default;
};
std::string to_json(const VersionInfo& version);
bgp::Result<VersionInfo, Error> parse_version(std::string_view json);

}  // namespace ctl::protocol
