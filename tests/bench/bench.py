"""What tools/bench runs once everything is built: every daemon on every workload in turn, round after round, then the table."""
import argparse
import gzip
import json
import os
import resource
import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "support")]
from lab import bin_dir, require_root  # noqa: E402

from daemons import DAEMONS  # noqa: E402
from stage import WrongRoutes  # noqa: E402
from table import report  # noqa: E402
from workloads import ALIASES, RAW, REDUCED, WORKLOADS, Context, is_run  # noqa: E402


def parse():
    parser = argparse.ArgumentParser(prog="tools/bench", description=__doc__)
    parser.add_argument("workloads", nargs="*", metavar="WORKLOAD", help=f"of {' '.join([*WORKLOADS, *ALIASES])} (all)")
    parser.add_argument("--only", default=",".join([*DAEMONS, *RAW]), help=f"of {','.join([*DAEMONS, *RAW])} (all)")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--scale", type=float, default=1, help="part of the routes and nodes of the mesh (1)")
    parser.add_argument("--churns", type=int, default=12, help="times that W6 announces everything again (12)")
    parser.add_argument("--mrt", help="a recorded feed for R1: MRT, gzipped or not")
    parser.add_argument("--json", help="where all measured values go (build/bench/results.json)")
    parser.add_argument("--table", nargs="+", metavar="FILE", help="run nothing: one table of what --json wrote in several runs")
    options = parser.parse_args()
    names = [name for word in options.workloads for name in ALIASES.get(word, [word])] or list(WORKLOADS)
    if unknown := [n for n in names if n not in WORKLOADS] + [d for d in options.only.split(",") if d not in [*DAEMONS, *RAW]]:
        parser.error(f"unknown: {' '.join(unknown)}")
    options.workloads = list(dict.fromkeys(names))
    options.only = options.only.split(",")
    return options


def run_once(daemon, workload, options):
    """{row: value}, or what went wrong."""
    try:
        return dict(WORKLOADS[workload][0](Context(daemon, workload, options))), None
    except (WrongRoutes, AssertionError, OSError) as error:
        return {}, f"{type(error).__name__}: {error}"


def run_all(options):
    """{workload: {row: {daemon: [values]}}} and the list of failures. Daemons take turns within a round, so that what the machine
    does meanwhile falls upon all of them."""
    results, failures = {}, []
    for workload in options.workloads:
        rows = results.setdefault(workload, {})
        for number in range(options.rounds):
            for daemon in options.only:
                if not is_run(daemon, workload):
                    continue
                started = time.monotonic()
                values, error = run_once(daemon, workload, options)
                for row, value in values.items():
                    rows.setdefault(row, {}).setdefault(daemon, []).append(value)
                if error:
                    failures.append(f"{workload} {daemon}: {error}")
                print(f"{workload} round {number + 1} {daemon}: {error or 'ok'} ({time.monotonic() - started:.0f} s)", file=sys.stderr)
    return results, failures


def facts():
    commit = subprocess.run(["git", "-C", HERE, "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=False)
    return {"date": time.strftime("%Y-%m-%d %H:%M", time.gmtime()), "commit": commit.stdout.strip(),
            "kernel": os.uname().release, "bin": str(bin_dir())}


def prepare_feed(options, folder):
    """R1's file as the generator reads it: not compressed."""
    if options.mrt and (packed := Path(options.mrt).read_bytes())[:2] == b"\x1f\x8b":
        options.mrt = folder / "feed.mrt"
        options.mrt.write_bytes(gzip.decompress(packed))


def main():
    options = parse()
    if options.table:
        return show([saved(path) for path in options.table])
    require_root("tools/bench")
    files_max = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (files_max, files_max))  # a thousand sessions, each a socket
    folder = HERE.parents[1] / "build/bench"
    folder.mkdir(parents=True, exist_ok=True)
    prepare_feed(options, folder)
    results, failures = run_all(options)
    part = {**facts(), "scale": options.scale, "rounds": options.rounds, "results": results, "failures": failures}
    Path(options.json or folder / "results.json").write_text(json.dumps(part, indent=1))
    return show([part])


def saved(path):
    """One part, as --json has written it."""
    try:
        part = json.loads(Path(path).read_text())
        return {key: part[key] for key in ("date", "commit", "kernel", "scale", "rounds", "results", "failures")}
    except (OSError, ValueError, TypeError, KeyError) as error:
        sys.exit(f"tools/bench: {path} is no result of --json: {type(error).__name__}: {error}")


def show(parts):
    try:
        print("\n" + report(parts))
    except ValueError as error:
        sys.exit(f"tools/bench: {error}")
    return 1 if any(part["failures"] for part in parts) else 0


if __name__ == "__main__":
    sys.exit(main())
