#include "config/etcd/transaction.h"

#include <doctest/doctest.h>

using namespace config::etcd;
using config::store::Entry;
using config::store::Write;

TEST_CASE("expected revisions become comparisons of mod_revision, and a refusal reads the keys back") {
  CHECK(txn_request({{"a", "1", 0}, {"b", std::nullopt, 7}}) ==
        R"({"compare":[{"key":"YQ==","mod_revision":"0","result":"EQUAL","target":"MOD"},)"
        R"({"key":"Yg==","mod_revision":"7","result":"EQUAL","target":"MOD"}],)"
        R"("failure":[{"request_range":{"key":"YQ=="}},{"request_range":{"key":"Yg=="}}],)"
        R"("success":[{"request_put":{"key":"YQ==","value":"MQ=="}},{"request_delete_range":{"key":"Yg=="}}]})");
}

TEST_CASE("a key written twice is sent once, as the later write wants it, with both expectations") {
  CHECK(txn_request({{"a", "1", 3}, {"a", "2", std::nullopt}}) ==
        R"({"compare":[{"key":"YQ==","mod_revision":"3","result":"EQUAL","target":"MOD"}],)"
        R"("failure":[{"request_range":{"key":"YQ=="}}],"success":[{"request_put":{"key":"YQ==","value":"Mg=="}}]})");
}

TEST_CASE("a commit in doubt is repeated only if every write says what it expects") {
  CHECK(is_repeatable({{"a", "1", 0}, {"b", std::nullopt, 7}}));
  CHECK_FALSE(is_repeatable({{"a", "1", 0}, {"b", "2", std::nullopt}}));
}

TEST_CASE("a repeat that is refused had happened before when all is stored as it wanted") {
  const std::vector<Write> writes = {{"a", "1", 0}, {"b", std::nullopt, 7}};
  CHECK(has_happened(writes, {{"a", "1", 9}}));
  CHECK_FALSE(has_happened(writes, {}));                             // nobody made a
  CHECK_FALSE(has_happened(writes, {{"a", "2", 9}}));                // somebody else did
  CHECK_FALSE(has_happened(writes, {{"a", "1", 9}, {"b", "", 7}}));  // b is still there
}

TEST_CASE("a conflict names the first write whose expectation fails") {
  auto error = conflict_among({{"a", "1", 5}, {"b", "1", 0}}, {{"a", "x", 5}, {"b", "x", 6}});
  CHECK(error.kind == config::store::StoreError::Kind::Conflict);
  CHECK(error.key == "b");
  CHECK(error.reason == "b exists already");
}
