#include "config/model/value.h"

#include <algorithm>
#include <array>

namespace config::model {

Value Value::string(std::string_view text) {
  Value value;
  value.type = Type::String;
  value.text = text;
  return value;
}

Value Value::number(uint64_t number) {
  Value value;
  value.type = Type::Number;
  value.text = std::to_string(number);
  return value;
}

Value Value::boolean(bool truth) {
  Value value;
  value.type = Type::Bool;
  value.text = truth ? "true" : "false";
  return value;
}

Value Value::list(std::vector<Value> items) {
  Value value;
  value.type = Type::List;
  value.items = std::move(items);
  return value;
}

Value Value::map() {
  Value value;
  value.type = Type::Map;
  return value;
}

bool Value::is_true() const {
  static constexpr std::array kTrue = {"true", "True", "TRUE", "yes", "Yes", "YES", "on", "On", "ON", "y", "Y"};
  return type == Type::Bool && std::find(kTrue.begin(), kTrue.end(), text) != kTrue.end();
}

const Value* Value::find(std::string_view key) const {
  for (const Member& member : members) {
    if (member.key == key) return &member.value;
  }
  return nullptr;
}

Value* Value::find(std::string_view key) {
  for (Member& member : members) {
    if (member.key == key) return &member.value;
  }
  return nullptr;
}

Value& Value::set(std::string_view key, Value value) {
  if (is_null()) type = Type::Map;
  if (Value* existing = find(key)) {
    *existing = std::move(value);
  } else {
    members.push_back({std::string(key), std::move(value), 0});
  }
  return *this;
}

void Value::erase(std::string_view key) {
  std::erase_if(members, [&](const Member& member) { return member.key == key; });
}

bool Value::operator==(const Value& other) const {
  if (type != other.type || items != other.items || members.size() != other.members.size()) return false;
  if (type == Type::Bool) return is_true() == other.is_true();
  if (text != other.text) return false;
  return std::all_of(members.begin(), members.end(), [&](const Member& member) {
    const Value* same = other.find(member.key);
    return same != nullptr && *same == member.value;
  });
}

}  // namespace config::model
