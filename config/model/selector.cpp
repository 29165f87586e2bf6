#include "config/model/selector.h"

#include <algorithm>
#include <optional>
#include <vector>

#include "bgp/base/escape.h"
#include "bgp/base/document_limits.h"

namespace config::model {

struct Selector::Node {
  enum class Op : uint8_t { All, Has, Equal, NotEqual, In, NotIn, Contains, StartsWith, EndsWith, Not, And, Or };
  Op op = Op::All;
  std::string label = {};
  std::vector<std::string> values = {};
  std::vector<std::shared_ptr<const Node>> parts = {};

  bool matches(const Labels& labels) const;
  bool compares(const std::string* value) const;
};

namespace {

using Node = Selector::Node;
using NodePtr = std::shared_ptr<const Node>;
using Parsed = bgp::Result<NodePtr, std::string>;

bool is_label_char(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '.' || c == '/' ||
         c == '-';
}

NodePtr leaf(Node::Op op, std::string label = {}, std::vector<std::string> values = {}) {
  return std::make_shared<Node>(Node{op, std::move(label), std::move(values), {}});
}

NodePtr branch(Node::Op op, std::vector<NodePtr> parts) {
  return std::make_shared<Node>(Node{op, {}, {}, std::move(parts)});
}

// Recursive descent; one function a level of the grammar.
class Parser {
 public:
  explicit Parser(std::string_view text) : text_(text) {}

  Parsed parse() {
    skip_blanks();
    if (at_ == text_.size()) return leaf(Node::Op::All);
    auto node = any_of();
    if (node && at_ < text_.size()) return expected("the end");
    return node;
  }

 private:
  Parsed any_of() { return chain(Node::Op::Or, "||", &Parser::all_of); }
  Parsed all_of() { return chain(Node::Op::And, "&&", &Parser::term); }

  Parsed chain(Node::Op op, std::string_view sign, Parsed (Parser::*part)()) {
    std::vector<NodePtr> parts;
    do {
      auto next = (this->*part)();
      if (!next) return next;
      parts.push_back(*next);
    } while (take(sign));
    return parts.size() == 1 ? parts.front() : branch(op, std::move(parts));
  }

  Parsed term() {
    if (++depth_ > bgp::limits::kSelectorDepthMax) return bgp::Err(std::string("nested deeper than ") +
                                                                    std::to_string(bgp::limits::kSelectorDepthMax) + " levels");
    auto node = take("!") ? negated() : plain();
    --depth_;
    return node;
  }

  Parsed negated() {
    auto node = term();
    if (!node) return node;
    return branch(Node::Op::Not, {*node});
  }

  Parsed plain() {
    if (take("(")) {
      auto node = any_of();
      if (node && !take(")")) return expected("')'");
      return node;
    }
    if (take_call("all") || take_call("global")) return leaf(Node::Op::All);
    const std::string word = take_word();
    if (word.empty()) return expected("a label");
    if (word == "has" && take("(")) {
      std::string label = take_word();
      if (label.empty()) return expected("a label");
      if (!take(")")) return expected("')'");
      return leaf(Node::Op::Has, std::move(label));
    }
    return comparison(word);
  }

  Parsed comparison(const std::string& label) {
    struct Sign {
      std::string_view text;
      Node::Op op;
    };
    static constexpr Sign kSigns[] = {{"==", Node::Op::Equal}, {"!=", Node::Op::NotEqual}};
    for (const Sign& sign : kSigns) {
      if (take(sign.text)) return against_text(sign.op, label);
    }
    if (take_keyword("contains")) return against_text(Node::Op::Contains, label);
    if (take_keyword("starts", "with")) return against_text(Node::Op::StartsWith, label);
    if (take_keyword("ends", "with")) return against_text(Node::Op::EndsWith, label);
    if (take_keyword("not", "in")) return against_set(Node::Op::NotIn, label);
    if (take_keyword("in")) return against_set(Node::Op::In, label);
    return expected("an operator");
  }

  Parsed against_text(Node::Op op, const std::string& label) {
    auto text = take_text();
    if (!text) return expected("a text in quotes");
    return leaf(op, label, {std::move(*text)});
  }

  Parsed against_set(Node::Op op, const std::string& label) {
    if (!take("{")) return expected("'{'");
    std::vector<std::string> values;
    if (take("}")) return leaf(op, label, {});
    do {
      auto text = take_text();
      if (!text) return expected("a text in quotes");
      values.push_back(std::move(*text));
    } while (take(","));
    if (!take("}")) return expected("'}'");
    return leaf(op, label, std::move(values));
  }

  // ---- the text ----------------------------------------------------------------------------------------------------
  void skip_blanks() {
    while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\t' || text_[at_] == '\n' || text_[at_] == '\r')) ++at_;
  }

  bool take(std::string_view sign) {
    if (!text_.substr(at_).starts_with(sign)) return false;
    at_ += sign.size();
    skip_blanks();
    return true;
  }

  std::string take_word() {
    const size_t start = at_;
    while (at_ < text_.size() && is_label_char(text_[at_])) ++at_;
    std::string word(text_.substr(start, at_ - start));
    skip_blanks();
    return word;
  }

  // One word or two, or nothing taken.
  bool take_keyword(std::string_view first, std::string_view second = {}) {
    const size_t start = at_;
    if (take_word() == first && (second.empty() || take_word() == second)) return true;
    at_ = start;
    return false;
  }

  // "all()", also with blanks inside.
  bool take_call(std::string_view name) {
    const size_t start = at_;
    if (take_word() == name && take("(") && take(")")) return true;
    at_ = start;
    return false;
  }

  std::optional<std::string> take_text() {
    if (at_ == text_.size() || (text_[at_] != '\'' && text_[at_] != '"')) return std::nullopt;
    const size_t end = text_.find(text_[at_], at_ + 1);
    if (end == std::string_view::npos) return std::nullopt;
    std::string value(text_.substr(at_ + 1, end - at_ - 1));
    at_ = end + 1;
    skip_blanks();
    return value;
  }

  Parsed expected(const std::string& what) const {
    const std::string_view rest = text_.substr(at_);
    return bgp::Err("expected " + what + " at " + std::to_string(at_ + 1) +
                    (rest.empty() ? ", where it ends" : ", not '" + bgp::printable(rest, 16) + "'"));
  }

  std::string_view text_;
  size_t at_ = 0;
  size_t depth_ = 0;
};

}  // namespace

// `value`: of the label, nullptr where there is none.
bool Selector::Node::compares(const std::string* value) const {
  const auto is_listed = [&] { return value != nullptr && std::find(values.begin(), values.end(), *value) != values.end(); };
  switch (op) {
    case Op::Has: return value != nullptr;
    case Op::Equal:
    case Op::In: return is_listed();
    case Op::NotEqual:
    case Op::NotIn: return !is_listed();
    case Op::Contains: return value != nullptr && value->find(values[0]) != std::string::npos;
    case Op::StartsWith: return value != nullptr && value->starts_with(values[0]);
    case Op::EndsWith: return value != nullptr && value->ends_with(values[0]);
    default: return true;
  }
}

bool Selector::Node::matches(const Labels& labels) const {
  const auto holds = [&](const NodePtr& part) { return part->matches(labels); };
  switch (op) {
    case Op::Not: return !parts[0]->matches(labels);
    case Op::And: return std::all_of(parts.begin(), parts.end(), holds);
    case Op::Or: return std::any_of(parts.begin(), parts.end(), holds);
    default: break;
  }
  const auto found = labels.find(label);
  return compares(found == labels.end() ? nullptr : &found->second);
}

bgp::Result<Selector, std::string> Selector::parse(std::string_view text) {
  if (text.size() > bgp::limits::kSelectorBytesMax) {
    return bgp::Err("longer than " + std::to_string(bgp::limits::kSelectorBytesMax) + " bytes");
  }
  auto root = Parser(text).parse();
  if (!root) return bgp::Err(root.error());
  return Selector(*root);
}

bool Selector::matches(const Labels& labels) const { return root_->matches(labels); }

}  // namespace config::model
