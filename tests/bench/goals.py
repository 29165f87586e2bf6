"""What each row is to reach: `goal` is the least, `stretch` is what we are after. A row may have several goals."""
from typing import NamedTuple

BEST = "best"  # the best other daemon of the same run


class Goal(NamedTuple):
    goal: float
    stretch: float | None = None
    to: str | None = BEST  # whose figure ours is divided by; None: nobody's, the goal is in the row's unit

    def figure(self, ours, theirs):
        """What is held to the goal: theirs is {BEST or a contestant: its figure}. None: there is nothing to compare."""
        return ours if self.to is None else ratio(ours, theirs.get(self.to))

    def verdict(self, ours, theirs):
        figure = None if ours is None else self.figure(ours, theirs)
        if figure is None:
            return ""
        if figure > self.goal:
            return "MISSED"
        return "stretch" if self.stretch is not None and figure <= self.stretch else "goal"

    def text(self, figure):
        """A figure as the table shows it: "0.5" to the best, "1.25 raw-acks", "<= 50" of the row's unit."""
        if figure is None:
            return ""
        return f"<= {figure:g}" if self.to is None else f"{figure:g}" + ("" if self.to == BEST else f" {self.to}")


def ratio(ours, theirs):
    """None where it says nothing: a keepalive may be early, which is less than 0."""
    return ours / theirs if ours is not None and theirs and theirs > 0 and ours >= 0 else None


def cap(goal, stretch=None):
    return Goal(goal, stretch, None)


def raw(goal, stretch=None):
    """To the same routes through rtnetlink without a daemon, each acknowledged."""
    return Goal(goal, stretch, "raw-acks")


LATE = {"keepalive late s": [cap(1)]}
GOALS = {
    "W1": {"CPU s": [Goal(0.5, 0.3)], "wall s": [Goal(0.5, 0.25)], "RSS MiB": [Goal(0.8, 0.6)], "withdraw CPU s": [Goal(0.5, 0.25)]},
    "W2a": {"CPU s": [Goal(0.6, 0.35)], "RSS MiB": [Goal(0.8, 0.6)]},
    "W2b": {"CPU s": [Goal(0.25, 0.15)]},
    "W3": {"CPU s": [Goal(0.25, 0.12)], "wall s": [Goal(0.1, 0.05)]},
    "W4": {"CPU s": [Goal(0.5, 0.25)], "wall s": [Goal(0.1, 0.06)], "RSS MiB": [Goal(1.2, 0.8)]},
    "W5-200": LATE,
    "W5-1000": {"up wall s": [Goal(0.25, 0.1)], "up CPU s": [Goal(0.8, 0.5)], "learn CPU s": [Goal(0.5, 0.1)],
                "RSS MiB": [Goal(1.5, 1)], "keepalives CPU s": [Goal(0.4, 0.2)], **LATE},
    "W6": {"churn CPU s": [Goal(0.6, 0.4)], "latency p50 us": [Goal(1.2, 0.9)], "latency p99 us": [Goal(1.5, 0.7)],
           "CPU us/update": [Goal(1, 0.7)]},
    "W7": {"switch wall s": [Goal(0.5, 0.3)]},
    "F1-100k": {"add wall s": [Goal(0.85, 0.75), raw(1.25, 1.05)], "del wall s": [Goal(0.85, 0.7)]},
    "F1-500k": {"add CPU s": [Goal(0.85, 0.75)]},
    "C1-10": {"start ms": [cap(50)], "idle RSS MiB": [cap(16, 10)]},
    "C1-100": {"start ms": [cap(50)]},
    "C1-1000": {"start ms": [Goal(2, 1), cap(50)], "idle RSS MiB": [cap(24, 16)], "change CPU ms": [Goal(0.3, 0.1)],
                "new peer ms": [Goal(0.02), cap(28, 5)]},
    "K1": LATE,
    "G1": {f"{what} ratio": [cap(1.2)] for what in ("CPU/route", "B/route", "up CPU/peer", "learn CPU/peer", "keepalives CPU/peer")},
    "R1": {"CPU s": [Goal(0.58, 0.58)], "RSS MiB": [Goal(0.56, 0.56)]},
}
