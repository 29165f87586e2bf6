#include "bgp/io/auth_counters.h"

#include <charconv>
#include <fstream>
#include <sstream>

namespace bgp::io {
namespace {

std::string_view next_line(std::string_view& text) {
  size_t end = std::min(text.find('\n'), text.size());
  std::string_view line = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return line;
}

std::string_view next_word(std::string_view& line) {
  line.remove_prefix(std::min(line.find_first_not_of(' '), line.size()));
  size_t end = std::min(line.find(' '), line.size());
  std::string_view word = line.substr(0, end);
  line.remove_prefix(end);
  return word;
}

uint64_t number(std::string_view word) {
  uint64_t value = 0;
  std::from_chars(word.data(), word.data() + word.size(), value);
  return value;
}

}  // namespace

// Two lines for each protocol, names and values: "TcpExt: SyncookiesSent ...", "TcpExt: 0 ...".
AuthCounters parse_auth_counters(std::string_view netstat) {
  AuthCounters counters;
  while (!netstat.empty()) {
    std::string_view names = next_line(netstat);
    std::string_view values = next_line(netstat);
    if (!names.starts_with("TcpExt:")) continue;
    while (true) {
      std::string_view name = next_word(names);
      std::string_view value = next_word(values);
      if (name.empty() || value.empty()) break;
      if (name == "TCPMD5NotFound") counters.not_found = number(value);
      if (name == "TCPMD5Unexpected") counters.unexpected = number(value);
      if (name == "TCPMD5Failure") counters.failure = number(value);
      if (name == "TCPAORequired") counters.ao_required = number(value);
      if (name == "TCPAOKeyNotFound") counters.ao_key_not_found = number(value);
      if (name == "TCPAOBad") counters.ao_bad = number(value);
    }
  }
  return counters;
}

AuthCounters read_auth_counters() {
  std::ifstream file("/proc/net/netstat");
  std::stringstream text;
  text << file.rdbuf();
  return parse_auth_counters(text.str());
}

std::string auth_hint(const AuthCounters& before, const AuthCounters& now, Auth auth) {
  switch (auth) {
    case Auth::None:
      if (now.unexpected > before.unexpected) return "TCP-MD5: signed segments came, but no password is configured";
      if (now.ao_key_not_found > before.ao_key_not_found) return "TCP-AO: signed segments came, but no key is configured";
      return "";
    case Auth::TcpMd5:
      if (now.failure > before.failure) return "TCP-MD5: segments with another password came";
      if (now.not_found > before.not_found) return "TCP-MD5: segments without a password came";
      return "";
    case Auth::TcpAo:
      if (now.ao_bad > before.ao_bad) return "TCP-AO: segments with another key came";
      if (now.ao_key_not_found > before.ao_key_not_found) return "TCP-AO: segments with an unknown key id came";
      if (now.ao_required > before.ao_required) return "TCP-AO: segments without a signature came";
      return "";
  }
  return "";
}

}  // namespace bgp::io
