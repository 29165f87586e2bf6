#!/usr/bin/python3
"""tests/support/run.py FOLDER-OR-FILE... [--only WORD...] [-j N]: runs the Python tests, several classes at a time.

Each TestCase class runs in a process of its own with a lab of its own. WORDs choose the classes whose label or file has
all of them. The last line is plain: `N passed, N failed`; exit 1 if a test failed.
"""
import argparse
import concurrent.futures
import importlib.util
import json
import re
import subprocess
import sys
import time
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
PYTHON = "/usr/bin/python3"


def load(file):
    sys.path.insert(0, str(file.parent))
    spec = importlib.util.spec_from_file_location(file.stem, file)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def classes_of(file):
    """{label: class} of a file, classes without tests of their own left out."""
    found = [c for c in vars(load(file)).values() if isinstance(c, type) and issubclass(c, unittest.TestCase)]
    return {getattr(c, "label", None) or c.__name__: c for c in found
            if unittest.TestLoader().getTestCaseNames(c) and not c.__name__.startswith("_")}


def run_one(file, label):
    """In the child: one class, its report, and a last line of JSON."""
    suite = unittest.TestLoader().loadTestsFromTestCase(classes_of(file)[label])
    result = unittest.TextTestRunner(sys.stdout, verbosity=2).run(suite)
    failed = len(result.failures) + len(result.errors) + len(result.unexpectedSuccesses)
    passed = max(0, result.testsRun - failed - len(result.skipped))
    print(json.dumps({"passed": passed, "failed": failed, "skipped": len(result.skipped)}))


def run_class(file, label):
    """In the parent: a child for one class. A child that dies without a report is one failure."""
    start = time.monotonic()
    child = subprocess.run([PYTHON, __file__, "--child", str(file), label], capture_output=True, text=True)
    lines = child.stdout.rstrip().split("\n")
    try:
        counts = json.loads(lines.pop())
    except ValueError:
        counts = {"passed": 0, "failed": 1, "skipped": 0}
    return label, counts, "\n".join(lines) + "\n" + child.stderr, time.monotonic() - start


def find_jobs(paths, words):
    """[(file, label)] of the classes that may run side by side, and of those that want to be alone."""
    together, alone = [], []
    for file in [f for p in paths for f in (sorted(p.glob("test_*.py")) if p.is_dir() else [p])]:
        for label, found in classes_of(file).items():
            if all(word.lower() in f"{file.stem} {label}".lower() for word in words):
                (alone if getattr(found, "alone", False) else together).append((file, label))
    return together, alone


def run_jobs(together, alone, n):
    with concurrent.futures.ThreadPoolExecutor(n) as pool:
        try:
            for job in concurrent.futures.as_completed([pool.submit(run_class, *job) for job in together]):
                yield job.result()
        except KeyboardInterrupt:  # the children have it too, and clean up
            pool.shutdown(cancel_futures=True)
            raise
    for job in alone:
        yield run_class(*job)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("paths", nargs="+", type=Path)
    parser.add_argument("--only", nargs="*", default=[])
    parser.add_argument("-j", type=int, default=4)
    options = parser.parse_args()
    total = {"passed": 0, "failed": 0, "skipped": 0}
    jobs = find_jobs(options.paths, options.only)
    for label, counts, report, seconds in run_jobs(*jobs, options.j):
        skipped = f", {counts['skipped']} skipped" if counts["skipped"] else ""
        verdict = "FAIL" if counts["failed"] else "ok  "
        print(f"{verdict} {label}: {counts['passed']} passed, {counts['failed']} failed{skipped}, {seconds:.1f} s")
        print(report if counts["failed"] else "".join(re.findall(r"measured: .*\n", report)), end="", flush=True)
        total = {key: total[key] + counts[key] for key in total}
    if not any(jobs):
        print(f"no test matches {' '.join(options.only)}")
        total["failed"] = 1
    print(f"{total['passed']} passed, {total['failed']} failed")
    return 1 if total["failed"] else 0


if __name__ == "__main__":
    if sys.argv[1:2] == ["--child"]:
        run_one(Path(sys.argv[2]), sys.argv[3])
    else:
        try:
            sys.exit(main())
        except KeyboardInterrupt:
            sys.exit(130)
