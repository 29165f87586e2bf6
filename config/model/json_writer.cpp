#include <nlohmann/json.hpp>

#include "config/model/value.h"

namespace config::model {
namespace {

// As Go writes strings into JSON: <, > and & are escaped too.
std::string quoted(const std::string& text) {
  const std::string plain = nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  std::string out;
  for (char c : plain) {
    switch (c) {
      case '<': out += "\\u003c"; break;
      case '>': out += "\\u003e"; break;
      case '&': out += "\\u0026"; break;
      default: out += c;
    }
  }
  return out;
}

// `indent` < 0: everything on one line.
class Writer {
 public:
  explicit Writer(int indent) : indent_(indent) {}
  std::string out;

  void write(const Value& value, int depth) {
    switch (value.type) {
      case Value::Type::Null: out += "null"; break;
      case Value::Type::Bool: out += value.is_true() ? "true" : "false"; break;
      case Value::Type::Number: out += value.text; break;
      case Value::Type::String: out += quoted(value.text); break;
      case Value::Type::List: write_list(value, depth); break;
      case Value::Type::Map: write_map(value, depth); break;
    }
  }

 private:
  void line_break(int depth) {
    if (indent_ < 0) return;
    out += '\n';
    out.append(static_cast<size_t>(indent_ * depth), ' ');
  }
  void write_list(const Value& value, int depth) {
    out += '[';
    for (size_t i = 0; i < value.items.size(); ++i) {
      if (i > 0) out += ',';
      line_break(depth + 1);
      write(value.items[i], depth + 1);
    }
    if (!value.items.empty()) line_break(depth);
    out += ']';
  }
  void write_map(const Value& value, int depth) {
    out += '{';
    for (size_t i = 0; i < value.members.size(); ++i) {
      if (i > 0) out += ',';
      line_break(depth + 1);
      out += quoted(value.members[i].key) + (indent_ < 0 ? ":" : ": ");
      write(value.members[i].value, depth + 1);
    }
    if (!value.members.empty()) line_break(depth);
    out += '}';
  }

  int indent_;
};

}  // namespace

std::string to_compact_json(const Value& value) {
  Writer writer(-1);
  writer.write(value, 0);
  return writer.out;
}

std::string to_json(const Value& value) {
  Writer writer(2);
  writer.write(value, 0);
  return writer.out + '\n';
}

}  // namespace config::model
