#include "ctl/bird/command.h"

#include <algorithm>
#include <charconv>
#include <map>
#include <set>
#include <vector>

namespace ctl::bird {
namespace {

struct Token {
  enum class Kind : uint8_t { Word, Quoted, Address, Bad };  // Word: a keyword or a name
  Kind kind = Kind::Bad;
  std::string text;
  bool is(std::string_view word) const { return kind == Kind::Word && text == word; }
};

bool is_one_of(char c, std::string_view others) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || others.find(c) != others.npos;
}

Token::Kind kind_of(std::string_view text) {
  if (text.find_first_of(":./") != text.npos)
    return std::all_of(text.begin(), text.end(), [](char c) { return is_one_of(c, ":./"); }) ? Token::Kind::Address
                                                                                              : Token::Kind::Bad;
  bool is_name = std::all_of(text.begin(), text.end(), [](char c) { return is_one_of(c, "_"); });
  return is_name && !(text[0] >= '0' && text[0] <= '9') ? Token::Kind::Word : Token::Kind::Bad;
}

// "..." is a pattern, '...' a name that may have a dash, a dot or a colon; '#' begins a comment.
std::vector<Token> split(std::string_view line) {
  static constexpr std::string_view kBlanks = " \t\r\v\f";
  std::vector<Token> tokens;
  for (size_t at = line.find_first_not_of(kBlanks); at < line.size() && line[at] != '#';
       at = line.find_first_not_of(kBlanks, at)) {
    char quote = line[at];
    if (quote == '"' || quote == '\'') {
      size_t end = line.find(quote, at + 1);
      if (end == line.npos) return {Token{}};
      tokens.push_back({quote == '"' ? Token::Kind::Quoted : Token::Kind::Word,
                        std::string(line.substr(at + 1, end - at - 1))});
      at = end + 1;
      continue;
    }
    size_t end = std::min(line.find_first_of(" \t\r\v\f#\"'", at), line.size());
    std::string_view text = line.substr(at, end - at);
    tokens.push_back({kind_of(text), std::string(text)});
    at = end;
  }
  return tokens;
}

Message syntax_error() { return {9001, "syntax error"}; }

using Tokens = std::vector<Token>;

Command show_protocols(const Tokens& words) {
  ShowProtocols show;
  size_t at = 2;
  if (at < words.size() && words[at].is("all")) show.all = ++at != 0;
  if (at == words.size()) return show;
  bool is_name = words[at].kind == Token::Kind::Word || words[at].kind == Token::Kind::Quoted;
  if (!is_name || at + 1 != words.size()) return syntax_error();
  show.name = words[at].text;
  show.is_pattern = words[at].kind == Token::Kind::Quoted;
  return show;
}

Command show_symbols(const Tokens& words) {
  static const std::map<std::string_view, const char*> kTypes = {
      {"table", "routing table"}, {"protocol", "protocol"}, {"filter", "filter"}, {"function", "function"},
      {"template", "protocol template"}, {"roa", "ROA table"}};
  if (words.size() == 2) return ShowSymbols{};
  if (words.size() > 3 || words[2].kind != Token::Kind::Word) return syntax_error();
  auto type = kTypes.find(words[2].text);
  return type == kTypes.end() ? ShowSymbols{"", words[2].text} : ShowSymbols{type->second, ""};
}

// ---- show route -------------------------------------------------------------------------------------------------
std::optional<Message> read_address(const std::string& text, bgp::Family family, bgp::IpAddress& out) {
  bool is_v6 = text.find(':') != text.npos;
  if (is_v6 && family == bgp::Family::IPv4)
    return Message{9001, "This is an IPv4 router, therefore IPv6 addresses are not supported"};
  auto address = bgp::IpAddress::parse(text);
  if (!is_v6 && family == bgp::Family::IPv6) return syntax_error();
  if (!address) return Message{9001, std::string("Invalid ") + (is_v6 ? "IPv6" : "IPv4") + " address " + text};
  out = *address;
  return std::nullopt;
}

// "10.0.0.0/8", and, after `for`, an address alone.
std::optional<Message> read_net(const Token& token, bgp::Family family, ShowRoute& show) {
  if (show.net) return Message{9001, "Only one prefix expected"};
  if (token.kind != Token::Kind::Address) return Message{9001, "IP address expected"};
  size_t slash = token.text.find('/');
  bgp::IpAddress address;
  if (auto error = read_address(token.text.substr(0, slash), family, address)) return error;
  if (slash == token.text.npos) {
    if (!show.is_for) return syntax_error();
    show.net = bgp::Prefix(address, address.bits());
    return std::nullopt;
  }
  std::string length = token.text.substr(slash + 1);
  uint32_t bits = 0;
  auto [end, error] = std::from_chars(length.data(), length.data() + length.size(), bits);
  if (error != std::errc() || end != length.data() + length.size()) return syntax_error();
  if (bits > address.bits()) return Message{9001, "Invalid prefix length " + length};
  show.net = bgp::Prefix(address, static_cast<uint8_t>(bits));
  if (show.net->address() != address) return Message{9001, "Invalid prefix"};
  return std::nullopt;
}

bool set_flag(const Token& token, ShowRoute& show) {
  static const std::map<std::string_view, bool ShowRoute::*> kFlags = {{"all", &ShowRoute::all},
                                                                       {"primary", &ShowRoute::primary},
                                                                       {"filtered", &ShowRoute::filtered},
                                                                       {"count", &ShowRoute::count},
                                                                       {"stats", &ShowRoute::stats}};
  auto flag = token.kind == Token::Kind::Word ? kFlags.find(token.text) : kFlags.end();
  if (flag == kFlags.end()) return false;
  show.*flag->second = true;
  return true;
}

bool is_unanswered(const std::string& word) {
  static const std::set<std::string_view> kWords = {"export", "preexport", "noexport", "where", "filter"};
  return kWords.contains(word);
}

// The words with an argument.
std::optional<Message> read_option(const Token& word, const Token& argument, bgp::Family family, ShowRoute& show) {
  if (word.is("for")) {
    show.is_for = true;
    return read_net(argument, family, show);
  }
  if (argument.kind != Token::Kind::Word) return syntax_error();
  if (word.is("table"))
    return argument.text == "master" ? std::nullopt : std::optional(Message{9001, argument.text + " is not a table"});
  if (!word.is("protocol")) return syntax_error();
  if (!show.protocol.empty()) return Message{9001, "Protocol specified twice"};
  show.protocol = argument.text;
  return std::nullopt;
}

Command show_route(const Tokens& words, bgp::Family family) {
  ShowRoute show;
  for (size_t at = 2; at < words.size(); ++at) {
    const Token& word = words[at];
    if (set_flag(word, show)) continue;
    if (word.kind == Token::Kind::Word && is_unanswered(word.text))
      return Message{9001, "'show route " + word.text + "' is not answered here; see calicoctl node routes"};
    std::optional<Message> error;
    if (word.kind == Token::Kind::Address) error = read_net(word, family, show);
    else if (at + 1 == words.size()) error = syntax_error();
    else error = read_option(word, words[++at], family, show);
    if (error) return *error;
  }
  return show;
}

Command show(const Tokens& words, bgp::Family family) {
  static const std::map<std::string_view, const char*> kNotHere = {
      {"ospf", "There is no OSPF protocol running"},
      {"rip", "There is no RIP protocol running"},
      {"babel", "There is no Babel protocol running"},
      {"roa", "No ROA table defined"},
      {"bfd", "BFD sessions are not shown here; see calicoctl node peer ADDRESS"}};
  if (words.size() < 2 || words[1].kind != Token::Kind::Word) return syntax_error();
  const std::string& what = words[1].text;
  if (what == "status" && words.size() == 2) return ShowStatus{};
  if (what == "protocols") return show_protocols(words);
  if (what == "symbols") return show_symbols(words);
  if (what == "route") return show_route(words, family);
  auto not_here = kNotHere.find(what);
  return not_here == kNotHere.end() ? syntax_error() : Message{9001, not_here->second};
}

}  // namespace

Command parse_command(std::string_view line, bgp::Family family) {
  static const std::set<std::string_view> kDenied = {"configure", "down",    "disable", "enable", "restart",
                                                     "reload",    "debug",   "mrtdump", "dump",   "echo",
                                                     "eval",      "add",     "delete",  "flush"};
  Tokens words = split(line);
  if (words.empty() || words[0].kind != Token::Kind::Word) return syntax_error();
  if (words[0].is("show")) return show(words, family);
  if (words[0].is("restrict") && words.size() == 1) return Message{16, "Access restricted"};
  return kDenied.contains(words[0].text) ? Message{8007, "Access denied"} : syntax_error();
}

bool matches_pattern(std::string_view pattern, std::string_view text) {
  size_t p = 0, t = 0;
  size_t star = std::string_view::npos, after_star = 0;  // the last '*', and where the text it stands for ends
  while (t < text.size()) {
    bool is_escaped = p + 1 < pattern.size() && pattern[p] == '\\';
    if (p < pattern.size() && !is_escaped && pattern[p] == '*') {
      star = p++;
      after_star = t;
    } else if (p < pattern.size() && (is_escaped ? pattern[p + 1] == text[t] : pattern[p] == '?' || pattern[p] == text[t])) {
      p += is_escaped ? 2 : 1;
      ++t;
    } else if (star != std::string_view::npos) {
      p = star + 1;
      t = ++after_star;
    } else {
      return false;
    }
  }
  while (p < pattern.size() && pattern[p] == '*') ++p;
  return p == pattern.size();
}

}  // namespace ctl::bird
