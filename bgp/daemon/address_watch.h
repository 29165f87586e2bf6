// When a node whose address was found by itself gets another one. Pure; time is an argument.
//
// calico/node takes the newest answer of its autodetection once a minute: an interface that comes up, a route that
// moves, and the whole mesh loses its sessions (projectcalico/calico #5090, #5492, #1941, #6047, #2042). Here the stored
// address stays as long as an interface that is up has it, whatever the method would answer now. When it is gone, the
// answer must stay the same for one whole interval; then it is taken. With no address at all the first answer is taken.
#pragma once

#include <optional>
#include <string>

#include "bgp/base/time.h"
#include "config/model/kinds/node.h"

namespace bgp::daemon {

// One look, of one family.
struct AddressLook {
  std::optional<config::model::InterfaceAddress> stored;
  bool is_here = false;                                    // an interface that is up has the stored one
  std::optional<config::model::InterfaceAddress> answer;  // of the method
};

struct AddressVerdict {
  enum class Kind : uint8_t {
    Keep,          // nothing happened
    Prefers,       // the stored one is here and stays; the method would choose `address`
    Missing,       // the stored one is gone; `address`, if any, has to last first
    Returned,      // it is back
    Take,          // `address`, from now on
  };
  Kind kind = Kind::Keep;
  std::optional<config::model::InterfaceAddress> address = {};
  bool operator==(const AddressVerdict&) const = default;
};

class AddressWatch {
 public:
  explicit AddressWatch(Duration interval) : interval_(interval) {}
  // The same state of affairs is told once: then Keep.
  AddressVerdict look(const AddressLook& look, Instant now);

 private:
  AddressVerdict look_at_present(const AddressLook& look);
  AddressVerdict look_at_missing(const AddressLook& look, Instant now);

  Duration interval_;
  bool is_missing_ = false;                                   // the last look did not find the stored address
  Instant answer_since_{};                                    // while it is missing: the first look with this answer
  std::optional<config::model::InterfaceAddress> answer_;     // the last one that was told
};

}  // namespace bgp::daemon
