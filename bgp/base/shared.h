// A value that many hold and nobody changes: copies cost a count, and two that hold the same one are equal at once. So a
// configuration of a thousand peers is copied, compared and handed to another thread for the price of what differs.
// Who calls: bgp/speaker, config/desired. Thread-safe as shared_ptr is: each holder by itself.
#pragma once

#include <memory>
#include <utility>

namespace bgp {

template <class T>
class Shared {
 public:
  Shared() : Shared(T()) {}
  Shared(T value) : value_(std::make_shared<T>(std::move(value))) {}  // NOLINT(google-explicit-constructor)

  const T& operator*() const { return *value_; }
  const T* operator->() const { return value_.get(); }
  operator const T&() const { return *value_; }  // NOLINT(google-explicit-constructor)

  // A copy of its own, to be changed before this is copied again; other holders keep what they have.
  T& change() { return *(value_ = std::make_shared<T>(*value_)); }

  bool is_same_as(const Shared& other) const { return value_ == other.value_; }
  bool operator==(const Shared& other) const { return is_same_as(other) || *value_ == *other.value_; }

 private:
  std::shared_ptr<T> value_;
};

}  // namespace bgp
