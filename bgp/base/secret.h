// A password. It has no stream operator, no comparison that leaks, and its bytes are overwritten when it goes.
#pragma once

#include <string>
#include <utility>

namespace bgp {

class Secret {
 public:
  Secret() = default;
  explicit Secret(std::string text) : text_(std::move(text)) {}
  Secret(const Secret&) = default;
  Secret(Secret&& other) noexcept : text_(other.text_) { other.wipe(); }
  Secret& operator=(const Secret& other) {
    if (this != &other) {
      wipe();
      text_ = other.text_;
    }
    return *this;
  }
  Secret& operator=(Secret&& other) noexcept {
    if (this != &other) {
      wipe();
      text_ = other.text_;
      other.wipe();
    }
    return *this;
  }
  ~Secret() { wipe(); }

  bool empty() const { return text_.empty(); }
  // The one way to the text: for setsockopt, never for output.
  const std::string& reveal() const { return text_; }
  bool operator==(const Secret&) const = default;

 private:
  void wipe() {
    for (volatile char& c : text_) c = 0;
    text_.clear();
  }
  std::string text_;
};

}  // namespace bgp
