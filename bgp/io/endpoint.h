// Between our addresses and Asio's. Included by .cpp files only: Asio stays out of headers that others read.
#pragma once

#include <boost/asio/ip/tcp.hpp>

#include "bgp/base/ip_address.h"

namespace bgp::io {

inline boost::asio::ip::address to_asio(const IpAddress& address) {
  if (address.is_v4()) return boost::asio::ip::address_v4(address.to_u32());
  boost::asio::ip::address_v6::bytes_type bytes;
  std::copy(address.bytes().begin(), address.bytes().end(), bytes.begin());
  return boost::asio::ip::address_v6(bytes);
}

inline IpAddress from_asio(const boost::asio::ip::address& address) {
  if (address.is_v4()) return IpAddress::v4(address.to_v4().to_uint());
  auto bytes = address.to_v6().to_bytes();
  return IpAddress::v6(std::span<const uint8_t, 16>(bytes));
}

// What went wrong, in the words of strerror(3), which BIRD's users know.
inline std::string words(const boost::system::error_code& error) {
  if (error == boost::asio::error::eof) return "Connection closed";
  return error.message();
}

}  // namespace bgp::io
