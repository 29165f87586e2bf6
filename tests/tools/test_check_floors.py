"""tools/check-floors finds each kind of violation in a small house made for it, and nothing in a clean one."""
import subprocess
import tempfile
import unittest
from pathlib import Path

SOURCE = Path(__file__).resolve().parents[2]
HOUSE = {
    "CMakeLists.txt": "room(bgp/base FLOOR 0)\nroom(bgp/wire FLOOR 1 LINKS bgp/base)\n"
                      "room(bgp/session FLOOR 2 LINKS bgp/wire)\nroom(bgp/policy FLOOR 2)\n"
                      "room(config/model FLOOR 2 LINKS bgp/base yaml-cpp)\n"
                      "room(config/desired FLOOR 5 LINKS config/model)\nroom(bgp/io FLOOR 5\n  LINKS bgp/session)\n",
    "bgp/base/bytes.h": "#include <vector>\n#include <arpa/inet.h>\n",
    "bgp/wire/attributes/origin.cpp": '#include "bgp/base/bytes.h"\n#include "bgp/wire/open.h"\n',
    "bgp/session/fsm.cpp": '#include "bgp/base/bytes.h"\n// steady_clock::now() is for the rim; std::thread too\n'
                           'const char* kText = "std::thread";\n',
    "config/model/yaml.cpp": "#include <yaml-cpp/yaml.h>\n",
    "bgp/io/driver.cpp": "#include <boost/asio.hpp>\n#include <sys/socket.h>\nauto t = Clock::now();\nstd::thread worker;\n",
    "bgp/README.md": "See `bgp/wire/attributes/origin.cpp`, `wire/attributes` and [the bytes](base/bytes.h).\n",
}
# what is added -> what check-floors says, in this order
VIOLATIONS = [
    ("an upward include", "bgp/wire/bad.h", '#include "bgp/session/fsm.h"', "bgp/wire/bad.h:1: upward include"),
    ("a sideways include", "bgp/session/bad.h", '\n#include "bgp/policy/filter.h"', "bgp/session/bad.h:2: sideways include"),
    ("a room that is not linked", "bgp/policy/bad.h", '#include "bgp/wire/open.h"', "bgp/policy does not LINK bgp/wire"),
    ("a relative include", "bgp/wire/bad.cpp", '#include "open.h"', '"open.h" is in no room'),
    ("Asio below the rim", "bgp/session/bad.cpp", "#include <boost/asio/io_context.hpp>", "bgp/session/bad.cpp:1: Asio"),
    ("Asio in config/desired", "config/desired/bad.cpp", "#include <boost/asio.hpp>", "config/desired/bad.cpp:1: Asio"),
    ("sockets in config/desired", "config/desired/bad.cpp", "#include <sys/socket.h>", "sockets belong on the rim"),
    ("sockets below the rim", "bgp/base/bad.cpp", "#include <sys/socket.h>", "sockets belong on the rim"),
    ("RocksDB outside config/rocks", "bgp/io/bad.cpp", "#include <rocksdb/db.h>", "RocksDB belongs in config/rocks"),
    ("kernel headers outside fib", "bgp/io/bad.cpp", "#include <linux/rtnetlink.h>", "kernel headers belong"),
    ("a clock below the rim", "bgp/wire/bad.cpp", "auto t = std::chrono::steady_clock::now();", "time is an argument"),
    ("a thread below the rim", "bgp/wire/bad.cpp", "std::thread worker;", "threads belong on the rim"),
    ("chance below the rim", "bgp/wire/bad.cpp", "std::random_device device;", "chance is an argument"),
    ("YAML elsewhere", "bgp/wire/bad.cpp", "#include <yaml-cpp/yaml.h>", "YAML and JSON belong"),
    ("JSON elsewhere", "bgp/base/bad.cpp", "#include <nlohmann/json.hpp>", "YAML and JSON belong"),
    ("a source in no room", "fib/lost/bad.cpp", "", "fib/lost/bad.cpp: no target builds it"),
    ("a test of no room", "tests/fib/lost/bad_test.cpp", "", "tests/fib/lost/bad_test.cpp: no target builds it"),
    ("a README path in backticks", "ctl/README.md", "\nsee `bgp/wire/gone.h`.", "ctl/README.md:2: bgp/wire/gone.h does not"),
    ("a README link", "ctl/README.md", "[gone](gone.md)", "ctl/README.md:1: gone.md does not exist"),
    ("a link upwards between rooms", "CMakeLists.txt", "room(fib/io FLOOR 1 LINKS bgp/session)",
     "fib/io (floor 1) links bgp/session (floor 2)"),
]


def check(house):
    with tempfile.TemporaryDirectory() as root:
        for path, text in house.items():
            file = Path(root, path)
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text)
        done = subprocess.run([SOURCE / "tools/check-floors", root], capture_output=True, text=True)
        return done.returncode, done.stdout + done.stderr


class CheckFloors(unittest.TestCase):
    def test_a_clean_house_passes_in_silence(self):
        self.assertEqual(check(HOUSE), (0, ""))

    def test_each_violation_is_found_and_named(self):
        for what, path, text, expected in VIOLATIONS:
            with self.subTest(what):
                code, said = check({**HOUSE, path: HOUSE.get(path, "") + text})
                self.assertIn(expected, said)
                self.assertEqual((code, said.count("\n")), (1, 1), said)

    def test_this_repository_has_none(self):
        done = subprocess.run([SOURCE / "tools/check-floors"], capture_output=True, text=True)
        self.assertEqual((done.returncode, done.stdout + done.stderr), (0, ""))
