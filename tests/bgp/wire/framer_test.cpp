#include <doctest/doctest.h>

#include "bgp/base/limits.h"
#include "bgp/base/prng.h"
#include "bgp/wire/message.h"
#include "bgp/wire/update.h"
#include "tests/support/wire_builders.h"

using namespace bgp;
using namespace bgp::wire;
using namespace tests::support;

namespace {

// What came out of a framer: one line for each message, and the error at the end.
struct Heard {
  std::vector<std::string> messages;
  std::optional<Notification> error;
  bool operator==(const Heard&) const = default;
};

void drain(Framer& framer, Heard& heard) {
  while (std::optional<Frame> frame = framer.next())
    heard.messages.push_back(std::to_string(static_cast<int>(frame->type)) + " " + to_hex(frame->body));
  heard.error = framer.error();
}

// Feeds the stream cut at the given offsets, each chunk in memory of its own that is gone afterwards.
Heard hear(const Bytes& stream, const std::vector<size_t>& cuts, bool extended = false) {
  Framer framer;
  if (extended) framer.allow_extended_messages();
  Heard heard;
  size_t from = 0;
  auto feed = [&](size_t to) {
    Bytes chunk(stream.begin() + static_cast<std::ptrdiff_t>(from), stream.begin() + static_cast<std::ptrdiff_t>(to));
    framer.feed(chunk);
    drain(framer, heard);
    from = to;
  };
  for (size_t cut : cuts) feed(cut);
  feed(stream.size());
  return heard;
}

Bytes hundred_messages() {
  Prng prng(7);
  Bytes stream;
  for (int i = 0; i < 100; ++i) {
    Bytes body = update_body({}, {}, Bytes(prng.below(60), static_cast<uint8_t>(i)));
    stream = stream + (i % 5 == 0 ? encode_keepalive() : message(MessageType::Update, body));
  }
  return stream;
}

std::optional<Notification> error_of(const Bytes& stream, bool extended = false) {
  return hear(stream, {}, extended).error;
}

Bytes header(uint16_t length, uint8_t type) {
  Bytes out(16, 0xff);
  ByteWriter writer(out);
  writer.u16(length);
  writer.u8(type);
  return out;
}

}  // namespace

TEST_CASE("a hundred messages in one chunk are a hundred frames") {
  Heard heard = hear(hundred_messages(), {});
  CHECK(heard.messages.size() == 100);
  CHECK_FALSE(heard.error.has_value());
}

TEST_CASE("the frames do not depend on where the stream is cut") {
  Bytes stream = hundred_messages();
  Heard whole = hear(stream, {});
  for (size_t cut = 0; cut <= stream.size(); ++cut) {
    CAPTURE(cut);
    REQUIRE(hear(stream, {cut}) == whole);
  }
}

TEST_CASE("one octet at a time makes the same frames") {
  Bytes stream = hundred_messages();
  std::vector<size_t> everywhere;
  for (size_t i = 1; i < stream.size(); ++i) everywhere.push_back(i);
  CHECK(hear(stream, everywhere) == hear(stream, {}));
}

TEST_CASE("random cuts make the same frames and the same error") {
  Bytes stream = hundred_messages() + header(18, 4);
  Heard whole = hear(stream, {});
  CHECK(whole.error == bad_message_length(18));
  for (uint64_t seed = 0; seed < 200; ++seed) {
    CAPTURE(seed);
    Prng prng(seed);
    std::vector<size_t> cuts;
    for (size_t at = prng.below(100); at < stream.size(); at += prng.below(300)) cuts.push_back(at);
    REQUIRE(hear(stream, cuts) == whole);
  }
}

TEST_CASE("a whole message in a chunk is framed in place, without a copy") {
  Bytes chunk = encode_keepalive() + message(MessageType::Update, hex("0000 0000"));
  Framer framer;
  framer.feed(chunk);
  CHECK(framer.next()->whole.data() == chunk.data());
  CHECK(framer.next()->whole.data() == chunk.data() + 19);
  CHECK_FALSE(framer.next().has_value());
}

TEST_CASE("any octet of the marker that is not all ones is 1/1") {
  for (size_t at = 0; at < 16; ++at) {
    CAPTURE(at);
    Bytes bad = encode_keepalive();
    bad[at] = 0xfe;
    CHECK(error_of(bad) == bad_marker());
  }
}

TEST_CASE("a length that its type cannot have is 1/2 with the length as data") {
  struct {
    uint16_t length;
    uint8_t type;
  } rows[] = {{0, 4},    {18, 4},   {18, 2},   {4097, 2}, {65535, 2}, {28, 1}, {4097, 1},
              {22, 2},   {20, 3},   {4097, 3}, {18, 5},   {20, 4},    {4096, 4}};
  for (const auto& row : rows) {
    CAPTURE(row.length);
    CHECK(error_of(header(row.length, row.type)) == bad_message_length(row.length));
  }
}

TEST_CASE("a type that is none is 1/3 with the type as data") {
  for (uint8_t type : Bytes{0, 6, 7, 128, 255}) CHECK(error_of(header(19, type)) == bad_message_type(type));
}

TEST_CASE("extended messages raise the limit of all but OPEN and KEEPALIVE (RFC 8654 §4)") {
  Bytes large = message(MessageType::Update, update_body({}, Bytes(65535 - 23, 0), {}));
  CHECK(error_of(large) == bad_message_length(65535));
  CHECK(hear(large, {100, 5000}, true).messages.size() == 1);
  CHECK_FALSE(error_of(header(4097, 3), true).has_value());
  CHECK(error_of(header(4097, 1), true) == bad_message_length(4097));
  CHECK(error_of(header(4097, 4), true) == bad_message_length(4097));
}

TEST_CASE("a message of 4096 octets passes, as does the shortest of each type") {
  CHECK(hear(message(MessageType::Update, update_body({}, Bytes(4096 - 23, 0), {})), {}).messages.size() == 1);
  CHECK(hear(message(MessageType::Update, hex("0000 0000")), {}).messages.size() == 1);
  CHECK(hear(message(MessageType::Notification, hex("0600")), {}).messages.size() == 1);
  CHECK(hear(message(MessageType::Open, Bytes(10, 0)), {}).messages.size() == 1);
}

TEST_CASE("after an error the framer stays silent, whatever comes") {
  Framer framer;
  Bytes bad = header(18, 4) + encode_keepalive();
  framer.feed(bad);
  CHECK_FALSE(framer.next().has_value());
  Bytes good = encode_keepalive();
  framer.feed(good);
  CHECK_FALSE(framer.next().has_value());
  CHECK(framer.error() == bad_message_length(18));
}
