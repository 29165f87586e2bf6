#include "bgp/rib/catch_up.h"
#include "rib_support.h"

namespace bgp::rib {
namespace {

using Ids = std::vector<DestinationId>;

Ids take(CatchUp& catch_up, size_t max, DestinationId end = 10) {
  Ids out;
  catch_up.take(Family::IPv4, max, end, [](DestinationId id) { return id % 2 == 0; }, out);
  return out;
}

TEST_CASE("a newcomer walks over what is meant for it, in slices") {
  CatchUp catch_up;
  catch_up.walk_from_start(Family::IPv4, true);
  CHECK(take(catch_up, 3) == Ids{0, 2, 4});
  CHECK_FALSE(catch_up.is_done());
  CHECK(take(catch_up, 3) == Ids{6, 8});
  CHECK(catch_up.is_done());
}

TEST_CASE("what changes behind the walk is marked, what lies before it is not") {
  CatchUp catch_up;
  catch_up.walk_from_start(Family::IPv4, true);
  take(catch_up, 2);  // 0, 2
  catch_up.mark(Family::IPv4, 1);
  catch_up.mark(Family::IPv4, 7);
  CHECK(catch_up.is_marked(Family::IPv4, 1));
  CHECK_FALSE(catch_up.is_marked(Family::IPv4, 7));
  CHECK(take(catch_up, 10) == Ids{4, 6, 8, 1});
  CHECK(catch_up.is_done());
}

TEST_CASE("a member that asked for a refresh still hears of a withdrawal that lies before the walk") {
  CatchUp catch_up;
  catch_up.walk_from_start(Family::IPv4, false);
  catch_up.mark(Family::IPv4, 7);
  CHECK(take(catch_up, 10) == Ids{0, 2, 4, 6, 8, 7});
}

TEST_CASE("marking twice is marking once, and a mark is taken once") {
  CatchUp catch_up;
  for (DestinationId id : {500, 3, 500, 64}) catch_up.mark(Family::IPv4, id);
  CHECK(catch_up.marked() == 3);
  CHECK(take(catch_up, 2) == Ids{3, 64});
  CHECK(take(catch_up, 2) == Ids{500});
  CHECK(catch_up.is_done());
  CHECK(take(catch_up, 2).empty());
}

TEST_CASE("the families do not see each other's marks") {
  CatchUp catch_up;
  catch_up.mark(Family::IPv6, 5);
  CHECK(take(catch_up, 10).empty());
  CHECK_FALSE(catch_up.is_done());
}

TEST_CASE("taking goes on where it stopped: low ids that keep changing do not starve high ones") {
  CatchUp catch_up;
  catch_up.mark(Family::IPv4, 1);
  catch_up.mark(Family::IPv4, 9000);
  CHECK(take(catch_up, 1) == Ids{1});
  catch_up.mark(Family::IPv4, 2);
  CHECK(take(catch_up, 1) == Ids{9000});
}

}  // namespace
}  // namespace bgp::rib
