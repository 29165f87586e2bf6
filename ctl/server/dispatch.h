// What each method does: reads its parameters, asks the handlers or the store, renders the answer. Private to this
// room.
#pragma once

#include <memory>
#include <string>

#include "ctl/protocol/frame.h"
#include "ctl/server/connection.h"
#include "ctl/server/unix_server.h"

namespace ctl::server {

struct Service {
  ServerOptions options;
  config::store::Store& store;
  Handlers handlers;
};

// Carries out one request line of `client`; answers it under `ticket`.
void dispatch(Service& service, const std::shared_ptr<Connection>& client, uint64_t ticket, const std::string& line);

}  // namespace ctl::server
