#include "tests/bench/load/messages.h"

namespace bench {

namespace {

Bytes message(uint8_t type, const Bytes& body) {
  Bytes out(16, 0xff);
  put16(out, static_cast<uint32_t>(kHeaderBytes + body.size()));
  out.push_back(type);
  out.insert(out.end(), body.begin(), body.end());
  return out;
}

void append(Bytes& out, const Bytes& more) { out.insert(out.end(), more.begin(), more.end()); }

void put_prefix(Bytes& out, const Route& route) {
  out.push_back(route.length);
  for (unsigned bit = 0; bit < route.length; bit += 8) out.push_back(static_cast<uint8_t>(route.address >> (24 - bit)));
}

// Body of an UPDATE: withdrawn routes, path attributes, NLRI.
Bytes update(const Bytes& withdrawn, const Bytes& attributes, const Bytes& nlri) {
  Bytes body;
  put16(body, static_cast<uint32_t>(withdrawn.size()));
  append(body, withdrawn);
  put16(body, static_cast<uint32_t>(attributes.size()));
  append(body, attributes);
  append(body, nlri);
  return message(kUpdate, body);
}

}  // namespace

Bytes open_message(uint32_t asn, uint16_t hold_s, uint32_t identifier) {
  Bytes body{4};
  put16(body, asn > 65535 ? 23456 : asn);
  put16(body, hold_s);
  put32(body, identifier);
  append(body, {16, 2, 14, 1, 4, 0, 1, 0, 1, 2, 0, 65, 4});
  put32(body, asn);
  return message(kOpen, body);
}

Bytes keepalive_message() { return message(kKeepalive, {}); }
Bytes end_of_rib() { return update({}, {}, {}); }

Bytes announcements(const Universe& all, Range routes, const std::function<Dress(uint32_t)>& dress) {
  Bytes out;
  for (size_t at = routes.from; at < routes.to;) {
    const uint32_t set = all.routes[at].set;
    const Bytes attributes = encode(all.sets[set], dress(set));
    const size_t room = kMessageBytesMax - kHeaderBytes - 4 - attributes.size() - 5;
    Bytes nlri;
    while (at < routes.to && all.routes[at].set == set && nlri.size() <= room) put_prefix(nlri, all.routes[at++]);
    append(out, update({}, attributes, nlri));
  }
  return out;
}

Bytes withdrawals(const Universe& all, Range routes) {
  Bytes out;
  for (size_t at = routes.from; at < routes.to;) {
    Bytes gone;
    while (at < routes.to && gone.size() <= kMessageBytesMax - kHeaderBytes - 4 - 5) put_prefix(gone, all.routes[at++]);
    append(out, update(gone, {}, {}));
  }
  return out;
}

}  // namespace bench
