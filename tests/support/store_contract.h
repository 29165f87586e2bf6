// What every Store must do, as one list of tests: run against memory, RocksDB, another agent's socket, etcd.
//
//   TEST_CASE("the memory store keeps the store contract") { run_store_contract([] { return make_store(); }); }
//
// `make` gives a fresh, empty store each time.
#pragma once

#include <doctest/doctest.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "config/store/store.h"

namespace test {

using config::store::Change;
using config::store::Entry;
using config::store::Listing;
using config::store::Store;
using config::store::StoreError;
using config::store::Write;

inline Write put(const std::string& key, const std::string& value) { return {key, value, std::nullopt}; }
inline Write erase(const std::string& key) { return {key, std::nullopt, std::nullopt}; }
inline Write expecting(Write write, uint64_t revision) {
  write.expected_revision = revision;
  return write;
}

inline uint64_t must_commit(Store& store, const std::vector<Write>& writes) {
  auto revision = store.commit(writes);
  REQUIRE_MESSAGE(revision.ok(), (revision ? "" : revision.error().reason));
  return *revision;
}

// "key=value key=value", in the order of the listing.
inline std::string listed(Store& store, const std::string& prefix) {
  auto listing = store.list(prefix);
  REQUIRE_MESSAGE(listing.ok(), (listing ? "" : listing.error().reason));
  std::string out;
  for (const Entry& entry : listing->entries) out += (out.empty() ? "" : " ") + entry.key + "=" + entry.value;
  return out;
}

inline std::string shown(const std::vector<Change>& changes) {
  std::string out;
  for (const Change& change : changes) out += change.key + "=" + change.value.value_or("(gone)") + " ";
  return out;
}

inline void run_store_contract(const std::function<std::unique_ptr<Store>()>& make) {
  SUBCASE("an empty store lists nothing and gets nothing") {
    auto store = make();
    CHECK(listed(*store, "") == "");
    auto entry = store->get("/a");
    REQUIRE(entry.ok());
    CHECK_FALSE(entry->has_value());
  }

  SUBCASE("a commit is read back with its revision, and revisions only grow") {
    auto store = make();
    const uint64_t first = must_commit(*store, {put("/a", "1"), put("/b", "2")});
    const uint64_t second = must_commit(*store, {put("/a", "3")});
    CHECK(first > 0);
    CHECK(second > first);
    CHECK(**store->get("/a") == Entry{"/a", "3", second});
    CHECK(**store->get("/b") == Entry{"/b", "2", first});
    CHECK(store->list("/")->revision == second);
  }

  SUBCASE("list gives the keys of a prefix in order, and no neighbour of it") {
    auto store = make();
    must_commit(*store, {put("/p/b", "2"), put("/p/a", "1"), put("/p", "x"), put("/p0", "x"), put("/o", "x")});
    CHECK(listed(*store, "/p/") == "/p/a=1 /p/b=2");
    CHECK(listed(*store, "/p") == "/p=x /p/a=1 /p/b=2 /p0=x");
    CHECK(listed(*store, "/q") == "");
    CHECK(listed(*store, "") == "/o=x /p=x /p/a=1 /p/b=2 /p0=x");
  }

  SUBCASE("values are bytes: empty ones, zeros and long ones come back whole") {
    auto store = make();
    const std::string zeros("a\0b\xff", 4);
    const std::string large(200'000, 'x');
    must_commit(*store, {put("/empty", ""), put("/zeros", zeros), put("/large", large)});
    CHECK((*store->get("/empty"))->value == "");
    CHECK((*store->get("/zeros"))->value == zeros);
    CHECK((*store->get("/large"))->value == large);
  }

  SUBCASE("an erased key is gone, and erasing what is not there is no error") {
    auto store = make();
    must_commit(*store, {put("/a", "1")});
    must_commit(*store, {erase("/a"), erase("/never")});
    CHECK(listed(*store, "") == "");
  }

  SUBCASE("a write that expects another revision conflicts, and nothing of its commit happens") {
    auto store = make();
    const uint64_t first = must_commit(*store, {put("/a", "1")});
    must_commit(*store, {put("/a", "2")});
    auto stale = store->commit({put("/b", "new"), expecting(put("/a", "3"), first)});
    REQUIRE_FALSE(stale.ok());
    CHECK(stale.error().kind == StoreError::Kind::Conflict);
    CHECK(stale.error().key == "/a");
    CHECK(listed(*store, "") == "/a=2");
  }

  SUBCASE("revision 0 expects that there is nothing yet") {
    auto store = make();
    must_commit(*store, {expecting(put("/a", "1"), 0)});
    auto again = store->commit({expecting(put("/a", "2"), 0)});
    REQUIRE_FALSE(again.ok());
    CHECK(again.error().kind == StoreError::Kind::Conflict);
    auto gone = store->commit({expecting(erase("/b"), 1)});
    REQUIRE_FALSE(gone.ok());
    CHECK(gone.error().key == "/b");
    const uint64_t revision = (*store->get("/a"))->revision;
    must_commit(*store, {expecting(erase("/a"), revision)});
    must_commit(*store, {expecting(put("/a", "3"), 0)});
    CHECK(listed(*store, "") == "/a=3");
  }

  SUBCASE("a watcher sees every later commit under its prefix once, whole and in order") {
    auto store = make();
    must_commit(*store, {put("/p/old", "1")});
    const uint64_t seen = store->list("/p/")->revision;
    std::vector<std::string> events;
    auto watch = store->watch("/p/", seen, [&](const std::vector<Change>& changes) { events.push_back(shown(changes)); });
    REQUIRE(watch.ok());
    must_commit(*store, {put("/p/a", "1"), put("/other", "x"), put("/p/b", "2")});
    must_commit(*store, {put("/other", "y")});
    must_commit(*store, {erase("/p/a")});
    CHECK(events == std::vector<std::string>{"/p/a=1 /p/b=2 ", "/p/a=(gone) "});
  }

  SUBCASE("what happened between the list and the watch is told too") {
    auto store = make();
    must_commit(*store, {put("/a", "1"), put("/b", "1")});
    const uint64_t seen = store->list("/")->revision;
    must_commit(*store, {erase("/a")});
    must_commit(*store, {put("/b", "2")});
    std::string events;
    auto watch = store->watch("/", seen, [&](const std::vector<Change>& changes) { events += shown(changes); });
    REQUIRE(watch.ok());
    CHECK(events == "/a=(gone) /b=2 ");
  }

  SUBCASE("a conflict is no event, and a watch that ended hears nothing more") {
    auto store = make();
    int events = 0;
    auto watch = store->watch("", store->list("")->revision, [&](const std::vector<Change>&) { ++events; });
    REQUIRE(watch.ok());
    CHECK_FALSE(store->commit({expecting(put("/a", "1"), 7)}).ok());
    CHECK(events == 0);
    must_commit(*store, {put("/a", "1")});
    CHECK(events == 1);
    *watch = nullptr;
    must_commit(*store, {put("/a", "2")});
    CHECK(events == 1);
  }
}

}  // namespace test
