// Calico's selectors: which labelled things are meant.
//
//   k == 'v'   k != 'v'   k in {'a', 'b'}   k not in {'a'}   has(k)   !has(k)
//   k contains 'v'   k starts with 'v'   k ends with 'v'   all()   global()   &&  ||  !  ( )
//
// Upstream's semantics: `!=` and `not in` also match where there is no such label; the other comparisons do not. `&&` binds
// closer than `||`, `!` closest. An empty text is all(). global() matches what has no namespace: everything here.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "bgp/base/result.h"

namespace config::model {

using Labels = std::map<std::string, std::string, std::less<>>;

class Selector {
 public:
  // Or what is wrong, and where: "expected an operator after 'rack' at 6". Depth and length are bounded.
  static bgp::Result<Selector, std::string> parse(std::string_view text);

  bool matches(const Labels& labels) const;

  struct Node;

 private:
  explicit Selector(std::shared_ptr<const Node> root) : root_(std::move(root)) {}
  std::shared_ptr<const Node> root_;
};

}  // namespace config::model
