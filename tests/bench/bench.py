"""What tools/bench runs once everything is built: every daemon on every workload in turn, round after round, then the table."""
import argparse
import gzip
import json
import os
import resource
import statistics
import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "support")]
from lab import bin_dir, require_root  # noqa: E402

from daemons import DAEMONS  # noqa: E402
from goals import GOALS  # noqa: E402
from stage import WrongRoutes  # noqa: E402
from workloads import ALIASES, RAW, REDUCED, WORKLOADS, Context, is_run  # noqa: E402

US = "us"


def parse():
    parser = argparse.ArgumentParser(prog="tools/bench", description=__doc__)
    parser.add_argument("workloads", nargs="*", metavar="WORKLOAD", help=f"of {' '.join([*WORKLOADS, *ALIASES])} (all)")
    parser.add_argument("--only", default=",".join([*DAEMONS, *RAW]), help="daemons, separated by commas (all)")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--scale", type=float, default=1, help="part of the routes and nodes of the mesh (1)")
    parser.add_argument("--churns", type=int, default=12, help="times that W6 announces everything again (12)")
    parser.add_argument("--mrt", help="a recorded feed for R1: MRT, gzipped or not")
    parser.add_argument("--json", help="where all measured values go")
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


# ---- the table --------------------------------------------------------------------------------------------------------

def number(value):
    return f"{value:.3g}" if abs(value) < 1000 else f"{value:.0f}"


def row_of(workload, row, values, options):
    medians = {daemon: statistics.median(v) for daemon, v in values.items()}
    rivals = [m for d, m in medians.items() if d not in (US, *RAW) and workload not in REDUCED.get(d, {})]
    best = min(rivals, default=None)
    ratio = medians[US] / best if US in medians and best else None
    goal, stretch = GOALS.get((workload, row), (None, None))
    verdict = "" if ratio is None or goal is None else "stretch" if ratio <= stretch else "goal" if ratio <= goal else "MISSED"
    cells = [number(medians[d]) + ("*" if workload in REDUCED.get(d, {}) else "") if d in medians else "" for d in options.only]
    return [workload, row, *cells, f"{ratio:.2f}" if ratio is not None else "", str(goal or ""), str(stretch or ""), verdict]


def markdown(results, options):
    head = ["workload", "row", *options.only, "ratio", "goal", "stretch", "met"]
    rows = [row_of(w, row, values, options) for w, rows in results.items() for row, values in rows.items()]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in [head, ["---"] * len(head), *rows])


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
    require_root("tools/bench")
    files_max = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (files_max, files_max))  # a thousand sessions, each a socket
    folder = HERE.parents[1] / "build/bench"
    folder.mkdir(parents=True, exist_ok=True)
    prepare_feed(options, folder)
    results, failures = run_all(options)
    print(f"\n{' '.join(map(str, facts().values()))}, scale {options.scale:g}, medians of {options.rounds}\n")
    print(markdown(results, options))
    if any(d in REDUCED for d in options.only):
        print("\n* at a part of the size (tests/bench/workloads.py), not compared")
    Path(options.json or folder / "results.json").write_text(json.dumps(
        {**facts(), "scale": options.scale, "rounds": options.rounds, "results": results, "failures": failures}, indent=1))
    for failure in failures:
        print("FAILED " + failure)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
