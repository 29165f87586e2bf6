#include "bgp/base/bytes.h"

#include <doctest/doctest.h>

using namespace bgp;

TEST_CASE("numbers go over the wire big-endian and come back") {
  Bytes out;
  ByteWriter writer(out);
  writer.u8(0x01);
  writer.u16(0x0203);
  writer.u32(0x04050607);
  writer.u64(0x08090a0b0c0d0e0f);
  CHECK(out == Bytes{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15});
  ByteReader reader(out);
  CHECK(reader.u8() == 0x01);
  CHECK(reader.u16() == 0x0203);
  CHECK(reader.u32() == 0x04050607);
  CHECK(reader.u64() == 0x08090a0b0c0d0e0f);
  CHECK(reader.empty());
  CHECK_FALSE(reader.failed());
}

TEST_CASE("a read past the end gives zero, and the failure stays") {
  Bytes bytes{1, 2, 3};
  ByteReader reader(bytes);
  CHECK(reader.u16() == 0x0102);
  CHECK(reader.u16() == 0);
  CHECK(reader.failed());
  CHECK(reader.u8() == 0);  // the octet that was left is gone too: nothing after a failure is believed
  CHECK(reader.take(0).empty());
  CHECK(reader.failed());
}

TEST_CASE("take gives a view of the bytes, or nothing") {
  Bytes bytes{1, 2, 3};
  ByteReader reader(bytes);
  CHECK(reader.take(2).data() == bytes.data());
  CHECK(reader.remaining() == 1);
  CHECK(reader.take(2).empty());
  CHECK(reader.failed());

  ByteReader rest(bytes);
  rest.u8();
  CHECK(rest.take_rest().size() == 2);
  CHECK_FALSE(rest.failed());
}

TEST_CASE("reading nothing from nothing is no failure") {
  ByteReader reader({});
  CHECK(reader.take_rest().empty());
  CHECK_FALSE(reader.failed());
}

TEST_CASE("a length field is reserved and filled in later") {
  Bytes out{9};
  ByteWriter writer(out);
  size_t at = writer.reserve_u16();
  writer.bytes(Bytes{7, 7});
  writer.patch_u16(at, 0x0102);
  CHECK(out == Bytes{9, 1, 2, 7, 7});
  CHECK(writer.size() == 5);
}
