"""The table of tools/bench: what is compared with what, when a goal is met, and several runs as one table."""
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

BENCH = Path(__file__).resolve().parents[1] / "bench"
sys.path[:0] = [str(BENCH), str(BENCH.parent / "support")]
from goals import BEST, GOALS, Goal, cap, raw  # noqa: E402
from table import markdown, report  # noqa: E402
from workloads import WORKLOADS  # noqa: E402


def part(results, failures=(), **facts):
    return {"date": "2026-01-02 03:04", "commit": "abcdef0", "kernel": "6.1", "scale": 1, "rounds": 3, "results": results,
            "failures": list(failures), **facts}


def cells(workload, row, **values):
    """{heading: cell} of one row, with one value of each daemon."""
    daemons = {name.replace("_", "-"): [value] for name, value in values.items()}
    head, _, line, *_ = markdown([part({workload: {row: daemons}})]).split("\n")
    return dict(zip(*([cell.strip() for cell in text.split("|")[1:-1]] for text in (head, line))))


class Verdicts(unittest.TestCase):
    label = "verdicts of tools/bench"

    def test_a_goal_is_met_at_its_figure_and_missed_above(self):
        for goal, ours, theirs, verdict in [
                (Goal(0.5, 0.3), 5, {BEST: 10}, "goal"), (Goal(0.5, 0.3), 3, {BEST: 10}, "stretch"),
                (Goal(0.5, 0.3), 5.1, {BEST: 10}, "MISSED"), (Goal(0.5), 1, {BEST: 10}, "goal"),
                (cap(50), 50, {}, "goal"), (cap(50), 50.1, {BEST: 1000}, "MISSED"), (cap(16, 10), 9, {}, "stretch"),
                (cap(1), -0.01, {}, "goal"), (raw(1.05), 1.05, {"raw-acks": 1, BEST: 0.1}, "goal"),
                (raw(1.05), 1.06, {"raw-acks": 1, BEST: 10}, "MISSED")]:
            with self.subTest(goal=goal, ours=ours):
                self.assertEqual(goal.verdict(ours, theirs), verdict)

    def test_without_a_figure_of_both_nothing_is_said(self):
        for goal, ours, theirs in [(Goal(0.5), None, {BEST: 1}), (Goal(0.5), 1, {}), (Goal(0.5), 1, {BEST: None}),
                                   (raw(1.05), 1, {BEST: 1}), (cap(50), None, {}), (Goal(0.5), 1, {BEST: 0})]:
            self.assertEqual(goal.verdict(ours, theirs), "")

    def test_every_goal_is_of_a_workload(self):
        self.assertLessEqual(set(GOALS), set(WORKLOADS))


class Table(unittest.TestCase):
    label = "table of tools/bench"

    def test_the_ratio_is_to_the_best_other_daemon(self):
        row = cells("W1", "CPU s", us=1, bird2=4, frr=2)
        self.assertEqual([row[c] for c in ("ratio", "goal", "stretch", "met")], ["0.50", "0.5", "0.3", "goal"])

    def test_an_absolute_goal_needs_no_other_daemon(self):
        row = cells("C1-10", "idle RSS MiB", us=16.6)
        self.assertEqual([row[c] for c in ("ratio", "goal", "stretch", "met")], ["", "<= 16", "<= 10", "MISSED"])

    def test_a_row_with_two_goals_shows_both(self):
        row = cells("F1-100k", "add wall s", us=8, bird2=10, raw=4, raw_acks=7)
        self.assertEqual([row[c] for c in ("ratio", "goal", "stretch", "met")],
                         ["0.80, 1.14 raw-acks", "0.85, 1.25 raw-acks", "0.75, 1.05 raw-acks", "goal, goal"])
        self.assertEqual(cells("C1-1000", "start ms", us=40, bird1=10)["met"], "MISSED, goal")

    def test_a_keepalive_that_is_early_has_no_ratio_and_is_not_late(self):
        for workload in ("K1", "W5-200", "W5-1000"):
            row = cells(workload, "keepalive late s", us=-0.001, bird2=-0.002)
            self.assertEqual([row[c] for c in ("ratio", "goal", "met")], ["", "<= 1", "goal"])

    def test_who_runs_at_a_part_of_the_size_is_marked_and_not_compared(self):
        row = cells("W1", "CPU s", us=1, gobgp=0.1)
        self.assertEqual([row["gobgp"], row["ratio"], row["met"]], ["0.1*", "", ""])

    def test_parts_make_one_table_in_the_order_of_the_workloads(self):
        parts = [part({"W6": {"CPU us/update": {"us": [60.0], "bird1": [50.0]}}}, ["W6 bird2: lost"], rounds=1),
                 part({"W1": {"CPU s": {"us": [1.0, 2.0, 9.0], "bird2": [4.0]}}}, commit="1234567")]
        self.assertEqual(report(parts).split("\n"), [
            "- W6: 2026-01-02 03:04, commit abcdef0, kernel 6.1, scale 1, rounds 1",
            "- W1: 2026-01-02 03:04, commit 1234567, kernel 6.1, scale 1, rounds 3",
            "",
            "| workload | row | us | bird2 | bird1 | ratio | goal | stretch | met |",
            "| --- | --- | --- | --- | --- | --- | --- | --- | --- |",
            "| W1 | CPU s | 2 | 4 |  | 0.50 | 0.5 | 0.3 | goal |",
            "| W6 | CPU us/update | 60 | FAILED | 50 | 1.20 | 1 | 0.7 | MISSED |",
            "",
            "FAILED W6 bird2: lost"])

    def test_the_same_again_is_more_rounds_of_it(self):
        parts = [part({"W1": {"CPU s": {"us": [value]}}}) for value in (1.0, 2.0, 9.0)]
        self.assertIn("| W1 | CPU s | 2 |", markdown(parts))


class SavedParts(unittest.TestCase):
    label = "tools/bench --table"

    def bench(self, *texts):
        with tempfile.TemporaryDirectory() as folder:
            files = [Path(folder) / f"{n}.json" for n in range(len(texts))]
            for file, text in zip(files, texts):
                file.write_text(text)
            return subprocess.run([BENCH.parents[1] / "tools/bench", "--table", *files], capture_output=True, text=True, check=False)

    def test_a_file_that_is_no_result_is_named(self):
        for text in ("nonsense", "{}", "[]"):
            said = self.bench(text)
            self.assertEqual((said.returncode, said.stderr.count("\n")), (1, 1))
            self.assertIn("0.json is no result of --json", said.stderr)

    def test_parts_of_different_sizes_are_refused(self):
        results = '{"date": "", "commit": "", "kernel": "", "rounds": 1, "results": {}, "failures": [], "scale": %s}'
        self.assertEqual(self.bench(results % 1, results % 1).returncode, 0)
        said = self.bench(results % 1, results % 0.01)
        self.assertEqual((said.returncode, said.stderr), (1, "tools/bench: parts of different scales: 0.01, 1\n"))

    def test_wrong_results_are_an_exit_status(self):
        said = self.bench('{"date": "", "commit": "", "kernel": "", "rounds": 1, "results": {}, "failures": ["W1 us: x"], "scale": 1}')
        self.assertEqual(said.returncode, 1)
        self.assertIn("FAILED W1 us: x", said.stdout)
