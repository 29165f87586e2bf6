"""What is run, and what is measured of it: a generator for each workload that yields (row, value) pairs."""
import statistics
import time

from lab import bin_dir

from daemons import CLIENT, MESH, RECEIVER, SENDER, SPEAKER_AS, Peer
from stage import Stage, Wire, peer_address

SENDER_AS, RECEIVER_AS = 65001, 65301  # of the first of each; as in load/scenario.cpp
STEP_S, CONNECT_S = 100, 150  # what a lost handshake costs may be a minute
MIB = 1024 * 1024
# What is out of a daemon's reach at full size, as in the measurements that the goals come from: part of the size for (daemon, workload).
REDUCED = {"gobgp": {"W1": 0.1, "W2a": 0.2, "W2b": 0.2, "W3": 0.1, "W4": 0.1, "W6": 0.2, "W7": 0.2}}


def is_run(daemon, workload):
    if daemon in RAW:
        return workload.startswith("F1")
    if workload.startswith("C1"):
        return daemon in ("us", "bird2", "bird1")
    if workload in ("K1", "G1"):
        return daemon == "us"
    return (daemon, workload) not in NOT_RUN


# OpenBGPD's F1: Debian builds it without libmnl, hence without a kernel FIB (README.md).
NOT_RUN = {("gobgp", "W5-1000"), ("gobgp", "R1"), ("gobgp", "F1-10k"), ("gobgp", "F1-100k"), ("gobgp", "F1-500k"),
           ("openbgpd", "F1-10k"), ("openbgpd", "F1-100k"), ("openbgpd", "F1-500k"), ("frr", "F1-500k")}


class Context:
    """One daemon, one workload, one round."""

    def __init__(self, daemon, workload, options):
        self.daemon, self.options = daemon, options
        self.factor = options.scale * REDUCED.get(daemon, {}).get(workload, 1)

    def scaled(self, count, least=10):
        return max(least, round(count * self.factor))

    def stage(self, peers, *load, **how):
        return Stage(self.daemon, peers, load, **how)


def external(senders, receivers):
    return ([Peer(peer_address(n), SENDER_AS + n, role=SENDER) for n in range(senders)] +
            [Peer(peer_address(senders + n), RECEIVER_AS + n, role=RECEIVER) for n in range(receivers)])


def table(context, stage, paths):
    """Everybody up, everything announced: the rows that most workloads have."""
    stage.step("connect", CONNECT_S)
    idle = stage.memory("VmRSS")
    said, cpu = stage.step("announce", STEP_S)
    peak = stage.memory()
    yield "CPU s", cpu
    yield "wall s", said["wall_s"]
    yield "RSS MiB", peak / MIB
    yield "B/path", (peak - idle) / paths
    yield "sent/route", said["prefixes"] / paths


def withdrawal(stage):
    said, cpu = stage.step("withdraw", STEP_S)
    yield "withdraw CPU s", cpu
    yield "withdraw wall s", said["wall_s"]


def flow(senders, receivers, routes, *more):
    """`routes` of each sender, or with an overlap of all together."""
    def run(context):
        count = context.scaled(routes)
        with context.stage(external(senders, receivers), "--senders", senders, "--receivers", receivers, "--routes", count,
                           *more) as stage:
            yield from table(context, stage, count * senders)
            yield from withdrawal(stage)
    return run


def reflector(clients, routes):
    def run(context):
        count = context.scaled(routes)
        peers = [Peer(peer_address(n), SPEAKER_AS, is_client=True, role=CLIENT) for n in range(clients)]
        with context.stage(peers, "--clients", clients, "--routes", count) as stage:
            yield from table(context, stage, count * clients)
            yield from withdrawal(stage)
    return run


def mesh(nodes):
    """Each announces 4 blocks, the daemon exports 4, and an external observer sees that all were learned."""
    def run(context):
        count = context.scaled(nodes)
        peers = [Peer(peer_address(n), SPEAKER_AS, role=MESH) for n in range(count)]
        peers.append(Peer(peer_address(count), RECEIVER_AS, role=RECEIVER))
        blocks = [f"10.128.0.{64 * n}/26" for n in range(4)]
        with context.stage(peers, "--mesh", count, "--receivers", 1, blocks=blocks, hold_s=30) as stage:
            said, cpu = stage.step("connect", CONNECT_S)
            yield "up wall s", said["established_at"] - said["began_at"]
            yield "told wall s", said["wall_s"]
            yield "up CPU s", cpu
            said, cpu = stage.step("announce", STEP_S)
            yield "learn wall s", said["wall_s"]
            yield "learn CPU s", cpu
            yield "RSS MiB", stage.memory() / MIB
            before = stage.cpu_s()
            time.sleep(20)  # the measuring time: keepalives only
            yield "keepalives CPU s", stage.cpu_s() - before
            yield "keepalive late s", stage.load.ask("check")["silence_s"] - 10
    return run


def churn(context):
    count = context.scaled(100_000)
    with context.stage(external(1, 1), "--senders", 1, "--receivers", 1, "--routes", count) as stage:
        stage.step("connect", CONNECT_S)
        stage.step("announce", STEP_S)
        yield "churn CPU s", statistics.median(stage.step("churn", STEP_S)[1] for _ in range(context.options.churns))
        updates = min(count, 5000)
        said, cpu = stage.step("paced", 1000, updates)
        yield "CPU us/update", 1e6 * cpu / updates
        yield "latency p50 us", said["p50_us"]
        yield "latency p99 us", said["p99_us"]


def loss(context):
    count = context.scaled(100_000)
    with context.stage(external(2, 1), "--senders", 2, "--receivers", 1, "--routes", count, "--overlap", "first") as stage:
        stage.step("connect", CONNECT_S)
        stage.step("announce", STEP_S)
        said, cpu = stage.step("lose", STEP_S)
        yield "switch wall s", said["wall_s"]
        yield "switch CPU s", cpu
        yield "updates", said["updates"]
        yield "RSS MiB", stage.memory() / MIB


def punctual(context):
    """A hold time of 3 s, so a keepalive a second, while a million routes pass. How late is the latest?"""
    count = context.scaled(1_000_000)
    with context.stage(external(1, 1), "--senders", 1, "--receivers", 1, "--routes", count, hold_s=3) as stage:
        stage.step("connect", CONNECT_S)
        stage.step("announce", STEP_S)
        stage.step("withdraw", STEP_S)
        time.sleep(2)  # the next one ends a pause that may have begun
        yield "keepalive late s", stage.load.ask("check")["silence_s"] - 1


def growth(context):
    """What a route costs among 2 M and among 250 k, a peer among 2,000 and among 250. Goal: at most 1.2 times as much."""
    few, many = (dict(flow(1, 1, count)(context)) for count in (250_000, 2_000_000))
    yield "CPU/route ratio", many["CPU s"] / few["CPU s"] / 8
    yield "B/route ratio", many["B/path"] / few["B/path"]
    few, many = (dict(mesh(count)(context)) for count in (250, 2_000))
    for row in ("up CPU s", "learn CPU s", "keepalives CPU s"):
        yield row.replace(" s", "/peer ratio"), many[row] / few[row] / 8


def feed(context):
    """A recorded feed, as a neighbour passes it on."""
    if not context.options.mrt:
        return
    with context.stage(external(1, 1), "--senders", 1, "--receivers", 1, "--mrt", context.options.mrt) as stage:
        yield from table(context, stage, stage.load.ready["routes"])
        yield from withdrawal(stage)


# ---- the kernel -------------------------------------------------------------------------------------------------------

RAW = {"raw": (), "raw-acks": ("acks",), "ip": ()}  # contestants of F1 without BGP: rtnetlink alone, and `ip -batch`
POLL_S = 0.01


def kernel_prefixes(pid):
    """IPv4 prefixes of table main in the namespace of a process. With one address on one device there is no other table."""
    with open(f"/proc/{pid}/net/fib_triestat") as file:
        return next(int(row.split()[1]) for row in file if "Prefixes:" in row)


def wait_for_prefixes(pid, count):
    """When the kernel had so many."""
    end = time.monotonic() + STEP_S
    while kernel_prefixes(pid) != count:
        if time.monotonic() > end:
            raise AssertionError(f"the kernel has {kernel_prefixes(pid)} prefixes, not {count}")
        time.sleep(POLL_S)
    return time.monotonic()


def fib_by_bgp(context, count):
    with context.stage(external(1, 0), "--senders", 1, "--routes", count, uses_kernel=True) as stage:
        stage.step("connect", CONNECT_S)
        pid = stage.pids()[0]
        none = kernel_prefixes(pid)
        for step, row, wanted in (("announce", "add", none + count), ("withdraw", "del", none)):
            before = stage.cpu_s()
            began = stage.load.ask(step, STEP_S)["began_at"]
            yield f"{row} wall s", wait_for_prefixes(pid, wanted) - began
            yield f"{row} CPU s", stage.wait_until_quiet() - before
            if step == "announce":
                yield "RSS MiB", stage.memory() / MIB
    with context.stage(external(2, 0), "--senders", 2, "--routes", count, "--overlap", "first", uses_kernel=True) as stage:
        stage.step("connect", CONNECT_S)
        stage.step("announce", STEP_S)
        wait_for_prefixes(stage.pids()[0], none + count)
        yield "replace CPU s", stage.step("lose", STEP_S)[1]
        wait_for_prefixes(stage.pids()[0], none + count)


def fib_raw(context, count):
    """The same prefixes without a daemon: what the kernel alone costs."""
    with Wire() as wire:
        for verb in ("add", "replace", "del"):
            words = (bin_dir() / "calico-bench-fib", verb, count, peer_address(0), *RAW[context.daemon])
            if context.daemon == "ip":
                prefixes = wire.host.run(bin_dir() / "calico-bench-fib", "list", count).stdout.split()
                way = "" if verb == "del" else f" via {peer_address(0)}"
                (wire.host.dir / "batch").write_text("".join(f"route {verb} {p}{way}\n" for p in prefixes))
                words = ("ip", "-batch", wire.host.dir / "batch")
            wall_s, cpu_s = wire.timed(*words)
            yield f"{verb} wall s", wall_s
            yield f"{verb} CPU s", cpu_s


def fib(count):
    def run(context):
        yield from (fib_raw if context.daemon in RAW else fib_by_bgp)(context, context.scaled(count))
    return run


# ---- the life of a daemon -----------------------------------------------------------------------------------------------

def life(configured):
    """Start, idle memory, and one more peer, with so many configured that are not there."""
    def run(context):
        count = context.scaled(configured)
        there = Peer(peer_address(0), SENDER_AS, role=SENDER, is_dialled=True)
        absent = [Peer(peer_address(1 + n), SENDER_AS + 1, role=SENDER) for n in range(count)]
        with context.stage(absent, "--senders", 1, "--routes", 1, "--listen", "yes", addresses=1) as stage:
            daemon = stage.daemon
            daemon.stop()
            began = time.monotonic()
            daemon.start_again()
            while not answer(daemon):
                pass  # busy: a pause would be part of the figure
            yield "start ms", 1000 * (time.monotonic() - began)
            before = stage.wait_until_quiet()
            yield "idle RSS MiB", stage.memory("VmRSS") / MIB
            stage.load.send("connect", 60)
            began = time.monotonic()
            daemon.add(there)
            said = stage.load.hear()
            yield "new peer ms", 1000 * (said["established_at"] - began)
            yield "change CPU ms", 1000 * (stage.wait_until_quiet() - before)
    return run


def answer(daemon):
    try:
        return daemon.answers()
    except OSError:
        return None


WORKLOADS = {
    "W1": (flow(1, 1, 1_000_000), "1 sender x 1 M routes -> 1 receiver, then all withdrawn (W8)"),
    "W2a": (flow(10, 1, 100_000, "--overlap", "spread"), "10 senders x the same 100 k prefixes -> 1 receiver"),
    "W2b": (flow(10, 10, 100_000, "--overlap", "spread"), "10 senders x the same 100 k prefixes -> 10 receivers"),
    "W3": (flow(1, 50, 100_000), "1 sender x 100 k -> 50 receivers"),
    "W4": (reflector(100, 1_000), "route reflector, 100 clients x 1 k prefixes each"),
    "W5-200": (mesh(200), "Calico mesh of 200: up, learn, 20 s of keepalives"),
    "W5-1000": (mesh(1000), "Calico mesh of 1,000: up, learn, 20 s of keepalives"),
    "W6": (churn, "100 k routes announced again with other attributes; single updates, 1,000 a second"),
    "W7": (loss, "the best of two peers is lost, 100 k routes"),
    "F1-10k": (fib(10_000), "10 k routes into the kernel, replaced, deleted"),
    "F1-100k": (fib(100_000), "100 k routes into the kernel, replaced, deleted"),
    "F1-500k": (fib(500_000), "500 k routes into the kernel, replaced, deleted"),
    "C1-10": (life(10), "start, idle, and one more peer, which we dial, with 10 peers configured"),
    "C1-100": (life(100), "the same with 100"),
    "C1-1000": (life(1000), "the same with 1,000"),
    "K1": (punctual, "how late keepalives are while W1 runs, hold time 3 s"),
    "G1": (growth, "what a route and a peer cost among eight times as many"),
    "R1": (feed, "a recorded feed (--mrt FILE) -> 1 receiver"),
}
ALIASES = {"W2": ["W2a", "W2b"], "W5": ["W5-200", "W5-1000"], "W8": ["W1"], "F1": ["F1-10k", "F1-100k", "F1-500k"],
           "C1": ["C1-10", "C1-100", "C1-1000"]}
