// Reads tests/golden/rfc7606.txt and tests/golden/cves.txt, whose heads describe their columns, and makes messages of their
// rows. Header only; the Python side that sends the same rows to the running daemon is tests/support/lab/case_table.py.
#pragma once

#include <fstream>
#include <map>
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

inline const char* const kPrefix = "10.64.0.1/32";  // the one that was announced before

inline bgp::wire::CodecContext context_of(const Case& row, bool internal) {
  bgp::wire::CodecContext context = internal ? ibgp() : ebgp();
  return row.four_octet_as ? context : two_octet(context);
}

// Well-formed attributes, one of them replaced or joined by the row's.
inline Bytes attributes_with(const bgp::wire::CodecContext& context, int type, const std::string& octets) {
  const char* path = context.is_ibgp() ? kEmptyPath : context.four_octet_as ? kPathOfPeer : "40 02 04 02 01 fde9";
  std::map<int, std::string> set = {{1, kOrigin}, {2, path}, {3, kNextHop}};
  if (context.is_ibgp()) set[5] = kLocalPref;
  if (type >= 0) set[type] = octets == "-" ? "" : octets;
  Bytes out;
  for (const auto& [code, text] : set)
    if (!text.empty()) out = out + octets_of(text, {}, {});
  return out;
}

inline Bytes body_of(const Case& row, const bgp::wire::CodecContext& context) {
  Bytes good = attributes_with(context, -1, "");
  if (row.where == "frame") return update_body({}, good + hex(row.octets), nlri(kPrefix));
  if (row.where != "body") return update_body({}, attributes_with(context, row.type(), row.octets), nlri(kPrefix));
  Bytes with_length = {static_cast<uint8_t>(good.size() >> 8), static_cast<uint8_t>(good.size())};
  return octets_of(row.octets, nlri(kPrefix), with_length + good);
}

}  // namespace tests::support
