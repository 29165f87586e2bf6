#include "tests/ctl/cli/scene.h"

using namespace ctl::cli::testing;

TEST_CASE("settings have defaults, and unset brings them back") {
  Scene calicoctl;
  struct Case {
    const char* name;
    const char* value;
    const char* otherwise;
  };
  for (const Case& c : {Case{"asNumber", "64513", "64512"}, Case{"nodeToNodeMesh", "off", "on"},
                        Case{"ipip", "on", "off"}, Case{"logLevel", "debug", "info"}}) {
    CAPTURE(c.name);
    const std::string name = c.name;
    CHECK(calicoctl("config get " + name).out == std::string(c.otherwise) + "\n");
    auto set = calicoctl("config set " + name + " " + c.value);
    CHECK(set.out == "");
    CHECK(set.exit == 0);
    CHECK(calicoctl("config get " + name).out == std::string(c.value) + "\n");
    CHECK(calicoctl("config unset " + name).out == "");
    CHECK(calicoctl("config get " + name).out == std::string(c.otherwise) + "\n");
  }
}

TEST_CASE("names may be written in any case, and AS numbers as halves") {
  Scene calicoctl;
  CHECK(calicoctl("config set ASNUMBER 1.10").exit == 0);
  CHECK(calicoctl("config get asnumber").out == "65546\n");
}

TEST_CASE("a node inherits the log level until it has its own") {
  Scene calicoctl;
  CHECK(calicoctl("config get logLevel --node=node1").out == "info (inherited from global)\n");
  CHECK(calicoctl("config set logLevel debug -n node1").exit == 0);
  CHECK(calicoctl("config get logLevel --node=node1").out == "debug\n");
  CHECK(calicoctl("config get logLevel").out == "info\n");
  CHECK(calicoctl("config unset logLevel --node=node1").exit == 0);
  CHECK(calicoctl("config get logLevel --node=node1").out == "info (inherited from global)\n");
}

TEST_CASE("what config cannot do it says on stdout, with exit 1") {
  Scene calicoctl;
  struct Case {
    const char* line;
    const char* why;
  };
  for (const Case& c :
       {Case{"get x", "unrecognised config name 'x'"}, Case{"get asNumber --node=a", "--node should not be specified"},
        Case{"set nodeToNodeMesh maybe", "invalid value 'maybe'"},
        Case{"set asNumber 4294967296", "the supplied AS number is not valid"},
        Case{"set logLevel loud", "error with field loglevel = 'loud'"}}) {
    auto result = calicoctl(std::string("config ") + c.line);
    CHECK(result.out == std::string("Error executing command: ") + c.why + "\n");
    CHECK(result.exit == 1);
  }
}

TEST_CASE("raw keys are anybody's, unchecked") {
  Scene calicoctl;
  CHECK(calicoctl("config get some_key --raw=bgp").out == "(unset)\n");
  CHECK(calicoctl("config set some_key anything --raw=bgp").exit == 0);
  CHECK(calicoctl("config get some_key --raw=bgp").out == "anything\n");
  CHECK(calicoctl.store->get("/calico/bgp/v1/global/some_key")->has_value());
  CHECK(calicoctl("config get some_key --raw=felix").out == "(unset)\n");
  CHECK(calicoctl("config unset some_key --raw=bgp").exit == 0);
  CHECK(calicoctl("config get some_key --raw=bgp").out == "(unset)\n");
}
