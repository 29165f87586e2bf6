#include "config/store/watch_hub.h"

#include <utility>

namespace config::store {

class WatchHub::Handle : public Watch {
 public:
  Handle(std::shared_ptr<WatchHub> hub, uint64_t id) : hub_(std::move(hub)), id_(id) {}
  ~Handle() override {
    const std::lock_guard lock(hub_->mutex());
    hub_->subscribers_.erase(id_);
  }

 private:
  std::shared_ptr<WatchHub> hub_;
  uint64_t id_;
};

namespace {

std::vector<Change> under(const std::string& prefix, const std::vector<Change>& changes) {
  std::vector<Change> wanted;
  for (const Change& change : changes) {
    if (change.key.starts_with(prefix)) wanted.push_back(change);
  }
  return wanted;
}

}  // namespace

bgp::Result<std::unique_ptr<Watch>, StoreError> WatchHub::add(const std::string& prefix, uint64_t after,
                                                              WatchCallback callback) {
  if (after < forgotten_) {
    StoreError error;
    error.kind = StoreError::Kind::Conflict;
    error.reason = "what changed after revision " + std::to_string(after) + " is forgotten; list again, then watch";
    return bgp::Err(error);
  }
  const uint64_t id = next_id_++;
  auto subscriber = std::make_shared<Subscriber>(Subscriber{prefix, std::move(callback)});
  subscribers_[id] = subscriber;
  std::unique_ptr<Watch> handle = std::make_unique<Handle>(shared_from_this(), id);
  for (const std::vector<Change>& changes : history_) {
    const std::vector<Change> missed = under(prefix, changes);
    if (!missed.empty() && missed.back().revision > after) subscriber->callback(missed);
  }
  return handle;
}

void WatchHub::publish(const std::vector<Write>& writes, uint64_t revision) {
  std::vector<Change> changes;
  for (const Write& write : writes) changes.push_back({write.key, write.value, revision});
  publish(std::move(changes));
}

void WatchHub::publish(std::vector<Change> changes) {
  // A callback may end watches, its own too: walk over a copy and look each one up again.
  const auto subscribers = subscribers_;
  for (const auto& [id, subscriber] : subscribers) {
    const std::vector<Change> wanted = under(subscriber->prefix, changes);
    if (!wanted.empty() && subscribers_.contains(id)) subscriber->callback(wanted);
  }
  if (changes.empty()) return;
  history_.push_back(std::move(changes));
  if (history_.size() > kHistoryMax) {
    forgotten_ = history_.front().back().revision;
    history_.pop_front();
  }
}

std::optional<StoreError> conflict_of(const Write& write, const Entry* stored) {
  const uint64_t revision = stored == nullptr ? 0 : stored->revision;
  if (!write.expected_revision || *write.expected_revision == revision) return std::nullopt;
  StoreError error;
  error.kind = StoreError::Kind::Conflict;
  error.key = write.key;
  if (*write.expected_revision == 0) {
    error.reason = write.key + " exists already";
  } else if (stored == nullptr) {
    error.reason = write.key + " does not exist any more; read it again";
  } else {
    error.reason = write.key + " was changed by somebody else; read it again";
  }
  return error;
}

}  // namespace config::store
