"""What goes wrong around our agents: processes that stand still, clocks that jump, logs and readers that go away.
Two agents and their session; every test leaves it up."""
import json
import os
import shlex
import shutil
import signal
import socket
import subprocess
from datetime import datetime, timedelta, timezone

from lab import LabCase, OurNode, bin_dir, block_yaml, peer3_yaml, pool_yaml, wait_until
from lab.node import SOURCE

BLOCK = "192.168.2.0/26"


class Pair(LabCase):
    """node1, on which the faults are, and node2, which announces a block and watches."""
    hold_time = "90s"

    def setUp(self):
        self.one = OurNode(self.lab.host("node1", "10.0.0.1/24"))
        self.two = self.lab.start(OurNode(self.lab.host("node2", "10.0.0.2/24")))
        self.two.apply(pool_yaml("192.168.0.0/16"), block_yaml("node2", BLOCK), self.peer("10.0.0.1"))

    def tearDown(self):
        for node in (self.one, self.two):
            self.lab.remove(node.host)

    def peer(self, address):
        return peer3_yaml("other", address, 64512, {"hold-time": self.hold_time})

    def configure_one(self):
        self.one.apply(pool_yaml("192.168.0.0/16"), self.peer("10.0.0.2"))
        self.wait_for_route()

    def wait_for_route(self):
        wait_until("the session is up", lambda: self.two.is_established("10.0.0.1"), 60)
        wait_until("node2's block is in node1's kernel", lambda: BLOCK in self.one.host.routes(), 60)

    def spawn_one(self, redirection, env=None):
        """node1 as a shell would start it, with its streams somewhere else."""
        self.one.run_dir.mkdir(exist_ok=True)
        self.one.data_dir.mkdir(exist_ok=True)
        command = " ".join(shlex.quote(str(word)) for word in (bin_dir() / "calico-bgpd", *self.one.args, "--log-level", "debug"))
        self.one.process = self.one.host.spawn("calico-bgpd", "bash", "-c", f"exec {command} {redirection}", env=env)
        wait_until("node1 answers", self.one.answers, 30)


class LogsGone(Pair):
    label = "faults logs"

    def check_with(self, redirection):
        self.spawn_one(redirection)
        self.configure_one()
        self.two.delete(block_yaml("node2", BLOCK))
        wait_until("the withdrawal arrives", lambda: BLOCK not in self.one.host.routes())
        self.two.apply(block_yaml("node2", BLOCK))
        self.wait_for_route()
        self.assertIsNone(self.one.process.exit_code())

    def test_a_full_disk_under_the_log(self):
        self.check_with(">/dev/full 2>&1")

    def test_a_log_pipe_whose_reader_is_gone(self):
        self.check_with("> >(exit 0) 2>&1")

    def test_standard_streams_that_are_closed(self):
        self.check_with("<&- >&- 2>&-")
        files = {number: os.readlink(f"/proc/{self.one.process.pid}/fd/{number}") for number in (0, 1, 2)}
        self.assertEqual(files, dict.fromkeys((0, 1, 2), "/dev/null"))

    def test_a_log_pipe_that_nobody_reads_stops_no_routing(self):
        fifo = self.one.host.dir / "log.fifo"
        os.mkfifo(fifo)
        reader = os.open(fifo, os.O_RDONLY | os.O_NONBLOCK)
        try:
            self.spawn_one(f">{shlex.quote(str(fifo))} 2>&1")
            self.configure_one()
            with open(fifo, "wb", buffering=0) as writer:
                os.set_blocking(writer.fileno(), False)
                while writer.write(b"x" * 4096):
                    pass
            self.two.delete(block_yaml("node2", BLOCK))
            wait_until("the withdrawal arrives", lambda: BLOCK not in self.one.host.routes())
            self.assertTrue(self.two.is_established("10.0.0.1"))
        finally:
            os.close(reader)  # whoever is stuck in a write is told that the reader is gone


class Standstill(Pair):
    label = "faults standstill"
    hold_time = "3s"

    def test_a_process_that_stands_still_is_missed_by_its_hold_time_and_comes_back_once(self):
        self.one.start()
        self.configure_one()
        os.kill(self.one.process.pid, signal.SIGSTOP)
        wait_until("node2 misses it", lambda: not self.two.is_established("10.0.0.1"), 20)
        os.kill(self.one.process.pid, signal.SIGCONT)
        self.wait_for_route()
        downs = self.one.process.log().count("event=session_down")
        self.assertEqual(downs, 1, "one session ended, once")


class Preloaded:
    """Before a LabCase: a library of tests/support stands between the agent and the C library."""
    SHIM = ""

    def setUp(self):
        if subprocess.run(["grep", "-q", "__asan_init", bin_dir() / "calico-bgpd"]).returncode == 0:
            self.skipTest("a sanitizer wants to be loaded before everything else")
        if shutil.which("cc") is None:
            self.skipTest("no C compiler")
        super().setUp()

    def spawn_preloaded(self, **env):
        library = self.one.host.dir / "shim.so"
        subprocess.run(["cc", "-shared", "-fPIC", "-O1", "-o", library, SOURCE / "tests/support" / self.SHIM, "-ldl"], check=True)
        self.spawn_one("", env={"LD_PRELOAD": library, **env})


class WallClock(Preloaded, Pair):
    label = "faults clock"
    SHIM = "skewed_clock.c"

    def since(self):
        return datetime.fromisoformat(self.one.peer("10.0.0.2")["since"].replace("Z", "+00:00"))

    def test_a_clock_that_jumps_by_an_hour_moves_no_timer(self):
        skew = self.one.host.dir / "skew"
        skew.write_text("0")
        self.spawn_preloaded(CLOCK_SKEW_FILE=skew)
        self.configure_one()
        for seconds in (3600, -3600, 0):
            skew.write_text(str(seconds))
            self.two.delete(block_yaml("node2", BLOCK))  # and what happens happens at once
            wait_until("the withdrawal arrives", lambda: BLOCK not in self.one.host.routes())
            self.two.apply(block_yaml("node2", BLOCK))
            wait_until("the route is back", lambda: BLOCK in self.one.host.routes())
            now = datetime.now(timezone.utc) + timedelta(seconds=seconds)
            self.assertLess(abs((now - self.since()).total_seconds()), 120, "since when is by the clock of now")
        self.assertNotIn("session_down", self.one.process.log())


class StalledReaders(Pair):
    label = "faults readers"

    def test_sixty_four_readers_that_do_not_read_are_dropped_and_nothing_else_notices(self):
        self.one.start()
        self.configure_one()
        self.one.host.run("ip", "-batch", "-", stdin="".join(
            f"route add 10.42.{n // 250}.{n % 250} dev eth0 scope link proto static\n" for n in range(1500)))
        wait_until("1,500 routes", lambda: len(self.one.routes()) > 1500, 60)
        request = json.dumps({"jsonrpc": "2.0", "id": 1, "method": "node.routes", "params": {}}).encode() + b"\n"
        readers = []
        try:
            for _ in range(64):
                reader = socket.socket(socket.AF_UNIX)
                reader.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
                reader.connect(str(self.one.socket))
                reader.setblocking(False)
                readers.append(reader)
                for _ in range(4):
                    try:
                        reader.send(request)
                    except (BlockingIOError, BrokenPipeError, ConnectionResetError):
                        break
            self.two.delete(block_yaml("node2", BLOCK))
            wait_until("routing goes on", lambda: BLOCK not in self.one.host.routes())
            wait_until("somebody else is answered again", self.is_answered, 60)
            memory = self.memory_mib()
            self.assertLess(memory, 300 if "dev" not in str(bin_dir()) else 1500)
            self.assertTrue(self.two.is_established("10.0.0.1"))
        finally:
            for reader in readers:
                reader.close()

    def is_answered(self):
        return self.one.ctl("node", "status", check=False).returncode == 0

    def memory_mib(self):
        with open(f"/proc/{self.one.process.pid}/status") as status:
            return next(int(line.split()[1]) for line in status if line.startswith("VmRSS")) // 1024

