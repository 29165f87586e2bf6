#include "bgp/daemon/address_watch.h"

#include <utility>

namespace bgp::daemon {

using Kind = AddressVerdict::Kind;

AddressVerdict AddressWatch::look(const AddressLook& look, Instant now) {
  if (look.stored && look.is_here) return look_at_present(look);
  return look_at_missing(look, now);
}

AddressVerdict AddressWatch::look_at_present(const AddressLook& look) {
  const bool was_missing = std::exchange(is_missing_, false);
  const bool is_same = look.answer && look.answer->address == look.stored->address;
  const auto preferred = is_same ? std::nullopt : look.answer;
  const bool is_news = preferred && preferred != answer_;
  answer_ = preferred;
  if (was_missing) return {Kind::Returned, look.stored};
  return is_news ? AddressVerdict{Kind::Prefers, preferred} : AddressVerdict{};
}

AddressVerdict AddressWatch::look_at_missing(const AddressLook& look, Instant now) {
  if (!look.stored) return look.answer ? AddressVerdict{Kind::Take, look.answer} : AddressVerdict{};
  const bool was_missing = std::exchange(is_missing_, true);
  const bool is_news = !was_missing || look.answer != answer_;
  if (is_news) answer_since_ = now;
  answer_ = look.answer;
  if (answer_ && now - answer_since_ >= interval_) {
    is_missing_ = false;
    return {Kind::Take, look.answer};
  }
  return is_news ? AddressVerdict{Kind::Missing, look.answer} : AddressVerdict{};
}

}  // namespace bgp::daemon
