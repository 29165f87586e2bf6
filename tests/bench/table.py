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


def row_of(workload, row, values, daemons):
    medians = {daemon: statistics.median(v) for daemon, v in values.items()}
    ours = medians.get(US)
    rivals = [m for d, m in medians.items() if d not in (US, *RAW) and not is_reduced(d, workload)]
    theirs = {**medians, BEST: min(rivals, default=None)}
    goals = GOALS.get(workload, {}).get(row, [])
    ratios = {to: ratio(ours, theirs.get(to)) for to in dict.fromkeys([BEST, *(g.to for g in goals if g.to)])}
    shown = [f"{r:.2f}" + ("" if to == BEST else f" {to}") for to, r in ratios.items() if r is not None]
    cells = [number(medians[d]) + ("*" if is_reduced(d, workload) else "") if d in medians else "" for d in daemons]
    of_goals = [[g.text(g.goal) for g in goals], [g.text(g.stretch) for g in goals], [g.verdict(ours, theirs) for g in goals]]
    return [workload, row, *cells, *(", ".join(filter(None, column)) for column in [shown, *of_goals])]


def markdown(parts):
    results = joined(parts)
    present = {daemon for rows in results.values() for values in rows.values() for daemon in values}
    daemons = [daemon for daemon in [*DAEMONS, *RAW] if daemon in present]
    head = ["workload", "row", *daemons, "ratio", "goal", "stretch", "met"]
    rows = [row_of(w, row, values, daemons) for w, rows in results.items() for row, values in rows.items()]
    lines = ["| " + " | ".join(cells) + " |" for cells in [head, ["---"] * len(head), *rows]]
    if any(is_reduced(d, w) for w, rows in results.items() for values in rows.values() for d in values):
        lines += ["", "`*`: at a part of the size (tests/bench/workloads.py), not compared"]
    return "\n".join(lines)


def heading(part):
    """When, of which commit and how often one part was measured."""
    return (f"{' '.join(part['results'])}: {part['date']}, commit {part['commit']}, kernel {part['kernel']}, "
            f"scale {part['scale']:g}, medians of {part['rounds']}")


def report(parts):
    failures = [f"FAILED {failure}" for part in parts for failure in part["failures"]]
    return "\n".join([*(f"- {heading(part)}" for part in parts), "", markdown(parts), *([""] if failures else []), *failures])
