// vectors FILE...: see vectors.h. Exit 1 when a file cannot be read.
#include <fstream>
#include <iostream>

#include "tests/vectors/vectors.h"

int main(int argc, char** argv) {
  bool all_read = argc > 1;
  if (argc < 2) std::cerr << "usage: vectors FILE...\n";
  for (int i = 1; i < argc; ++i) {
    std::ifstream file(argv[i]);
    std::string name = argv[i];
    vectors::Report report = vectors::judge(file);
    if (!file.is_open()) report.unreadable.push_back("cannot be opened");
    all_read = all_read && report.unreadable.empty();
    std::cout << text_of(name.substr(name.rfind('/') + 1), report);
  }
  return all_read ? 0 : 1;
}
