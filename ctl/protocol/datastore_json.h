// For the .cpp files of this room only: DatastoreStatus <-> JSON.
#pragma once

#include "ctl/protocol/datastore_status.h"
#include "ctl/protocol/json_internal.h"

namespace ctl::protocol {

Json to_object(const DatastoreStatus& status);
// Throws for read_json() to catch.
DatastoreStatus datastore_status(const Json& json);

}  // namespace ctl::protocol
