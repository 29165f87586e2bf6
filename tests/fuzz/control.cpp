// The control socket's lines, both ways: what a client may send to the agent, with the store behind it, and what an
// agent may send to calicoctl.
#include "config/store/mem_store.h"
#include "ctl/protocol/frame.h"
#include "ctl/protocol/routes.h"
#include "ctl/protocol/status.h"
#include "ctl/protocol/store_calls.h"
#include "harness/harness.h"

namespace fuzz {
namespace {

using namespace ctl::protocol;
namespace store = config::store;

void check_line(const std::string& line) {
  BGP_ASSERT(is_inert(line));
  BGP_ASSERT(parse_incoming(line).ok());
}

void store_calls(const std::string& params) {
  store::MemStore memory;
  (void)memory.commit({{"/calico/a", "1", {}}, {"/calico/b", "2", {}}});  // the beginning of every run
  if (auto writes = parse_writes(params)) {
    auto revision = memory.commit(*writes);
    if (!revision) BGP_ASSERT(is_inert(to_line(Response{"1", bgp::Err(from_store_error(revision.error()))})));
  }
  if (auto key = parse_key_params(params)) {
    auto entry = memory.get(*key);
    if (entry) BGP_ASSERT(parse_entry(to_json(*entry)).ok());
  }
  if (auto query = parse_list_query(params)) {
    auto listing = memory.list(query->prefix);
    if (listing) BGP_ASSERT(parse_list_page(to_json(page_of(*listing, *query, 1000))).ok());
  }
  (void)parse_watch_query(params);
}

void request(std::string_view line) {
  bgp::Result<Request, BadRequest> read = parse_request(line);
  if (!read) return check_line(to_line(Response{read.error().id, bgp::Err(read.error().error)}));
  BGP_ASSERT(is_inert(to_line(*read)));
  bgp::Result<Request, BadRequest> again = parse_request(to_line(*read));
  BGP_ASSERT(again.ok() && *again == *read);
  (void)parse_address_params(read->params);
  if (auto query = parse_routes_query(read->params)) BGP_ASSERT(parse_routes_query(to_json(*query)).ok());
  store_calls(read->params);
}

void answer(std::string_view line) {
  auto read = parse_incoming(line);
  if (!read) return;
  const Response* response = std::get_if<Response>(&*read);
  const std::string json = response && response->result.ok() ? *response->result : std::string(line);
  if (auto status = parse_node_status(json)) BGP_ASSERT(parse_node_status(to_json(*status)).ok());
  if (auto detail = parse_peer_detail(json)) BGP_ASSERT(parse_peer_detail(to_json(*detail)).ok());
  if (auto page = parse_route_page(json)) BGP_ASSERT(parse_route_page(to_json_within(*page, 1000)).ok());
  (void)parse_version(json);
  (void)parse_entry(json);
  (void)parse_list_page(json);
  (void)parse_revision(json);
  (void)parse_changes(json);
}

}  // namespace

void one(ByteView input) {
  std::string_view line = text_of(input);
  request(line);
  answer(line);
}

}  // namespace fuzz
