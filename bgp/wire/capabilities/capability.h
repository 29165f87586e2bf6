// What a capability's file provides (RFC 5492). The list in capabilities.cpp is the only place that names them all.
//
//   struct X {
//     static constexpr uint8_t kCode;
//     static bool decode(ByteView value, Capabilities& out);                             // false: impossible length
//     static void encode(const Capabilities& from, Bytes& out);                          // nothing if not offered
//     static void describe(const Capabilities& from, std::vector<std::string>& lines);   // nothing if not offered
//   };
#pragma once

#include "bgp/wire/capabilities.h"
#include "bgp/wire/family.h"

namespace bgp::wire::capabilities {

// A TLV whose length is filled in when the object goes.
class Tlv {
 public:
  Tlv(Bytes& out, uint8_t code) : out_(out) {
    out_.insert(out_.end(), {code, 0});
    begin_ = out_.size();
  }
  ~Tlv() { out_[begin_ - 1] = static_cast<uint8_t>(out_.size() - begin_); }
  Tlv(const Tlv&) = delete;
  Tlv& operator=(const Tlv&) = delete;

 private:
  Bytes& out_;
  size_t begin_;
};

inline void put_afi(Bytes& out, Family family) {
  ByteWriter writer(out);
  writer.u16(static_cast<uint16_t>(to_afi(family)));
}

}  // namespace bgp::wire::capabilities
