#include "bgp/daemon/address_watch.h"

#include <doctest/doctest.h>

using namespace bgp;
using namespace bgp::daemon;
using config::model::InterfaceAddress;
using Kind = AddressVerdict::Kind;

namespace {

const InterfaceAddress kOld = *InterfaceAddress::parse("10.0.0.5/24");
const InterfaceAddress kNew = *InterfaceAddress::parse("10.1.0.5/24");
const InterfaceAddress kOther = *InterfaceAddress::parse("10.2.0.5/24");
constexpr Instant kStart{};

AddressLook here(std::optional<InterfaceAddress> answer) { return {kOld, true, answer}; }
AddressLook gone(std::optional<InterfaceAddress> answer) { return {kOld, false, answer}; }

}  // namespace

TEST_CASE("an address that is here stays, however long the method would answer another one (#5090)") {
  AddressWatch watch(60s);
  CHECK(watch.look(here(kOld), kStart).kind == Kind::Keep);
  CHECK(watch.look(here(kNew), kStart + 60s) == AddressVerdict{Kind::Prefers, kNew});
  for (int minute = 2; minute < 1000; ++minute) CHECK(watch.look(here(kNew), kStart + minute * 60s).kind == Kind::Keep);
}

TEST_CASE("what the method prefers is told once, and again when it is another") {
  AddressWatch watch(60s);
  CHECK(watch.look(here(kNew), kStart).kind == Kind::Prefers);
  CHECK(watch.look(here(kNew), kStart + 60s).kind == Kind::Keep);
  CHECK(watch.look(here(kOther), kStart + 120s) == AddressVerdict{Kind::Prefers, kOther});
  CHECK(watch.look(here(kOld), kStart + 180s).kind == Kind::Keep);
  CHECK(watch.look(here(kOther), kStart + 240s).kind == Kind::Prefers);
}

TEST_CASE("a method without an answer changes nothing while the address is here") {
  AddressWatch watch(60s);
  CHECK(watch.look(here(std::nullopt), kStart).kind == Kind::Keep);
}

TEST_CASE("an address that is gone is replaced when the answer has lasted for an interval") {
  AddressWatch watch(60s);
  CHECK(watch.look(gone(kNew), kStart) == AddressVerdict{Kind::Missing, kNew});
  CHECK(watch.look(gone(kNew), kStart + 59s).kind == Kind::Keep);
  CHECK(watch.look(gone(kNew), kStart + 60s) == AddressVerdict{Kind::Take, kNew});
}

TEST_CASE("an address that comes back in between is kept, and the next absence starts anew") {
  AddressWatch watch(60s);
  CHECK(watch.look(gone(kNew), kStart).kind == Kind::Missing);
  CHECK(watch.look(here(kOld), kStart + 59s) == AddressVerdict{Kind::Returned, kOld});
  CHECK(watch.look(gone(kNew), kStart + 61s).kind == Kind::Missing);
  CHECK(watch.look(gone(kNew), kStart + 120s).kind == Kind::Keep);
  CHECK(watch.look(gone(kNew), kStart + 121s).kind == Kind::Take);
}

TEST_CASE("an answer that changes meanwhile has to last anew") {
  AddressWatch watch(60s);
  CHECK(watch.look(gone(kNew), kStart).kind == Kind::Missing);
  CHECK(watch.look(gone(kOther), kStart + 50s) == AddressVerdict{Kind::Missing, kOther});
  CHECK(watch.look(gone(kOther), kStart + 100s).kind == Kind::Keep);
  CHECK(watch.look(gone(kOther), kStart + 110s) == AddressVerdict{Kind::Take, kOther});
}

TEST_CASE("gone without any answer: the stored address stays, told once, and an answer that comes has to last") {
  AddressWatch watch(60s);
  CHECK(watch.look(gone(std::nullopt), kStart) == AddressVerdict{Kind::Missing, std::nullopt});
  CHECK(watch.look(gone(std::nullopt), kStart + 3600s).kind == Kind::Keep);
  CHECK(watch.look(gone(kNew), kStart + 3660s) == AddressVerdict{Kind::Missing, kNew});
  CHECK(watch.look(gone(kNew), kStart + 3720s).kind == Kind::Take);
}

TEST_CASE("with no address at all the first answer is taken") {
  AddressWatch watch(60s);
  CHECK(watch.look({std::nullopt, false, std::nullopt}, kStart).kind == Kind::Keep);
  CHECK(watch.look({std::nullopt, false, kNew}, kStart + 60s) == AddressVerdict{Kind::Take, kNew});
}

TEST_CASE("an address that could not be taken (the store was away) is tried again an interval later") {
  AddressWatch watch(60s);
  CHECK(watch.look(gone(kNew), kStart).kind == Kind::Missing);
  CHECK(watch.look(gone(kNew), kStart + 60s).kind == Kind::Take);
  CHECK(watch.look(gone(kNew), kStart + 120s).kind == Kind::Missing);
  CHECK(watch.look(gone(kNew), kStart + 180s).kind == Kind::Take);
}
