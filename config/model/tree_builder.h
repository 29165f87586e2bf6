// Events of a YAML or JSON parser -> Value trees, with the limits that both share.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "config/model/value.h"

namespace config::model {

// Throws ConfigError, which ends the parser's run; parse_yaml and parse_json catch it. Nothing else sees it.
class TreeBuilder {
 public:
  // In a map, every second call is a key and must be a scalar. `anchor` 0: none.
  void scalar(Value value, size_t anchor = 0);
  void open(Value::Type type, int line, size_t anchor = 0);
  void close();
  void alias(size_t anchor, int line);

  std::vector<Value> take_roots() { return std::move(roots_); }

 private:
  struct Open {
    Value value;
    size_t anchor = 0;
    bool has_key = false;
    Member next;
  };
  void complete(Value value, size_t anchor);
  void take_key(Open& map, const Value& value);
  void count(size_t nodes, int line);

  std::vector<Open> open_;
  std::vector<Value> roots_;
  std::map<size_t, Value> anchors_;
  size_t nodes_ = 0;
};

}  // namespace config::model
