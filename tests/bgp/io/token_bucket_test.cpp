#include <doctest/doctest.h>

#include "bgp/base/limits.h"
#include "bgp/io/token_bucket.h"

using namespace bgp;
using bgp::io::TokenBucket;

namespace {

const Instant kStart = Instant{} + 1h;

int taken(TokenBucket& bucket, Instant now, int wanted) {
  int n = 0;
  while (n < wanted && bucket.take(now)) ++n;
  return n;
}

}  // namespace

TEST_CASE("a whole mesh is let in at once, and then so many a second") {
  TokenBucket bucket(limits::kAcceptsPerSecond, limits::kAcceptsAtOnce);
  CHECK(taken(bucket, kStart, 5000) == limits::kAcceptsAtOnce);
  CHECK(bucket.wait(kStart) == 10ms);
  CHECK(taken(bucket, kStart + 9ms, 1) == 0);
  CHECK(taken(bucket, kStart + 10ms, 5000) == 1);
  CHECK(taken(bucket, kStart + 1010ms, 5000) == limits::kAcceptsPerSecond);
}

TEST_CASE("ten thousand a second for ten seconds get what the bucket gives, not more") {
  TokenBucket bucket(100, 1024);
  int all = 0;
  for (int i = 0; i < 100'000; ++i) all += bucket.take(kStart + i * 100us);
  CHECK(all >= 1024 + 998);
  CHECK(all <= 1024 + 1000);
}

TEST_CASE("patience fills the bucket, but no fuller than full") {
  TokenBucket bucket(100, 10);
  CHECK(taken(bucket, kStart, 100) == 10);
  CHECK(taken(bucket, kStart + 1h, 100) == 10);
}
