#!/usr/bin/python3
"""tests/bench/guard.py BIN [--accept]: no inner loop costs 5 % more instructions than written down in guard.txt.

Instructions are counted by valgrind's callgrind, so a busy machine changes nothing; the C library is told to leave out what
only some CPUs have. Much fewer fails too: then the new numbers belong into guard.txt (--accept writes them). The last
line is `N passed, N failed`.
"""
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

BASELINE = Path(__file__).with_name("guard.txt")
TOLERANCE = 0.05
PLAIN_CPU = "glibc.cpu.hwcaps=-AVX2,-AVX,-AVX512F,-AVX512VL,-ERMS,-FSRM"


def compiler():
    return "g++ " + subprocess.run(["g++", "-dumpfullversion"], capture_output=True, text=True, check=True).stdout.strip()


def read_baseline():
    """The compiler, and {path: instructions for each item}."""
    rows = [row.split() for row in BASELINE.read_text().splitlines() if row.strip() and not row.startswith("#")]
    return " ".join(rows[0]), {name: float(count) for name, count in rows[1:]}


def count(program, path):
    """Instructions for each item."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "out"
        done = subprocess.run(["valgrind", "--tool=callgrind", "--toggle-collect=measured_path", f"--callgrind-out-file={out}",
                               program, path], capture_output=True, text=True, check=True,
                              env={**os.environ, "GLIBC_TUNABLES": PLAIN_CPU})
        return int(re.search(r"^(?:summary|totals): (\d+)", out.read_text(), re.M).group(1)) / int(done.stdout)


def main():
    program = Path(sys.argv[1]) / "calico-bench-guard"
    used, baseline = read_baseline()
    if "--accept" in sys.argv:
        head = [row for row in BASELINE.read_text().splitlines() if row.startswith("#")]
        rows = [f"{name} {count(program, name):.1f}" for name in baseline]
        BASELINE.write_text("\n".join([*head, compiler(), *rows]) + "\n")
        return 0
    if used != compiler():
        print(f"skip guard: the numbers are of {used}, this is {compiler()}\n0 passed, 0 failed")
        return 0
    failed = 0
    for name, before in baseline.items():
        now = count(program, name)
        is_well = abs(now - before) <= TOLERANCE * before
        failed += not is_well
        print(f"{'ok  ' if is_well else 'FAIL'} {name}: {now:.1f} instructions, {now / before - 1:+.1%} of {before:.1f}"
              + ("" if is_well else "; tests/bench/guard.py BIN --accept, if that is meant"))
    print(f"{len(baseline) - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
