#include "bgp/wire/nlri.h"

#include "bgp/wire/update.h"

namespace bgp::wire {

bool is_valid_nlri(ByteView field, uint8_t bits_max, bool with_path_ids) {
  const uint8_t* p = field.data();
  const uint8_t* const end = p + field.size();
  const size_t id_octets = with_path_ids ? 4 : 0;
  while (p < end) {
    auto left = static_cast<size_t>(end - p);
    if (left <= id_octets) return false;
    size_t length = p[id_octets];
    size_t entry = id_octets + 1 + (length + 7) / 8;
    if (length > bits_max || entry > left) return false;
    p += entry;
  }
  return true;
}

Prefix to_prefix(Family family, const NlriEntry& entry) {
  return {IpAddress::from_start(family, {entry.bytes, (entry.length + 7U) / 8}), entry.length};
}

void append_nlri(Bytes& out, const Prefix& prefix) {
  ByteView octets = prefix.address().bytes().first((size_t{prefix.length()} + 7) / 8);
  out.push_back(prefix.length());
  out.insert(out.end(), octets.begin(), octets.end());
}

}  // namespace bgp::wire
