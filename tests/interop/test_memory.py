"""Fault 36: memory runs out. The neighbour with most routes is told 6/8 and stays out for a while; everybody else's session and
routes stay, the agent lives, and the memory is given back.

Once inside a real control group of 128 MiB (version 1 or 2, whichever this machine lets us make), whose OOM killer would end
the agent; once under --memory-max alone.
"""
import os
import socket
import struct
import threading
import unittest
from pathlib import Path

from lab import LabCase, OurNode, ScriptedPeer, bin_dir, peer_yaml, wait_until
from lab.case_table import with_length
from lab.process import Process
from lab.scripted import NOTIFICATION, UPDATE, message

OURS, THEIRS = 64512, 65001
NODE, BIG, SMALL = "10.0.0.1", "10.0.0.2", "10.0.0.3"
MEBIBYTES = 128
ROUTES, PER_MESSAGE = 1_000_000, 700
IS_SANITIZED = "/dev/" in f"{bin_dir()}/"


class ControlGroup:
    """A limited one below our own; None where the machine does not let us."""

    VERSIONS = ((Path("/sys/fs/cgroup/memory"), "memory.limit_in_bytes"), (Path("/sys/fs/cgroup"), "memory.max"))

    def __init__(self, directory, limit_file):
        self.directory = directory
        directory.mkdir()
        try:
            (directory / limit_file).write_text(str(MEBIBYTES << 20))
        except OSError:
            self.remove()
            raise

    @classmethod
    def make(cls, name):
        for mount, limit_file in cls.VERSIONS:
            try:
                return cls(mount / name, limit_file)
            except OSError:
                continue
        return None

    def kills(self):
        for file in ("memory.events", "memory.oom_control"):
            if (self.directory / file).exists():
                words = dict(line.split() for line in (self.directory / file).read_text().splitlines())
                return int(words.get("oom_kill", 0))
        return 0

    def remove(self):
        try:
            self.directory.rmdir()
            return True
        except OSError:
            return False  # its processes are not quite gone


class NodeInGroup(OurNode):
    def __init__(self, host, group, **how):
        super().__init__(host, **how)
        self.group = group

    def spawn(self):
        self.run_dir.mkdir(exist_ok=True)
        self.data_dir.mkdir(exist_ok=True)
        # Not `ip netns exec`: it hides the control groups.
        enter = f'echo $$ > {self.group.directory}/cgroup.procs && exec nsenter --net=/run/netns/{self.host.namespace} "$@"'
        command = ["sh", "-c", enter, "sh", bin_dir() / "calico-bgpd", *map(str, self.args)]
        self.process = Process(command, self.host.dir / "calico-bgpd.log")
        self.host.processes.append(self.process)


def body(next_hop, prefixes, more=b""):
    path = bytes.fromhex("40010100" "400206" "0201") + struct.pack("!I", THEIRS)
    return bytes(2) + with_length(path + bytes.fromhex("400304") + socket.inet_aton(next_hop) + more) + prefixes


def updates(first, count):
    """`count` prefixes of 32 bits from 11.0.0.0 on, a MED of its own for each message."""
    out = []
    for at in range(first, first + count, PER_MESSAGE):
        prefixes = b"".join(struct.pack("!BI", 32, 0x0b000000 + n) for n in range(at, min(at + PER_MESSAGE, first + count)))
        out.append(message(UPDATE, body(BIG, prefixes, bytes.fromhex("800404") + struct.pack("!I", at))))
    return out


@unittest.skipIf(IS_SANITIZED, "what a sanitizer takes has no bound")
class _Memory(LabCase):
    alone = True

    @classmethod
    def build(cls, lab):
        cls.node = lab.start(cls.make_node(lab.host("node1", f"{NODE}/24")))
        cls.peers = lab.host("peers", f"{BIG}/24", f"{SMALL}/24")
        cls.node.apply(peer_yaml(BIG, THEIRS), peer_yaml(SMALL, THEIRS))
        wait_until("the agent knows its peers", lambda: cls.node.peer(BIG) and cls.node.peer(SMALL))
        cls.small = ScriptedPeer(cls.peers, SMALL, NODE, THEIRS).establish()
        cls.small.update(body(SMALL, bytes([24, 203, 0, 113])))
        wait_until("the small peer's route is in the kernel", cls.has_small_route)

    @classmethod
    def has_small_route(cls):
        return cls.node.host.ip("route", "show", "203.0.113.0/24").strip() != ""

    def private_mebibytes(self):
        words = Path(f"/proc/{self.node.process.pid}/statm").read_text().split()
        return (int(words[1]) - int(words[2])) * os.sysconf("SC_PAGESIZE") >> 20

    def test_the_largest_is_told_6_8_and_everybody_else_stays(self):
        before = self.private_mebibytes()
        big = ScriptedPeer(self.peers, BIG, NODE, THEIRS).establish()
        sender = threading.Thread(target=lambda: big.send(*updates(0, ROUTES)), daemon=True)
        sender.start()
        wait_until("the big one is told", lambda: big.is_closed, 60)
        self.assertEqual(big.heard(NOTIFICATION), [bytes([6, 8])])
        self.assertIsNone(self.node.process.exit_code())
        self.check_what_people_see()
        wait_until("the memory is given back", lambda: self.private_mebibytes() < before + 24, 60)
        wait_until("sessions are welcome", lambda: "shortMemory" not in self.node.json("node", "status"), 30)
        wait_until("its routes are gone from the kernel", lambda: len(self.node.host.ip("route", "show", "proto", "bird").splitlines()) == 1, 30)
        self.assertTrue(self.has_small_route())
        self.assertFalse(self.small.is_closed)
        self.assertEqual(self.node.peer(SMALL)["flaps"], 0)
        self.assertIsNone(self.node.process.exit_code())
        again = ScriptedPeer(self.peers, BIG, NODE, THEIRS)  # held down: closed without a word
        wait_until("it stays out", lambda: again.is_closed)
        self.assertEqual(again.received, [])

    def check_what_people_see(self):
        peer = self.node.peer(BIG)
        self.assertRegex(peer["info"], r"^Idle BGP Error: Out of Resources: it had \d+ routes, the most; tried again at .*--memory-max")
        self.assertEqual(peer["prefixes"]["received"], 0)
        self.assertIn("6/8 ", self.node.ctl("node", "peer", BIG).stdout)
        log = self.node.process.log()
        self.assertIn("memory_short", log)
        self.assertRegex(log, rf"memory_full.*{BIG}|{BIG}.*memory_full")
        self.assertEqual(log.count("memory_full"), 1)


class MemoryGroup(_Memory):
    label = "memory runs out in a control group"

    @classmethod
    def setUpClass(cls):
        cls.group = ControlGroup.make(f"calico-test-{os.getpid()}")
        if not cls.group:
            raise unittest.SkipTest("this machine lets nobody make a control group with a memory limit")
        cls.addClassCleanup(lambda: wait_until("the control group goes", cls.group.remove))  # after the lab
        super().setUpClass()

    @classmethod
    def make_node(cls, host):
        return NodeInGroup(host, cls.group, asn=OURS)

    def tearDown(self):
        self.assertEqual(self.group.kills(), 0)


class MemoryMax(_Memory):
    label = "memory runs out under --memory-max"

    @classmethod
    def make_node(cls, host):
        return OurNode(host, asn=OURS, args=["--memory-max", MEBIBYTES])

