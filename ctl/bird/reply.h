// How BIRD's lines are numbered: "1002-text" begins a run of one code, " text" goes on with it, "0000 text" is the end.
#pragma once

#include <string>
#include <string_view>

namespace ctl::bird {

class Reply {
 public:
  void line(int code, std::string_view text);
  void end(int code, std::string_view text = "");
  size_t size() const { return text_.size(); }
  // What was written since the last take(), without the last line's newline. The numbering goes on.
  std::string take();

 private:
  std::string text_;
  int last_code_ = -1;
};

}  // namespace ctl::bird
