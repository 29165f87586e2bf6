// Result<T, E>: a value or the reason why there is none. The subset of std::expected that this project uses
// (g++ 12 has no <expected>). No exception crosses a floor; an operating error is a value of the room's own type.
#pragma once

#include <utility>
#include <variant>

#include "bgp/base/assert.h"

namespace bgp {

// Wraps the error, so that Result<T, E> is unambiguous even where T and E are the same type: `return Err(reason);`
template <class E>
struct Err {
  explicit Err(E e) : error(std::move(e)) {}
  E error;
};

template <class T, class E>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}
  template <class F>
  Result(Err<F> e) : state_(std::in_place_index<1>, std::move(e.error)) {}

  bool ok() const { return state_.index() == 0; }
  explicit operator bool() const { return ok(); }

  // Requires ok(); asking for the value of an error is a bug, and asserts.
  T& value() & { BGP_ASSERT(ok()); return *std::get_if<0>(&state_); }
  const T& value() const& { BGP_ASSERT(ok()); return *std::get_if<0>(&state_); }
  T&& value() && { BGP_ASSERT(ok()); return std::move(*std::get_if<0>(&state_)); }
  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }
  T&& operator*() && { return std::move(*this).value(); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }

  // Requires !ok().
  const E& error() const { BGP_ASSERT(!ok()); return *std::get_if<1>(&state_); }

  T value_or(T other) const { return ok() ? value() : std::move(other); }

 private:
  std::variant<T, E> state_;
};

// A Result that carries nothing when it succeeds.
struct Done {
  bool operator==(const Done&) const = default;
};
template <class E>
using Status = Result<Done, E>;

}  // namespace bgp
