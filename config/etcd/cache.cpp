#include "config/etcd/cache.h"

#include <charconv>
#include <sstream>

namespace config::etcd {
namespace {

using store::Change;
using store::Entry;
using store::StoreError;
using store::Write;

constexpr std::string_view kStateKey = "etcd";
constexpr size_t kRevisionBytes = 8;

std::string to_row(uint64_t revision, const std::string& value) {
  std::string row;
  for (size_t i = kRevisionBytes; i > 0; --i) row += static_cast<char>(revision >> (8 * (i - 1)) & 0xffU);
  return row + value;
}

Entry from_row(const Entry& row) {
  Entry entry{row.key, row.value.substr(kRevisionBytes), 0};
  for (size_t i = 0; i < kRevisionBytes; ++i) entry.revision = entry.revision << 8U | static_cast<uint8_t>(row.value[i]);
  return entry;
}

void read_state(const std::string& text, Remembered& remembered) {
  std::istringstream lines(text);
  std::string revision;
  std::getline(lines, remembered.identity.cluster_id);
  std::getline(lines, remembered.identity.guid);
  std::getline(lines, revision);
  std::from_chars(revision.data(), revision.data() + revision.size(), remembered.revision);
}

}  // namespace

bgp::Result<Remembered, StoreError> Cache::load() {
  auto listing = store_->list("");
  if (!listing) return bgp::Err(listing.error());
  Remembered remembered;
  for (const Entry& row : listing->entries) {
    if (row.key == kStateKey) read_state(row.value, remembered);
    else if (row.value.size() >= kRevisionBytes) remembered.entries.push_back(from_row(row));
  }
  return remembered;
}

bgp::Status<StoreError> Cache::save(const std::vector<Change>& rows, const Identity& identity, uint64_t revision) {
  std::vector<Write> writes;
  for (const Change& row : rows) {
    writes.push_back({row.key, std::nullopt, std::nullopt});
    if (row.value) writes.back().value = to_row(row.revision, *row.value);
  }
  writes.push_back({std::string(kStateKey),
                    identity.cluster_id + "\n" + identity.guid + "\n" + std::to_string(revision) + "\n", std::nullopt});
  auto saved = store_->commit(writes);
  if (!saved) return bgp::Err(saved.error());
  return bgp::Done{};
}

}  // namespace config::etcd
