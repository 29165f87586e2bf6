#include "config/model/kinds/secret_ref.h"

#include <algorithm>

namespace config::model {
namespace {

// Kubernetes' rule for a key of a Secret, which no path gets through.
bool is_secret_key(std::string_view text) {
  return is_v1_name(text) && text != "." && text != "..";
}

Outcome<SecretRef> parse_password(const Value& password, std::string_view key) {
  if (!password.is_map()) {
    return bgp::Err(ConfigError{"", password.line, std::string(key) + " must be fields, not a value or a list"});
  }
  Fields outer(password);
  const Value& reference = outer.map("secretKeyRef");
  Fields inner(reference, password.line);
  SecretRef ref{inner.text("name").value_or(""), inner.text("key").value_or("")};
  inner.flag("optional");
  if (ref.name.empty()) inner.missing("name");
  if (ref.key.empty()) inner.missing("key");
  if (!is_v3_name(ref.name)) inner.invalid("name", ref.name, "must be the name of a secret");
  if (!is_secret_key(ref.key)) inner.invalid("key", ref.key, "must be letters, digits, '-', '_' and '.'");
  if (auto done = outer.finish(); !done) return bgp::Err(done.error());
  if (auto done = inner.finish(); !done) return bgp::Err(done.error());
  return ref;
}

}  // namespace

std::optional<SecretRef> parse_secret_ref(std::string_view text) {
  const size_t slash = text.find('/');
  if (slash == std::string_view::npos) return std::nullopt;
  SecretRef ref{std::string(text.substr(0, slash)), std::string(text.substr(slash + 1))};
  if (!is_v3_name(ref.name) || !is_secret_key(ref.key)) return std::nullopt;
  return ref;
}

std::optional<SecretRef> read_secret_ref(Fields& fields, std::string_view key, bool strict) {
  const Value* password = fields.any(key);
  if (password == nullptr) return std::nullopt;
  auto ref = parse_password(*password, key);
  if (ref) return *ref;
  if (!strict) return SecretRef{.name = "", .key = "", .problem = ref.error().reason};
  fields.fail(ref.error());
  return std::nullopt;
}

}  // namespace config::model
