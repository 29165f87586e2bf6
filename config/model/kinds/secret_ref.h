// `password: {secretKeyRef: {name, key}}`: which secret, never its text.
#pragma once

#include <optional>
#include <string>

#include "config/model/kinds/fields.h"

namespace config::model {

struct SecretRef {
  std::string name;
  std::string key;
  std::string problem = {};  // of what is stored: why it names no secret; then whoever has it must be held
  bool operator==(const SecretRef&) const = default;
};

// "NAME/KEY", for where a text is all there is; nullopt: it is none.
std::optional<SecretRef> parse_secret_ref(std::string_view text);
// Both names must be single path elements: they name a file below the secrets directory. Not strict, one that makes no
// sense is one with a `problem`: the peer is still somebody who must not be spoken to without a password.
std::optional<SecretRef> read_secret_ref(Fields& fields, std::string_view key, bool strict);

}  // namespace config::model
