// Written by hand rather than with yaml-cpp's emitter: scripts compare our output with that of go-yaml, whose choice
// of quotes and indents the emitter cannot be told.
#include <algorithm>
#include <string>
#include <vector>

#include "config/model/scalar.h"
#include "config/model/value.h"

namespace config::model {
namespace {

bool is_blank_at(std::string_view text, size_t at) { return at >= text.size() || text[at] == ' '; }

bool is_control(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }

// May `text` stand without quotes in block context? YAML 1.1 §9.1.3.
bool may_be_plain(std::string_view text) {
  if (text.empty() || text.front() == ' ' || text.back() == ' ') return false;
  if (std::string_view("#,[]{}&*!|>'\"%@`").find(text[0]) != std::string_view::npos) return false;
  if ((text[0] == '-' || text[0] == '?') && is_blank_at(text, 1)) return false;
  if (text.starts_with("---") || text.starts_with("...")) return false;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == ':' && is_blank_at(text, i + 1)) return false;
    if (text[i] == '#' && i > 0 && text[i - 1] == ' ') return false;
  }
  return true;
}

std::string double_quoted(const std::string& text) {
  static constexpr char kHex[] = "0123456789abcdef";
  std::string out = "\"";
  for (char c : text) {
    if (c == '"' || c == '\\') {
      out += {'\\', c};
    } else if (c == '\n') {
      out += "\\n";
    } else if (c == '\t') {
      out += "\\t";
    } else if (is_control(c)) {
      out += {'\\', 'x', kHex[(c >> 4) & 0xf], kHex[c & 0xf]};
    } else {
      out += c;
    }
  }
  return out + '"';
}

std::string single_quoted(const std::string& text) {
  std::string out = "'";
  for (char c : text) {
    out += c;
    if (c == '\'') out += c;
  }
  return out + "'";
}

std::string string_scalar(const std::string& text) {
  if (resolves_to_other_type(text) || std::any_of(text.begin(), text.end(), is_control)) return double_quoted(text);
  return may_be_plain(text) ? text : single_quoted(text);
}

std::string scalar_text(const Value& value) {
  switch (value.type) {
    case Value::Type::Null: return "null";
    case Value::Type::Bool: return value.is_true() ? "true" : "false";
    case Value::Type::Number: return value.text;
    case Value::Type::String: return string_scalar(value.text);
    case Value::Type::List: return "[]";
    case Value::Type::Map: return "{}";
  }
  return "";
}

std::vector<const Member*> sorted_members(const Value& map) {
  std::vector<const Member*> members;
  for (const Member& member : map.members) members.push_back(&member);
  std::sort(members.begin(), members.end(), [](const Member* a, const Member* b) { return a->key < b->key; });
  return members;
}

// The text of a node whose first line starts where the cursor stands (after "- " or at the margin) and whose further
// lines start at `indent`.
void write_block(const Value& value, size_t indent, std::string& out) {
  const std::string margin(indent, ' ');
  bool first = true;
  for (const Value& item : value.items) {
    out += (first ? "" : margin) + "- ";
    write_block(item, indent + 2, out);
    first = false;
  }
  for (const Member* member : sorted_members(value)) {
    out += (first ? "" : margin) + string_scalar(member->key) + ":";
    first = false;
    const Value& child = member->value;
    if (child.items.empty() && child.members.empty()) {
      out += " " + scalar_text(child) + "\n";
      continue;
    }
    // go-yaml writes a list's dashes under its key, a map two deeper.
    const size_t child_indent = child.is_list() ? indent : indent + 2;
    out += "\n" + std::string(child_indent, ' ');
    write_block(child, child_indent, out);
  }
  if (value.items.empty() && value.members.empty()) out += scalar_text(value) + "\n";
}

}  // namespace

std::string to_yaml(const Value& value) {
  std::string out;
  write_block(value, 0, out);
  return out;
}

}  // namespace config::model
