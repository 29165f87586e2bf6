"""Waiting for a condition, never for a time."""
import time


def wait_until(what, probe, deadline_s=30.0):
    """Returns the first true value of probe(); AssertionError naming `what` and the last value after the deadline.

    The pause between two probes grows, so that a lab full of command-line tools does not eat the machine it tests.
    """
    end, pause_s = time.monotonic() + deadline_s, 0.02
    while True:
        value = probe()
        if value:
            return value
        if time.monotonic() > end:
            raise AssertionError(f"not within {deadline_s:g} s: {what}; last seen: {value!r}")
        time.sleep(pause_s)
        pause_s = min(pause_s * 1.5, 0.25)
