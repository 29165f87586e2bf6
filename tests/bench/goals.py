"""What each row is to reach, as a ratio to the best other daemon in the same run: (goal, stretch). Absolute goals have a unit."""

GOALS = {
    ("W1", "CPU s"): (0.50, 0.30), ("W1", "wall s"): (0.50, 0.25), ("W1", "RSS MiB"): (0.80, 0.60),
    ("W1", "withdraw CPU s"): (0.50, 0.25),
    ("W2a", "CPU s"): (0.60, 0.35), ("W2a", "RSS MiB"): (0.80, 0.60),
    ("W2b", "CPU s"): (0.25, 0.15),
    ("W3", "CPU s"): (0.25, 0.12), ("W3", "wall s"): (0.10, 0.05),
    ("W4", "CPU s"): (0.50, 0.25), ("W4", "wall s"): (0.10, 0.06), ("W4", "RSS MiB"): (1.2, 0.8),
    ("W5-1000", "up wall s"): (0.25, 0.10), ("W5-1000", "up CPU s"): (0.80, 0.50), ("W5-1000", "learn CPU s"): (0.50, 0.10),
    ("W5-1000", "RSS MiB"): (1.5, 1.0), ("W5-1000", "keepalives CPU s"): (0.40, 0.20),
    ("W6", "churn CPU s"): (0.60, 0.40), ("W6", "latency p50 us"): (1.2, 0.9), ("W6", "latency p99 us"): (1.5, 0.7),
    ("W6", "CPU us/update"): (1.0, 0.7),
    ("W7", "switch wall s"): (0.50, 0.30),
    ("F1-100k", "add wall s"): (0.85, 0.75), ("F1-500k", "add CPU s"): (0.85, 0.75), ("F1-100k", "del wall s"): (0.85, 0.70),
    ("C1-1000", "start ms"): (2.0, 1.0), ("C1-1000", "change CPU ms"): (0.3, 0.1), ("C1-1000", "new peer ms"): (0.02, 0.02),
    ("R1", "CPU s"): (0.58, 0.58), ("R1", "RSS MiB"): (0.56, 0.56),
}
