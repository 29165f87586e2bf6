#include <nlohmann/json.hpp>

#include "bgp/base/escape.h"
#include "bgp/base/limits.h"
#include "config/model/tree_builder.h"
#include "config/model/value.h"

namespace config::model {
namespace {

// nlohmann's SAX interface: no tree of its own, numbers keep their text, and the limits hold while reading.
class Handler : public nlohmann::json_sax<nlohmann::json> {
 public:
  TreeBuilder builder;

  bool null() override { return scalar({}); }
  bool boolean(bool truth) override { return scalar(Value::boolean(truth)); }
  bool number_integer(number_integer_t number) override { return number_text(std::to_string(number)); }
  bool number_unsigned(number_unsigned_t number) override { return scalar(Value::number(number)); }
  bool number_float(number_float_t, const string_t& text) override { return number_text(text); }
  bool string(string_t& text) override { return scalar(Value::string(text)); }
  bool key(string_t& text) override { return scalar(Value::string(text)); }
  bool binary(binary_t&) override { return false; }
  bool start_object(size_t) override { return open(Value::Type::Map); }
  bool start_array(size_t) override { return open(Value::Type::List); }
  bool end_object() override { return close(); }
  bool end_array() override { return close(); }
  bool parse_error(size_t position, const std::string&, const nlohmann::detail::exception&) override {
    throw ConfigError{"", 0, "value is no JSON (at byte " + std::to_string(position) + ")"};
  }

 private:
  bool scalar(Value value) {
    builder.scalar(std::move(value));
    return true;
  }
  bool number_text(std::string text) {
    Value value = Value::string(text);
    value.type = Value::Type::Number;
    return scalar(std::move(value));
  }
  bool open(Value::Type type) {
    builder.open(type, 0);
    return true;
  }
  bool close() {
    builder.close();
    return true;
  }
};

}  // namespace

Outcome<Value> parse_json(std::string_view text) {
  if (text.size() > bgp::limits::kDocumentBytesMax) return bgp::Err(ConfigError{"", 0, "value is too large"});
  try {
    Handler handler;
    nlohmann::json::sax_parse(text, &handler);
    std::vector<Value> roots = handler.builder.take_roots();
    if (roots.size() != 1) return bgp::Err(ConfigError{"", 0, "value is no JSON"});
    return std::move(roots.front());
  } catch (const ConfigError& e) {
    return bgp::Err(e);
  } catch (const nlohmann::json::exception& e) {
    return bgp::Err(ConfigError{"", 0, "value is no JSON: " + bgp::printable(e.what())});
  }
}

}  // namespace config::model
