"""Measured values as a markdown table: of one run, or of the saved parts of several. Pure."""
import statistics

from daemons import DAEMONS
from goals import BEST, GOALS, ratio
from workloads import RAW, REDUCED, WORKLOADS

US = "us"


def joined(parts):
    """{workload: {row: {daemon: [values]}}} of all, in the order of WORKLOADS; what is of the same daemon, row and workload is more
    rounds of it. Parts of different sizes cannot be compared."""
    if len(scales := {part["scale"] for part in parts}) > 1:
        raise ValueError(f"parts of different scales: {', '.join(f'{s:g}' for s in sorted(scales))}")
    results = {}
    for part in parts:
        for workload, rows in part["results"].items():
            for row, values in rows.items():
                for daemon, measured in values.items():
                    results.setdefault(workload, {}).setdefault(row, {}).setdefault(daemon, []).extend(measured)
    return {workload: results[workload] for workload in WORKLOADS if workload in results}


def number(value):
    return f"{value:.3g}" if abs(value) < 1000 else f"{value:.0f}"


def is_reduced(daemon, workload):
    return workload in REDUCED.get(daemon, {})


def cell(workload, daemon, median, failed):
    if (workload, daemon) in failed:
        return "FAILED"
    return "" if median is None else number(median) + ("*" if is_reduced(daemon, workload) else "")


def row_of(workload, row, values, daemons, failed=frozenset()):
    medians = {daemon: statistics.median(v) for daemon, v in values.items()}
    ours = medians.get(US)
    rivals = [m for d, m in medians.items() if d not in (US, *RAW) and not is_reduced(d, workload) and (workload, d) not in failed]
    theirs = {**medians, BEST: min(rivals, default=None)}
    goals = GOALS.get(workload, {}).get(row, [])
    ratios = {to: ratio(ours, theirs.get(to)) for to in dict.fromkeys([BEST, *(g.to for g in goals if g.to)])}
    shown = [f"{r:.2f}" + ("" if to == BEST else f" {to}") for to, r in ratios.items() if r is not None]
    cells = [cell(workload, d, medians.get(d), failed) for d in daemons]
    of_goals = [[g.text(g.goal) for g in goals], [g.text(g.stretch) for g in goals], [g.verdict(ours, theirs) for g in goals]]
    met = any(of_goals[2])
    texts = [", ".join(part or "-" for part in column) if any(column) else "" for column in [*of_goals[:2], of_goals[2] if met else []]]
    return [workload, row, *cells, ", ".join(shown), *texts]


def markdown(parts):
    results = joined(parts)
    failed = {tuple(failure.split(":", 1)[0].split(" ")) for part in parts for failure in part["failures"]}
    present = {daemon for rows in results.values() for values in rows.values() for daemon in values}
    daemons = [daemon for daemon in [*DAEMONS, *RAW] if daemon in present]
    head = ["workload", "row", *daemons, "ratio", "goal", "stretch", "met"]
    rows = [row_of(w, row, values, daemons, failed) for w, rows in results.items() for row, values in rows.items()]
    lines = ["| " + " | ".join(cells) + " |" for cells in [head, ["---"] * len(head), *rows]]
    if any(is_reduced(d, w) for w, rows in results.items() for values in rows.values() for d in values):
        lines += ["", "`*`: at a part of the size (tests/bench/workloads.py), not compared"]
    return "\n".join(lines)


def heading(part):
    """When, of which commit and how often one part was measured."""
    return (f"{' '.join(part['results'])}: {part['date']}, commit {part['commit']}, kernel {part['kernel']}, "
            f"scale {part['scale']:g}, rounds {part['rounds']}")


def report(parts):
    failures = [f"FAILED {failure}" for part in parts for failure in part["failures"]]
    return "\n".join([*(f"- {heading(part)}" for part in parts), "", markdown(parts), *([""] if failures else []), *failures])
