"""Two namespaces and a cable, the daemon on one CPU and its peers on another; what the daemon uses, read from /proc."""
import json
import os
import selectors
import subprocess
import time

from lab import Lab, bin_dir, wait_until
from lab.network import ip

from daemons import DAEMONS, HOLD_S, SPEAKER, SPEAKER_AS, SPEAKER_NET

DAEMON_CPU, LOAD_CPU = "0", "1"
QUIET_S, QUIET_CPU_S = 0.5, 0.004  # this little in that time: the daemon has nothing more to do
FIRST_PEER = "10.0.1.1"


class WrongRoutes(Exception):
    """A receiver did not end up with what it must have, or a session fell."""


def peer_address(number):
    return f"10.0.{1 + (number + 1) // 256}.{(number + 1) % 256}"


def know(host, other, addresses):
    """Neighbours that need no ARP. Learned, they would fill the kernel's table of 1,024 for all namespaces of the machine, and the
    SYN-ACKs to all others would be dropped; permanent ones do not count."""
    mac = json.loads(other.ip("-j", "link", "show", "eth0"))[0]["address"]
    host.run("ip", "-batch", "-", stdin="".join(f"neigh add {a} lladdr {mac} dev eth0 nud permanent\n" for a in addresses))


class Wire:
    """Two namespaces and the cable; `with` takes them away."""

    def __init__(self, name="alone"):
        self.lab = Lab()
        self.host, self.load_host = self.lab.host(name), self.lab.host("load")
        self.host.cpu = DAEMON_CPU
        for host in (self.host, self.load_host):  # a bridge would be part of every figure
            host.ip("link", "del", "eth0")
        ip("-n", self.host.namespace, "link", "add", "eth0", "type", "veth", "peer", "name", "eth0", "netns",
           self.load_host.namespace)
        self.host.up("eth0", SPEAKER_NET)
        self.load_host.up("eth0", "10.0.255.254/16")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        self.lab.close()

    def timed(self, *words):
        """Runs a command on the daemon's CPU; its (wall, processor) seconds, by its own account where it prints one."""
        before, began = os.times(), time.monotonic()
        said = self.host.run(*self.host.pinned(words)).stdout
        wall_s, after = time.monotonic() - began, os.times()
        if said.startswith("{"):
            return json.loads(said).values()
        return wall_s, after.children_user + after.children_system - before.children_user - before.children_system


class Stage(Wire):
    """A daemon with its peers, and the generator. `addresses`: how many of the peers are there; the others are only configured."""

    def __init__(self, daemon, peers, load, blocks=(), uses_kernel=False, hold_s=HOLD_S, addresses=None):
        super().__init__(daemon)
        there = [peer_address(n) for n in range(len(peers) if addresses is None else addresses)]
        self.load_host.run("ip", "-batch", "-", stdin="".join(f"address add {a}/16 dev eth0\n" for a in there))
        know(self.host, self.load_host, there)
        know(self.load_host, self.host, [SPEAKER])
        self.daemon = DAEMONS[daemon](self.host, peers, blocks, uses_kernel)
        self.load_args = [*load, "--speaker", SPEAKER, "--speaker-as", SPEAKER_AS, "--first", FIRST_PEER, "--hold", hold_s]
        self.load = None

    def __enter__(self):
        try:
            self.daemon.start()
            self.load = Generator(self.load_host, self.load_args)
            self.wait_until_quiet()
        except BaseException:
            self.close()
            raise
        return self

    def close(self):
        if self.load:
            self.load.close()
        super().close()

    # ---- what the daemon uses, all its processes and threads together
    def pids(self):
        return [int(pid) for pid in ip("netns", "pids", self.host.namespace).split()]

    def cpu_s(self):
        total = 0
        for pid in self.pids():
            try:
                for task in os.listdir(f"/proc/{pid}/task"):
                    with open(f"/proc/{pid}/task/{task}/schedstat") as file:
                        total += int(file.read().split()[0])
            except OSError:
                pass  # a thread that just ended
        return total / 1e9

    def memory(self, field="VmHWM"):
        """Bytes; VmHWM: the peak so far."""
        total = 0
        for pid in self.pids():
            with open(f"/proc/{pid}/status") as file:
                total += next((int(row.split()[1]) * 1024 for row in file if row.startswith(field)), 0)
        return total

    def wait_until_quiet(self, deadline_s=60):
        """Returns the processor time used by then, without what the waiting saw."""
        end = time.monotonic() + deadline_s
        used = self.cpu_s()
        while time.monotonic() < end:
            time.sleep(QUIET_S)  # the measuring time itself
            before, used = used, self.cpu_s()
            if used - before < QUIET_CPU_S:
                return used
        return used

    # ---- steps
    def step(self, *words):
        """Runs a step of the generator until the daemon is quiet again; (what the generator says, processor seconds)."""
        before = self.cpu_s()
        said = self.load.ask(*words)
        used = self.wait_until_quiet() - before
        self.load.ask("check")
        return said, used


class Generator:
    def __init__(self, host, args):
        command = ["taskset", "-c", LOAD_CPU, bin_dir() / "calico-bench-load", *args]
        self.process = subprocess.Popen(host.command(command), stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        stderr=subprocess.PIPE, bufsize=0, start_new_session=True)
        self.selector = selectors.DefaultSelector()
        self.selector.register(self.process.stdout, selectors.EVENT_READ)
        self.buffer = b""
        self.ready = self.read(120)

    def read(self, deadline_s):
        end = time.monotonic() + deadline_s
        while b"\n" not in self.buffer:
            if not self.selector.select(max(0.0, end - time.monotonic())):
                raise WrongRoutes("the generator does not answer")
            got = os.read(self.process.stdout.fileno(), 65536)
            if not got:
                raise WrongRoutes("the generator ended: " + self.process.stderr.read().decode().strip())
            self.buffer += got
        line, _, self.buffer = self.buffer.partition(b"\n")
        return json.loads(line)

    def ask(self, *words):
        self.send(*words)
        return self.hear()

    def send(self, *words):
        self.process.stdin.write((" ".join(map(str, words)) + "\n").encode())

    def hear(self):
        said = self.read(600)
        if not said["ok"]:
            raise WrongRoutes(f"{said['step']}: {said['why']}")
        return said

    def close(self):
        self.process.stdin.close()
        try:
            self.process.wait(5)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process.stdout.close()
        self.process.stderr.close()
