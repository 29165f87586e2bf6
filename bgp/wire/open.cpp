#include "bgp/wire/open.h"

#include "bgp/base/limits.h"
#include "bgp/wire/message_header.h"

namespace bgp::wire {
namespace {

constexpr uint8_t kCapabilitiesParameter = 2;  // RFC 5492 §4
constexpr uint8_t kExtendedParameters = 255;   // RFC 9072 §2
constexpr size_t kPlainCapabilitiesMax = 253;  // 255 less the header of the one parameter that holds them all

// RFC 4271 §4.2                                          RFC 9072 §2, when `length` and `type` are 255:
//   | ver | my AS u16 | hold time u16 | identifier u32 |     | 255 | 255 | length u16 | { type | length u16 | value }
//   | length u8 | { type u8 | length u8 | value } ...
void put_capabilities(Bytes& out, const Bytes& tlvs) {
  ByteWriter writer(out);
  if (tlvs.empty()) return writer.u8(0);
  if (tlvs.size() <= kPlainCapabilitiesMax) {
    writer.u8(static_cast<uint8_t>(tlvs.size() + 2));
    writer.u8(kCapabilitiesParameter);
    writer.u8(static_cast<uint8_t>(tlvs.size()));
  } else {
    writer.u8(kExtendedParameters);
    writer.u8(kExtendedParameters);
    writer.u16(static_cast<uint16_t>(tlvs.size() + 3));
    writer.u8(kCapabilitiesParameter);
    writer.u16(static_cast<uint16_t>(tlvs.size()));
  }
  writer.bytes(tlvs);
}

struct Parameters {
  ByteView bytes;
  bool extended;
};

// Nothing may follow the parameters, and they may not run past the message.
std::optional<Parameters> find_parameters(ByteReader& reader) {
  size_t length = reader.u8();
  bool extended = length != 0 && !reader.empty() && reader.rest()[0] == kExtendedParameters;
  if (extended) {
    reader.u8();
    length = reader.u16();
  }
  ByteView bytes = reader.take(length);
  if (reader.failed() || !reader.empty()) return std::nullopt;
  return Parameters{bytes, extended};
}

Status<Notification> decode_parameters(const Parameters& parameters, Capabilities& out) {
  for (ByteReader reader(parameters.bytes); !reader.empty();) {
    uint8_t type = reader.u8();
    ByteView value = reader.take(parameters.extended ? reader.u16() : reader.u8());
    if (reader.failed()) return Err(open_malformed());
    if (type != kCapabilitiesParameter) return Err(unsupported_optional_parameter());
    if (!decode_capabilities(value, out)) return Err(open_malformed());
  }
  return Done{};
}

// RFC 6793 §4.1, RFC 7607 §2: 0 is never an AS, and AS_TRANS is nobody's.
Status<Notification> settle_as(Open& open) {
  bool trans_alone = open.my_as == kAsTrans && !open.capabilities.four_octet_as;
  if (open.my_as.value == 0 || trans_alone) return Err(bad_peer_as());
  if (open.capabilities.four_octet_as) open.my_as = *open.capabilities.four_octet_as;
  if (open.my_as.value == 0) return Err(bad_peer_as());
  return Done{};
}

}  // namespace

Bytes encode(const Open& open) {
  Bytes tlvs;
  if (open.my_as.fits_two_octets() || open.capabilities.four_octet_as) {
    encode_capabilities(open.capabilities, tlvs);
  } else {
    Capabilities with_as = open.capabilities;
    with_as.four_octet_as = open.my_as;
    encode_capabilities(with_as, tlvs);
  }
  Bytes out = begin_message(MessageType::Open);
  ByteWriter writer(out);
  writer.u8(open.version);
  writer.u16(static_cast<uint16_t>(open.my_as.fits_two_octets() ? open.my_as.value : kAsTrans.value));
  writer.u16(open.hold_time_s);
  writer.u32(open.identifier.value);
  put_capabilities(out, tlvs);
  end_message(out);
  return out;
}

Result<Open, Notification> decode_open(ByteView body) {
  ByteReader reader(body);
  Open open;
  open.version = reader.u8();
  if (!body.empty() && open.version != 4) return Err(unsupported_version());
  open.my_as = Asn{reader.u16()};
  open.hold_time_s = reader.u16();
  open.identifier = BgpIdentifier{reader.u32()};
  std::optional<Parameters> parameters = find_parameters(reader);
  if (!parameters) return Err(open_malformed());
  if (Status<Notification> read = decode_parameters(*parameters, open.capabilities); !read) return Err(read.error());
  if (Status<Notification> as = settle_as(open); !as) return Err(as.error());
  if (open.hold_time_s != 0 && open.hold_time_s < limits::kHoldTimeMin_s) return Err(unacceptable_hold_time());
  if (open.identifier.value == 0) return Err(bad_bgp_identifier());
  return open;
}

}  // namespace bgp::wire
