// The fields of a BGPPeer's v3 spec: reading and checking. bgp_peer.cpp has the kind around them.
#pragma once

#include "config/model/kinds/bgp_peer.h"
#include "config/model/kinds/fields.h"

namespace config::model {

// All fields of the v3 schema, and none beside them: what is left over is of a later Calico. Strict: of a document.
BgpPeer read_peer_spec(Fields& fields, bool strict);
// What excludes or needs what, in upstream's words; `peer` with its annotations.
void check_peer_spec(Fields& fields, const BgpPeer& peer);
// "10.0.0.1", "10.0.0.1:179", "[aa:bb::ff]:179".
std::string endpoint_text(const bgp::IpAddress& ip, uint16_t port);

}  // namespace config::model
