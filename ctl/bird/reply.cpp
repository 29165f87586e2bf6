#include "ctl/bird/reply.h"

#include <cstdio>
#include <utility>

namespace ctl::bird {
namespace {

std::string four_digits(int code) {
  char text[16];
  std::snprintf(text, sizeof text, "%04d", code);
  return text;
}

}  // namespace

void Reply::line(int code, std::string_view text) {
  text_ += code == last_code_ ? " " : four_digits(code) + "-";
  text_.append(text) += '\n';
  last_code_ = code;
}

void Reply::end(int code, std::string_view text) {
  text_ += four_digits(code) + " ";
  text_.append(text) += '\n';
}

std::string Reply::take() {
  if (!text_.empty()) text_.pop_back();
  return std::exchange(text_, {});
}

}  // namespace ctl::bird
