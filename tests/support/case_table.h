// Reads tests/golden/rfc7606.txt and tests/golden/cves.txt, whose heads describe their columns. Header only; the Python
// side that sends the same rows to the running daemon is tests/support/lab/case_table.py.
#pragma once

#include <fstream>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

#include "tests/support/wire_builders.h"

namespace tests::support {

struct Case {
  std::string name;
  bool four_octet_as = true;
  std::string where;        // "8", "frame", "body", "open", "message"
  std::vector<int> faults;  // the attributes under which its faults are counted, from "body:1,2"
  std::string octets;
  std::string external, internal;  // verdicts
  std::string why;

  int type() const { return where.find_first_not_of("0123456789") == std::string::npos ? std::stoi(where) : -1; }
};

inline std::vector<std::string> split(const std::string& text, const std::string& separator) {
  std::vector<std::string> out;
  size_t from = 0;
  for (size_t at; (at = text.find(separator, from)) != std::string::npos; from = at + separator.size())
    out.push_back(text.substr(from, at - from));
  out.push_back(text.substr(from));
  return out;
}

inline std::vector<Case> read_cases(const std::string& path) {
  std::ifstream file(path);
  std::vector<Case> cases;
  for (std::string line; std::getline(file, line);) {
    if (line.empty() || line[0] == '#') continue;
    std::vector<std::string> f = split(line, " | ");
    if (f.size() != 7) throw std::invalid_argument("not seven columns: " + line);
    std::vector<std::string> where = split(f[2], ":");
    Case row{f[0], f[1] == "4", where[0], {}, f[3], f[4], f[5], f[6]};
    if (where.size() > 1)
      for (const std::string& type : split(where[1], ",")) row.faults.push_back(std::stoi(type));
    cases.push_back(row);
  }
  return cases;
}

// "0a {nlri} 00*3" -> octets; the words in braces are given.
inline Bytes octets_of(const std::string& text, const Bytes& prefix, const Bytes& attributes) {
  Bytes out;
  for (const std::string& word : split(text, " ")) {
    std::vector<std::string> parts = split(word, "*");
    Bytes one = parts[0] == "{nlri}" ? prefix : parts[0] == "{attributes}" ? attributes : hex(parts[0]);
    for (int n = parts.size() > 1 ? std::stoi(parts[1]) : 1; n > 0; --n) out.insert(out.end(), one.begin(), one.end());
  }
  return out;
}

}  // namespace tests::support
