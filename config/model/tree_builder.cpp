#include "config/model/tree_builder.h"

#include <utility>

#include "bgp/base/escape.h"
#include "bgp/base/limits.h"

namespace config::model {
namespace {

size_t nodes_of(const Value& value) {
  size_t nodes = 1;
  for (const Value& item : value.items) nodes += nodes_of(item);
  for (const Member& member : value.members) nodes += 1 + nodes_of(member.value);
  return nodes;
}

[[noreturn]] void refuse(int line, std::string reason) { throw ConfigError{"", line, std::move(reason)}; }

}  // namespace

void TreeBuilder::count(size_t nodes, int line) {
  nodes_ += nodes;
  if (nodes_ > bgp::limits::kDocumentNodesMax) {
    refuse(line, "document has more than " + std::to_string(bgp::limits::kDocumentNodesMax) + " values");
  }
}

void TreeBuilder::scalar(Value value, size_t anchor) {
  count(1, value.line);
  complete(std::move(value), anchor);
}

void TreeBuilder::open(Value::Type type, int line, size_t anchor) {
  count(1, line);
  if (open_.size() >= bgp::limits::kDocumentDepthMax) {
    refuse(line, "document is nested deeper than " + std::to_string(bgp::limits::kDocumentDepthMax) + " levels");
  }
  if (!open_.empty() && open_.back().value.is_map() && !open_.back().has_key) refuse(line, "a key must be a plain word");
  Open entry;
  entry.value.type = type;
  entry.value.line = line;
  entry.anchor = anchor;
  open_.push_back(std::move(entry));
}

void TreeBuilder::close() {
  Open done = std::move(open_.back());
  open_.pop_back();
  complete(std::move(done.value), done.anchor);
}

void TreeBuilder::alias(size_t anchor, int line) {
  auto found = anchors_.find(anchor);
  if (found == anchors_.end()) refuse(line, "an alias stands inside its own anchor");
  count(nodes_of(found->second), line);
  complete(found->second, 0);
}

void TreeBuilder::take_key(Open& map, const Value& value) {
  if (!value.is_scalar()) refuse(value.line, "a key must be a plain word");
  if (map.value.find(value.text) != nullptr) {
    refuse(value.line, "field is given twice: " + bgp::printable(value.text));
  }
  map.next.key = value.text;
  map.next.line = value.line;
  map.has_key = true;
}

void TreeBuilder::complete(Value value, size_t anchor) {
  if (anchor != 0) anchors_[anchor] = value;
  if (open_.empty()) {
    roots_.push_back(std::move(value));
    return;
  }
  Open& parent = open_.back();
  if (parent.value.is_list()) {
    parent.value.items.push_back(std::move(value));
  } else if (!parent.has_key) {
    take_key(parent, value);
  } else {
    // An empty value has no place of its own: it is where its key is.
    if (value.line == 0) value.line = parent.next.line;
    parent.next.value = std::move(value);
    parent.value.members.push_back(std::move(parent.next));
    parent.next = {};
    parent.has_key = false;
  }
}

}  // namespace config::model
