// calicoctl: the world of ctl/cli, for real.
#include <chrono>
#include <cstdlib>
#include <iostream>
#include <thread>

#include "ctl/cli/command.h"
#include "ctl/cli/store_choice.h"

int main(int argc, char** argv) {
  using namespace ctl::cli;
  Environment environment = [](const std::string& name) -> std::optional<std::string> {
    const char* value = std::getenv(name.c_str());
    return value != nullptr ? std::optional<std::string>(value) : std::nullopt;
  };
  Context context{
      .out = std::cout,
      .err = std::cerr,
      .in = std::cin,
      .environment = environment,
      .open_store = [&](const Whereabouts& where, Access access) { return open_store(where, access, environment); },
      .find_agent = [&](const Whereabouts& where) { return agent_at(socket_path(where, environment)); },
      .now = [] { return std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now()); },
      .pause =
          [] {
            std::this_thread::sleep_for(std::chrono::seconds(1));
            return std::cout.good();
          },
      .whereabouts = {},
      .command_line = {}};
  int status = run(std::vector<std::string>(argv + 1, argv + argc), context);
  std::cout.flush();
  return std::cout.good() ? status : 1;
}
