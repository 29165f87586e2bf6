#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

#include <sstream>

#include "bgp/base/escape.h"
#include "bgp/base/limits.h"
#include "config/model/scalar.h"
#include "config/model/tree_builder.h"
#include "config/model/value.h"

namespace config::model {
namespace {

int line_of(const YAML::Mark& mark) { return mark.line + 1; }

class Handler : public YAML::EventHandler {
 public:
  TreeBuilder builder;

  // yaml-cpp takes text that belongs to nothing (",a}}") for an empty document, and again, without end.
  void OnDocumentStart(const YAML::Mark& mark) override {
    if (mark.pos <= document_at_) throw ConfigError{"", line_of(mark), "something here belongs to no value"};
    document_at_ = mark.pos;
  }
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    builder.scalar(plain_scalar("", line_of(mark)), anchor);
  }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override { builder.alias(anchor, line_of(mark)); }
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& text) override {
    // "?" marks a plain scalar; a quoted or tagged one is a string whatever it looks like.
    Value value = tag == "?" || tag.empty() ? plain_scalar(text, line_of(mark)) : Value::string(text);
    value.line = line_of(mark);
    builder.scalar(std::move(value), anchor);
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    builder.open(Value::Type::List, line_of(mark), anchor);
  }
  void OnSequenceEnd() override { builder.close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    builder.open(Value::Type::Map, line_of(mark), anchor);
  }
  void OnMapEnd() override { builder.close(); }

 private:
  int document_at_ = -1;  // where the last one began
};

Outcome<std::vector<Value>> run(std::string_view text) {
  try {
    std::istringstream stream{std::string(text)};
    YAML::Parser parser(stream);
    Handler handler;
    while (parser.HandleNextDocument(handler)) {
    }
    return handler.builder.take_roots();
  } catch (const YAML::Exception& e) {
    return bgp::Err(ConfigError{"", e.mark.is_null() ? 0 : line_of(e.mark), "error parsing document: " + bgp::printable(e.msg)});
  } catch (const ConfigError& e) {
    return bgp::Err(ConfigError{"", e.line, "error parsing document: " + e.reason});
  }
}

}  // namespace

Outcome<std::vector<Value>> parse_yaml(std::string_view text) {
  if (text.size() > bgp::limits::kDocumentBytesMax) {
    return bgp::Err(ConfigError{"", 0, "document is larger than " + std::to_string(bgp::limits::kDocumentBytesMax) +
                                           " bytes"});
  }
  return run(text);
}

}  // namespace config::model
