#include "tests/bench/load/receiver.h"

#include <ctime>

namespace bench {

int64_t now_ns() {
  timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1'000'000'000LL + now.tv_nsec;
}

Receiver::Receiver(const Universe& all, const PrefixIndex& index, uint32_t own_as, Range scope, Range ignored)
    : all_(all), index_(index), own_as_(own_as), scope_(scope), ignored_(ignored), held_(all.routes.size(), kAbsent) {}

void Receiver::expect(const Expected& expected) {
  expected_ = &expected;
  wanted_ = right_ = 0;
  for (size_t n = 0; n < held_.size(); ++n) {
    if (ignored_.contains(n) || wanted(n) == kAbsent) continue;
    ++wanted_;
    right_ += held_[n] == wanted(n);
  }
}

void Receiver::expectation_changed(uint32_t route, uint32_t before) {
  if (ignored_.contains(route) || !scope_.contains(route)) return;
  wanted_ += (wanted(route) != kAbsent) - (before != kAbsent);
  right_ += held_[route] == kAbsent ? 0 : (held_[route] == wanted(route)) - (held_[route] == before);
}

void Receiver::handle_update(ByteView body) {
  ++updates_;
  const size_t gone = body.size() < 4 ? body.size() : get16(body.data());
  if (gone + 4 > body.size()) return void(++foreign_);
  const size_t attributes = get16(&body[gone + 2]);
  if (gone + 4 + attributes > body.size()) return void(++foreign_);
  if (gone > 0) each_prefix(body.subspan(2, gone), kAbsent);
  const ByteView nlri = body.subspan(gone + 4 + attributes);
  if (!nlri.empty()) each_prefix(nlri, fingerprint(body.subspan(gone + 4, attributes), own_as_));
}

void Receiver::each_prefix(ByteView nlri, uint32_t value) {
  for (size_t at = 0; at < nlri.size();) {
    const uint8_t length = nlri[at++];
    uint32_t address = 0;
    for (unsigned bit = 0; bit < length; bit += 8) {
      if (bit >= 32 || at >= nlri.size()) return void(++foreign_);
      address |= uint32_t{nlri[at++]} << (24 - bit);
    }
    ++prefixes_;
    const uint32_t route = index_.find(address, length);
    if (route != PrefixIndex::kNone) set(route, value);
    else if (value != kAbsent) ++foreign_;
  }
}

void Receiver::set(uint32_t route, uint32_t value) {
  if (ignored_.contains(route)) return;
  const uint32_t want = wanted(route);
  if (value != kAbsent && (*expected_)[route] == kAny) value = kAny;
  uint32_t& held = held_[route];
  held_count_ += (value != kAbsent) - (held != kAbsent);
  right_ += want == kAbsent ? 0 : (value == want) - (held == want);
  held = value;
  if (stopwatch_ != nullptr && value == want && stopwatch_->sent_ns[route] != 0) {
    stopwatch_->latency_ns.push_back(now_ns() - stopwatch_->sent_ns[route]);
    stopwatch_->sent_ns[route] = 0;
  }
}

std::string Receiver::what_is_wrong() const {
  std::string text = "holds " + std::to_string(held_count_) + " routes of " + std::to_string(wanted_) + ", " +
                     std::to_string(right_) + " of them right";
  if (foreign_ != 0) text += ", and was told " + std::to_string(foreign_) + " times of what nobody announced";
  for (size_t n = 0; n < held_.size(); ++n) {
    if (ignored_.contains(n) || held_[n] == wanted(n)) continue;
    const Route& route = all_.routes[n];
    text += "; the first that is wrong: " + std::to_string(route.address >> 24) + "." + std::to_string(route.address >> 16 & 255) +
            "." + std::to_string(route.address >> 8 & 255) + "." + std::to_string(route.address & 255) + "/" +
            std::to_string(route.length) + (held_[n] == kAbsent ? " is missing" : wanted(n) == kAbsent ? " is too many" :
            held_[n] == kMalformed ? " has malformed attributes" : " has other attributes");
    break;
  }
  return text;
}

}  // namespace bench
