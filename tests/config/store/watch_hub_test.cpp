#include "config/store/watch_hub.h"

#include <doctest/doctest.h>

using namespace config::store;

TEST_CASE("several commits of a remote store reach a watcher in one call, and one that comes later whole") {
  auto hub = std::make_shared<WatchHub>(4);
  std::vector<size_t> calls;
  auto count = [&](const std::vector<Change>& changes) { calls.push_back(changes.size()); };
  const std::lock_guard lock(hub->mutex());
  auto watch = hub->add("/a/", 4, count);
  REQUIRE(watch.ok());
  hub->publish({{"/a/1", "x", 5}, {"/b/1", "x", 6}, {"/a/2", std::nullopt, 7}});
  hub->publish(std::vector<Change>{});
  CHECK(calls == std::vector<size_t>{2});
  calls.clear();
  auto late = hub->add("/", 4, count);
  REQUIRE(late.ok());
  CHECK(calls == std::vector<size_t>{3});
  calls.clear();
  CHECK(hub->add("/", 7, count).ok());
  CHECK(calls.empty());
  CHECK_FALSE(hub->add("/", 3, count).ok());
}
