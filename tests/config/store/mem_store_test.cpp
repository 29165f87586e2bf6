#include "config/store/mem_store.h"

#include <doctest/doctest.h>

#include <thread>

#include "config/store/keys.h"
#include "tests/support/store_contract.h"

using namespace config::store;

TEST_CASE("the memory store keeps the store contract") {
  test::run_store_contract([] { return std::make_unique<MemStore>(); });
}

TEST_CASE("prefix_end is the first key beyond a prefix") {
  CHECK(prefix_end("/a") == "/b");
  CHECK(prefix_end("/a\xff") == "/b");
  CHECK(prefix_end("\xff") == "");
  CHECK(prefix_end("") == "");
}

TEST_CASE("a watcher may read the store and end its own watch from the callback") {
  MemStore store;
  std::unique_ptr<Watch> watch;
  std::string read;
  auto started = store.watch("", 0, [&](const std::vector<Change>&) {
    read += test::listed(store, "") + ";";
    watch = nullptr;
  });
  REQUIRE(started.ok());
  watch = std::move(*started);
  test::must_commit(store, {test::put("/a", "1")});
  test::must_commit(store, {test::put("/a", "2")});
  CHECK(read == "/a=1;");
}

TEST_CASE("a watcher that comes too late is told to list again") {
  MemStore store;
  for (int i = 0; i < 300; ++i) test::must_commit(store, {test::put("/a", std::to_string(i))});
  auto watch = store.watch("", 0, [](const std::vector<Change>&) {});
  REQUIRE_FALSE(watch.ok());
  CHECK(watch.error().kind == StoreError::Kind::Conflict);
  CHECK(store.watch("", 300, [](const std::vector<Change>&) {}).ok());
}

TEST_CASE("commits of many threads are serialized: no increment is lost") {
  MemStore store;
  test::must_commit(store, {test::put("/n", "0")});
  const auto add = [&] {
    for (int done = 0; done < 200;) {
      const Entry entry = **store.get("/n");
      const Write write = test::expecting(test::put("/n", std::to_string(std::stoi(entry.value) + 1)), entry.revision);
      if (store.commit({write}).ok()) ++done;
    }
  };
  std::thread other(add);
  add();
  other.join();
  CHECK((*store.get("/n"))->value == "400");
}
