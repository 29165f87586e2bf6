"""Who watches while something changes: the kernel's own announcements, and echoes a hundred times a second."""
import itertools
import os
import re
import signal

from .wait import wait_until

PROBE = "198.18.0.0"
_numbers = itertools.count()


class Monitor:
    """`ip monitor route` on a host, and what it said of some prefixes since it listens."""

    def __init__(self, host):
        self.host, self.process = host, host.spawn(f"monitor{next(_numbers)}", "ip", "monitor", "route")
        wait_until("ip monitor listens", self.is_heard)

    def is_heard(self):
        self.host.ip("route", "replace", "blackhole", f"{PROBE}/32", "proto", "static")
        self.host.ip("route", "del", "blackhole", f"{PROBE}/32", "proto", "static")
        return f"Deleted blackhole {PROBE}" in self.process.log()

    def changes(self, *prefixes):
        return [line for line in self.process.log().splitlines() if any(p in line for p in prefixes)]


class Echoes:
    """`ping` a hundred times a second from a host, until it is asked what was lost."""

    def __init__(self, host, target):
        self.target = target
        self.process = host.spawn(f"ping{next(_numbers)}", "ping", "-n", "-i", "0.01", target)
        self.wait_for_more()

    def answered(self):
        return [int(number) for number in re.findall(r"icmp_seq=(\d+) ttl", self.process.log())]

    def wait_for_more(self):
        """It flows now, at the least: some echoes that were not yet sent are answered."""
        seen = max(self.answered(), default=0)
        wait_until(f"echoes from {self.target}", lambda: max(self.answered(), default=0) >= seen + 20)

    def lost(self):
        """Ends it. How many were not answered, but for the last, which may be on their way."""
        self.wait_for_more()
        os.kill(self.process.pid, signal.SIGINT)
        wait_until("ping ends", lambda: self.process.exit_code() is not None)
        answered = set(self.answered())
        return max(answered) - len(answered)
