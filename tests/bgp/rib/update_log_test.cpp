#include <map>

#include "bgp/base/prng.h"
#include "bgp/rib/update_log.h"
#include "rib_support.h"

namespace bgp::rib {
namespace {

Bytes message(size_t size, uint8_t fill) {
  Bytes out(size, fill);
  out[16] = static_cast<uint8_t>(size >> 8);
  out[17] = static_cast<uint8_t>(size);
  return out;
}

void write(UpdateLog& log, const Bytes& bytes, Audience audience = {}) {
  Bytes& out = log.open();
  out.insert(out.end(), bytes.begin(), bytes.end());
  log.seal(audience);
}

Bytes read_all(const UpdateLog& log, UpdateLog::Position& position, PeerId reader, size_t max) {
  Bytes all;
  for (ByteView view = log.read(position, reader, max); !view.empty(); view = log.read(position, reader, max)) {
    REQUIRE(view.size() <= max);
    all.insert(all.end(), view.begin(), view.end());
    log.advance(position, view.size());
  }
  return all;
}

TEST_CASE("each reader gets the messages meant for it, in order, however small its reads are") {
  UpdateLog log;
  UpdateLog::Position start = log.end();
  std::map<PeerId, Bytes> expected;
  Prng chance(3);
  for (int i = 0; i < 400; ++i) {
    Bytes m = message(19 + chance.below(2000), static_cast<uint8_t>(i));
    Audience audience{static_cast<Audience::Kind>(chance.below(3)), static_cast<PeerId>(1 + chance.below(3))};
    write(log, m, audience);
    for (PeerId reader = 1; reader <= 4; ++reader)
      if (audience.includes(reader)) expected[reader].insert(expected[reader].end(), m.begin(), m.end());
  }
  CHECK(log.is_long());
  for (size_t max : {1, 7, 1000, 65536}) {
    for (PeerId reader = 1; reader <= 4; ++reader) {
      UpdateLog::Position position = start;
      CHECK(read_all(log, position, reader, max) == expected[reader]);
      CHECK(position == log.end());
    }
  }
}

TEST_CASE("one read may span messages, and advancing counts those that are complete") {
  UpdateLog log;
  UpdateLog::Position p = log.end();
  write(log, message(20, 1) );
  write(log, message(30, 2));
  CHECK(log.read(p, 1, 1000).size() == 50);
  CHECK(log.advance(p, 5) == 0);
  CHECK(p.is_inside_message());
  CHECK(log.read(p, 1, 1000).size() == 45);
  CHECK(log.advance(p, 45) == 2);
  CHECK_FALSE(p.is_inside_message());
}

TEST_CASE("the rest of a message that was sent in part ends where the next one begins") {
  UpdateLog log;
  UpdateLog::Position p = log.end();
  write(log, message(20, 1));
  write(log, message(30, 2));
  CHECK(log.rest_of_message(p).empty());
  log.advance(p, 5);
  CHECK(log.rest_of_message(p).size() == 15);
  CHECK(log.read(p, 1, 1000).size() == 30);
}

TEST_CASE("what every member has read is forgotten by whole chunks, positions stay true") {
  UpdateLog log;
  UpdateLog::Position slow = log.end(), fast = log.end();
  for (int i = 0; i < 200; ++i) write(log, message(4000, static_cast<uint8_t>(i)));
  size_t before = log.bytes();
  CHECK(before == 200 * 4000);
  CHECK(read_all(log, fast, 1, 65536).size() == before);
  log.drop_before(slow);
  CHECK(log.bytes() == before);
  log.advance(slow, 100 * 4000);
  log.drop_before(slow);
  CHECK(log.bytes() < before);
  Bytes rest = read_all(log, slow, 1, 65536);
  CHECK(rest.size() == 100 * 4000);
  CHECK(rest[0] == 100);
  log.drop_before(slow);
  CHECK_FALSE(log.is_long());
}

}  // namespace
}  // namespace bgp::rib
