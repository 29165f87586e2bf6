// Against a real etcd, which tests/interop/test_etcd.py starts: CALICO_TEST_ETCD has its endpoint. Skipped otherwise.
#include <doctest/doctest.h>

#include <condition_variable>
#include <cstdlib>
#include <mutex>

#include "bgp/base/limits.h"
#include "config/etcd/etcd_store.h"
#include "config/etcd/mirror.h"
#include "tests/support/store_contract.h"

using namespace config::etcd;
using namespace std::chrono_literals;

namespace {

Settings settings() {
  const char* endpoint = std::getenv("CALICO_TEST_ETCD");
  REQUIRE_MESSAGE(endpoint != nullptr, "CALICO_TEST_ETCD must name an etcd that may be emptied");
  auto settings = read_settings([&](const std::string& name) -> std::optional<std::string> {
    return name == "ETCD_ENDPOINTS" ? std::optional<std::string>(endpoint) : std::nullopt;
  });
  REQUIRE(settings.ok());
  return *settings;
}

void empty_etcd() {
  EtcdStore store(settings(), 5s);
  auto listing = store.list("");
  REQUIRE_MESSAGE(listing.ok(), (listing ? "" : listing.error().reason));
  std::vector<test::Write> writes;
  for (const auto& entry : listing->entries) writes.push_back(test::erase(entry.key));
  test::must_commit(store, writes);
}

}  // namespace

TEST_CASE("live: the mirror keeps the store contract" * doctest::skip()) {
  test::run_store_contract([] {
    empty_etcd();
    auto mirror = std::make_unique<Mirror>(Mirror::Options{.settings = settings(), .prefixes = {""}, .seed = 1, .cache_dir = ""},
                                           nullptr, Mirror::Events{});
    REQUIRE(mirror->wait_for_entries(10s));
    return mirror;
  });
}

TEST_CASE("live: a listing that is larger than one answer may be comes in smaller pages" * doctest::skip()) {
  empty_etcd();
  EtcdStore store(settings(), 20s);
  const std::string half(bgp::limits::kEtcdAnswerBytesMax * 3 / 8 + 100'000, 'x');  // two of them, in base64, are too much
  test::must_commit(store, {test::put("/p/1", half)});
  test::must_commit(store, {test::put("/p/2", half), test::put("/p/3", "x")});
  auto listing = store.list("/p/");
  REQUIRE_MESSAGE(listing.ok(), (listing ? "" : listing.error().reason));
  REQUIRE(listing->entries.size() == 3);
  CHECK(listing->entries[1].value == half);
  CHECK(listing->entries[2].value == "x");
  empty_etcd();
}

TEST_CASE("live: a direct store tells its watchers what happens after a revision, whoever did it" * doctest::skip()) {
  empty_etcd();
  EtcdStore store(settings(), 5s);
  EtcdStore other(settings(), 5s);
  const uint64_t before = test::must_commit(other, {test::put("/w/a", "1")});
  test::must_commit(other, {test::put("/w/b", "2")});
  std::mutex mutex;
  std::condition_variable heard;
  std::string events;
  auto watch = store.watch("/w/", before, [&](const std::vector<test::Change>& changes) {
    const std::lock_guard lock(mutex);
    events += test::shown(changes);
    heard.notify_all();
  });
  REQUIRE(watch.ok());
  test::must_commit(other, {test::erase("/w/a"), test::put("/other", "x")});
  std::unique_lock lock(mutex);
  CHECK(heard.wait_for(lock, 10s, [&] { return events == "/w/b=2 /w/a=(gone) "; }));
  CHECK(events == "/w/b=2 /w/a=(gone) ");
}

TEST_CASE("live: a listing of more keys than a page has is whole, and at one revision" * doctest::skip()) {
  empty_etcd();
  EtcdStore store(settings(), 5s);
  std::vector<test::Write> writes;
  size_t count = 0;
  while (count < bgp::limits::kEtcdKeysPerPage + 50) {
    writes.clear();
    for (size_t i = 0; i < bgp::limits::kEtcdWritesMax; ++i, ++count) writes.push_back(test::put("/p/" + std::to_string(count), "x"));
    test::must_commit(store, writes);
  }
  auto listing = store.list("/p/");
  REQUIRE(listing.ok());
  CHECK(listing->entries.size() == count);
  writes.push_back(test::put("/p/one-too-many", "x"));
  auto refused = store.commit(writes);
  REQUIRE_FALSE(refused.ok());
  CHECK(refused.error().reason == "129 writes at once, etcd takes at most 128; split the file");
}
