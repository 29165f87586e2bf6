// A document as a tree, whatever text it came from: what YAML and JSON have in common, with the line of each node.
//
// Scalars keep the text that was written, so that a node named `on` or `1234` stays one where a text is wanted and
// `1.10` is never rounded to a float. Maps keep the order in which they were built (JSON prints it; YAML sorts).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "config/model/error.h"

namespace config::model {

struct Member;

struct Value {
  enum class Type : uint8_t { Null, Bool, Number, String, List, Map };

  Type type = Type::Null;
  std::string text;             // of Bool, Number, String, as written
  std::vector<Value> items;     // of List
  std::vector<Member> members;  // of Map; keys are unique
  int line = 0;                 // 1-based; 0: not from a text

  // Defined below Member: only there is a vector of them complete (clang insists).
  Value();
  Value(const Value&);
  Value(Value&&) noexcept;
  Value& operator=(const Value&);
  Value& operator=(Value&&) noexcept;
  ~Value();
  static Value string(std::string_view text);
  static Value number(uint64_t number);
  static Value boolean(bool truth);
  static Value list(std::vector<Value> items = {});
  static Value map();

  bool is_null() const { return type == Type::Null; }
  bool is_map() const { return type == Type::Map; }
  bool is_list() const { return type == Type::List; }
  bool is_scalar() const { return type == Type::Bool || type == Type::Number || type == Type::String; }
  // Of a Bool: also YAML 1.1's yes and on.
  bool is_true() const;

  // nullptr when this is no map or has no such key.
  const Value* find(std::string_view key) const;
  Value* find(std::string_view key);
  // Adds or replaces; turns Null into a map. Returns *this, to build a map in one expression.
  Value& set(std::string_view key, Value value);
  void erase(std::string_view key);

  // Lines do not count, nor does the order of a map's keys.
  bool operator==(const Value& other) const;
};

struct Member {
  std::string key;
  Value value;
  int line = 0;
};

inline Value::Value() = default;
inline Value::Value(const Value&) = default;
inline Value::Value(Value&&) noexcept = default;
inline Value& Value::operator=(const Value&) = default;
inline Value& Value::operator=(Value&&) noexcept = default;
inline Value::~Value() = default;

// The JSON of a stored value, with the depth and size limits of documents.
Outcome<Value> parse_json(std::string_view text);
// Every document of a YAML stream (JSON is YAML too). Refused: duplicate keys, more than limits::kDocumentBytesMax,
// kDocumentDepthMax, kDocumentNodesMax (an alias counts as the nodes it stands for), keys that are no scalars.
Outcome<std::vector<Value>> parse_yaml(std::string_view text);

// Compact JSON on one line: the stored form.
std::string to_compact_json(const Value& value);
// Two-space indent, keys in the order of the map, "\n" at the end: as Go's MarshalIndent.
std::string to_json(const Value& value);
// As go-yaml writes it: keys sorted, lists at the indent of their key, "\n" at the end.
std::string to_yaml(const Value& value);

}  // namespace config::model
