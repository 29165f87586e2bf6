#include "config/model/kinds/secret_ref.h"

#include <algorithm>

namespace config::model {
namespace {

// Kubernetes' rule for a key of a Secret, which no path gets through.
bool is_secret_key(std::string_view text) {
  return is_v1_name(text) && text != "." && text != "..";
}

}  // namespace

std::optional<SecretRef> parse_secret_ref(std::string_view text) {
  const size_t slash = text.find('/');
  if (slash == std::string_view::npos) return std::nullopt;
  SecretRef ref{std::string(text.substr(0, slash)), std::string(text.substr(slash + 1))};
  if (!is_v3_name(ref.name) || !is_secret_key(ref.key)) return std::nullopt;
  return ref;
}

std::optional<SecretRef> read_secret_ref(Fields& fields, std::string_view key) {
  const Value& password = fields.map(key);
  if (password.is_null()) return std::nullopt;
  Fields outer(password);
  const Value& reference = outer.map("secretKeyRef");
  Fields inner(reference, password.line);
  SecretRef ref{inner.text("name").value_or(""), inner.text("key").value_or("")};
  inner.flag("optional");
  if (ref.name.empty()) inner.missing("name");
  if (ref.key.empty()) inner.missing("key");
  if (!is_v3_name(ref.name)) inner.invalid("name", ref.name, "must be the name of a secret");
  if (!is_secret_key(ref.key)) inner.invalid("key", ref.key, "must be letters, digits, '-', '_' and '.'");
  if (auto done = outer.finish(); !done) fields.fail(done.error());
  if (auto done = inner.finish(); !done) fields.fail(done.error());
  return ref;
}

}  // namespace config::model
