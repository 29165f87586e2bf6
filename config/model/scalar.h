// What a plain YAML scalar means. Shared by the reader (which type is it?) and the writer (must it be quoted?).
#pragma once

#include <string_view>

#include "config/model/value.h"

namespace config::model {

bool is_null_word(std::string_view text);  // empty, ~, null
bool is_bool_word(std::string_view text);  // true, no, On, y...
// The grammar of RFC 8259 §6. YAML's wider one (0x10, 1_000, 010) is read as text, so no number changes its look.
bool is_json_number(std::string_view text);
// True where go-yaml would not read `text` back as a string: it must stand in double quotes.
bool resolves_to_other_type(std::string_view text);

// A plain scalar of a YAML text.
Value plain_scalar(std::string_view text, int line);

}  // namespace config::model
