// Where things live. Resources follow Calico v3's layout, so that etcd later needs no other (config/model/README.md).
#pragma once

#include <string>
#include <string_view>

namespace config::store {

// Everything of ours and of Calico's: list and watch this.
inline constexpr std::string_view kRoot = "/calico/";

// The first key that does not start with `prefix`; empty: there is none (all bytes 0xff, or no prefix).
inline std::string prefix_end(std::string prefix) {
  while (!prefix.empty()) {
    const auto last = static_cast<unsigned char>(prefix.back());
    if (last != 0xff) {
      prefix.back() = static_cast<char>(last + 1);
      return prefix;
    }
    prefix.pop_back();
  }
  return prefix;
}

}  // namespace config::store
