// calico-bench-load: plays the peers of a BGP speaker and knows what each of them must be told (load.h; tests/bench/README.md).
#include <arpa/inet.h>

#include <cstdio>
#include <cstdlib>
#include <exception>
#include <functional>
#include <map>

#include "tests/bench/load/load.h"

namespace {

constexpr const char* kUsage =
    "usage: calico-bench-load [--senders N] [--receivers N] [--clients N] [--mesh N] [--routes N] [--overlap none|spread|first]\n"
    "         [--own-blocks N] [--mrt FILE] [--seed N] [--speaker ADDRESS] [--speaker-as N] [--first ADDRESS] [--hold S] [--listen yes]\n";

uint32_t parse_address(const std::string& text) {
  in_addr out{};
  if (inet_pton(AF_INET, text.c_str(), &out) != 1) throw std::invalid_argument("not an IPv4 address: " + text);
  return ntohl(out.s_addr);
}

bench::Overlap parse_overlap(const std::string& text) {
  if (text == "none") return bench::Overlap::None;
  if (text == "spread") return bench::Overlap::Spread;
  if (text == "first") return bench::Overlap::First;
  throw std::invalid_argument("--overlap is none, spread or first");
}

bench::Options parse(int argc, char** argv) {
  bench::Options o;
  const auto number = [](const std::string& text) { return std::stoul(text); };
  const std::map<std::string, std::function<void(const std::string&)>> known = {
      {"--senders", [&](const std::string& v) { o.senders = number(v); }},
      {"--receivers", [&](const std::string& v) { o.receivers = number(v); }},
      {"--clients", [&](const std::string& v) { o.clients = number(v); }},
      {"--mesh", [&](const std::string& v) { o.mesh = number(v); }},
      {"--routes", [&](const std::string& v) { o.routes = number(v); }},
      {"--own-blocks", [&](const std::string& v) { o.own_blocks = number(v); }},
      {"--overlap", [&](const std::string& v) { o.overlap = parse_overlap(v); }},
      {"--mrt", [&](const std::string& v) { o.mrt = v; }},
      {"--seed", [&](const std::string& v) { o.seed = number(v); }},
      {"--speaker", [&](const std::string& v) { o.speaker_address = parse_address(v); }},
      {"--speaker-as", [&](const std::string& v) { o.speaker_as = static_cast<uint32_t>(number(v)); }},
      {"--first", [&](const std::string& v) { o.first_address = parse_address(v); }},
      {"--hold", [&](const std::string& v) { o.hold_s = static_cast<uint16_t>(number(v)); }},
      {"--listen", [&](const std::string& v) { o.is_listening = v == "yes"; }},
  };
  for (int n = 1; n < argc; n += 2) {
    const auto found = known.find(argv[n]);
    if (found == known.end() || n + 1 == argc) throw std::invalid_argument(kUsage);
    found->second(argv[n + 1]);
  }
  if (o.senders + o.clients + o.mesh == 0) throw std::invalid_argument(kUsage);
  return o;
}

}  // namespace

int main(int argc, char** argv) try {
  return bench::Load(parse(argc, argv)).run();
} catch (const std::exception& error) {
  std::fprintf(stderr, "calico-bench-load: %s\n", error.what());
  return 1;
}
