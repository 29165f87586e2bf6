// The main function of every unit-test executable; doctest's implementation is compiled here, once per executable.
#define DOCTEST_CONFIG_IMPLEMENT_WITH_MAIN
#include <doctest/doctest.h>
