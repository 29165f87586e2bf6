// Result, Secret, Prng: small types whose promises others build on.
#include <doctest/doctest.h>

#include <memory>
#include <ostream>
#include <string>
#include <type_traits>

#include "bgp/base/prng.h"
#include "bgp/base/result.h"
#include "bgp/base/secret.h"
#include "bgp/base/shared.h"

using namespace bgp;

namespace {
Result<int, std::string> half(int n) {
  if (n % 2 != 0) return Err(std::string("odd"));
  return n / 2;
}
Status<std::string> must_be_even(int n) {
  if (n % 2 != 0) return Err(std::string("odd"));
  return Done{};
}
template <class T>
concept Streamable = requires(std::ostream& out, const T& value) { out << value; };
}  // namespace

TEST_CASE("a result is a value or a reason") {
  CHECK(half(4).ok());
  CHECK(*half(4) == 2);
  CHECK_FALSE(half(3));
  CHECK(half(3).error() == "odd");
  CHECK(half(3).value_or(7) == 7);
  CHECK(half(4).value_or(7) == 2);
  CHECK(must_be_even(2).ok());
  CHECK(must_be_even(1).error() == "odd");
}

TEST_CASE("value and error may be of one type") {
  Result<std::string, std::string> bad = Err(std::string("no"));
  Result<std::string, std::string> good = std::string("no");
  CHECK_FALSE(bad.ok());
  CHECK(good.ok());
}

TEST_CASE("a result can carry what only moves") {
  Result<std::unique_ptr<int>, int> result = std::make_unique<int>(5);
  std::unique_ptr<int> taken = std::move(result).value();
  CHECK(*taken == 5);
}

TEST_CASE("a secret cannot be streamed, and is empty after it was moved") {
  static_assert(!Streamable<Secret>);
  static_assert(Streamable<std::string>);  // the concept can tell
  Secret secret("long enough to live on the heap, not in the string itself");
  Secret other = std::move(secret);
  CHECK(secret.empty());
  CHECK(other.reveal().size() == 57);
  Secret copy = other;
  CHECK(copy == other);
  copy = Secret("x");
  CHECK(copy.reveal() == "x");
  CHECK(copy != other);
  other = std::move(copy);
  CHECK(other.reveal() == "x");
  CHECK(copy.empty());
}

TEST_CASE("a seed replays its numbers, and these are SplitMix64's") {
  Prng a(1234567), b(1234567), c(1234568);
  CHECK(a.next() == 6457827717110365317ULL);  // the published first outputs of seed 1234567
  CHECK(a.next() == 3203168211198807973ULL);
  CHECK(b.next() == 6457827717110365317ULL);
  CHECK(c.next() != 6457827717110365317ULL);
}

TEST_CASE("chance stays inside its bounds and reaches all of them") {
  Prng prng(1);
  int seen[6] = {};
  for (int i = 0; i < 6000; ++i) ++seen[prng.below(6)];
  for (int count : seen) CHECK(count > 800);
  double low = 1, high = 0;
  for (int i = 0; i < 10000; ++i) {
    double jitter = prng.between(0.75, 1.0);
    REQUIRE(jitter >= 0.75);
    REQUIRE(jitter <= 1.0);
    low = std::min(low, jitter);
    high = std::max(high, jitter);
  }
  CHECK(low < 0.76);
  CHECK(high > 0.99);
}

TEST_CASE("a shared value is the same for all who hold it, until one of them changes its own") {
  const Shared<std::string> first{std::string("one")};
  Shared<std::string> second = first;
  CHECK(second.is_same_as(first));
  second.change() += " more";
  CHECK(*first == "one");
  CHECK(*second == "one more");
  CHECK_FALSE(second == first);
  CHECK_FALSE(second.is_same_as(first));
  CHECK(Shared<std::string>(std::string("one")) == first);
}
