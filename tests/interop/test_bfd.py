"""BFD (RFC 5880, 5881, 5883) against FRR's bfdd and BIRD 2: it comes up in both families, over one hop and over several; a
peer that falls silent is noticed within a second at 3 x 100 ms; nothing falls while a full table pours in."""
import json
import os
import re
import signal
import socket
import struct
import time

from lab import Bird2, Frr, LabCase, Neighbor, OurNode, peer3_yaml, pool_yaml, wait_until
from lab.scripted import ScriptedPeer, in_namespace

OURS, THEIRS = ("10.9.0.1", "fd09::1"), ("10.9.0.2", "fd09::2")
AS_OURS, AS_THEIRS = 64512, 65001
FAST = "100ms x 3"
ROUTES = 120_000
FLOOD = 20_000


class FrrWithBfd(Frr):
    bfdd_config = ("log stdout\nbfd\n profile fast\n  detect-multiplier 3\n  receive-interval 100\n"
                   "  transmit-interval 100\n exit\nexit\n")

    @classmethod
    def lines_for(cls, is_multihop):
        return ["neighbor {peer} bfd", "neighbor {peer} bfd profile fast",
                *(["neighbor {peer} ebgp-multihop 5"] if is_multihop else [])]

    def bfd(self, address):
        """(state, what it agreed on in ms, is it multihop) of the session with address."""
        text = self.vtysh("show bfd peers json", check=False, daemon="bfdd")
        for row in json.loads(text) if text.lstrip().startswith("[") else []:
            if row["peer"] == address:
                return row
        return {}

    def bfd_is_up(self, address):
        return self.bfd(address).get("status") == "up"

    def bfd_process(self):
        return self.bfdd


class BirdWithBfd(Bird2):
    @classmethod
    def lines_for(cls, is_multihop):
        return ["bfd on;", "multihop 5;" if is_multihop else ""]

    def bfd_is_up(self, address):
        text = self.birdc("show", "bfd", "sessions", check=False)
        return re.search(rf"^{re.escape(address)}\s+\S+\s+Up\b", text, re.M) is not None

    def bfd_process(self):
        return self.process


BIRD_BFD = ("protocol bfd {\n  interface \"*\" { interval 100 ms; multiplier 3; };\n"
            "  multihop { interval 100 ms; multiplier 3; };\n}")


def peers_yaml(addresses, **annotations):
    return [peer3_yaml(f"peer{number}", address, AS_THEIRS, {"bfd": FAST, **annotations})
            for number, address in enumerate(addresses)]


def start_peer(lab, kind, host, is_multihop=False, ours=OURS):
    peer = kind(host, AS_THEIRS, [Neighbor(address, AS_OURS) for address in ours])
    peer.session_lines = kind.lines_for(is_multihop)
    if kind is BirdWithBfd:
        peer.lines = [BIRD_BFD]
    return lab.start(peer)


class BfdCase(LabCase):
    kind = None
    alone = True  # it measures

    def bfd(self, address):
        """Our side: the "bfd" of `node peer`."""
        return self.node.json("node", "peer", address)["bfd"]

    def is_up(self, ours, theirs):
        return self.bfd(theirs)["local"]["state"] == "Up" and self.peer.bfd_is_up(ours)

    def wait_up(self):
        for ours, theirs in self.sessions:
            wait_until(f"BGP {theirs}", lambda: self.node.is_established(theirs) and self.peer.is_established(ours),
                       60)  # the idle hold doubles with each loss, up to 30 s
            wait_until(f"BFD {theirs}", lambda: self.is_up(ours, theirs))
            wait_until(f"BFD {theirs} is fast", lambda: self.bfd(theirs)["detectionTimeMicroseconds"] == 300_000)

    def states(self):
        return {p["peerAddress"]: p["bgpState"] for p in self.node.call("node.status")["peers"]}

    def check_losses(self, begin, what):
        for _, theirs in self.sessions:
            wait_until(f"BGP {theirs} is lost", lambda: self.states()[theirs] != "Established", 5)
            took = time.monotonic() - begin
            print(f"{self.peer.name}: {what}, BGP with {theirs} down after {took * 1000:.0f} ms")
            self.assertLess(took, 1)


class OnTheLink:
    """Both families on one segment. A mixin, so that the runner does not run it by itself."""

    sessions = list(zip(OURS, THEIRS))

    @classmethod
    def build(cls, lab):
        cls.node = OurNode(lab.host("node", "10.9.0.1/24", "fd09::1/64"), AS_OURS)
        cls.node.start()
        cls.node.apply(*peers_yaml(THEIRS))
        cls.peer = start_peer(lab, cls.kind, lab.host("peer", "10.9.0.2/24", "fd09::2/64"))

    def setUp(self):
        self.wait_up()

    def test_1_both_families_agree_on_what_both_want(self):
        for _, theirs in self.sessions:
            ours = self.bfd(theirs)
            self.assertEqual((ours["txIntervalMicroseconds"], ours["multihop"]), (100_000, False))
            self.assertEqual((ours["remote"]["state"], ours["remote"]["multiplier"]), ("Up", 3))
            self.assertNotEqual(ours["remote"]["discriminator"], 0)
            self.assertIn("  Detection time:         300 ms\n", self.node.ctl("node", "peer", theirs).stdout)

    def test_2_a_cable_that_is_pulled_is_noticed_within_a_second(self):
        begin = time.monotonic()
        self.lab.plug(self.peer.host, False)
        try:
            self.check_losses(begin, "cable pulled")
            for _, theirs in self.sessions:
                self.assertEqual(self.bfd(theirs)["local"]["diagnostic"], "control detection time expired")
        finally:
            self.lab.plug(self.peer.host, True)
        self.wait_up()

    def test_3_a_daemon_that_hangs_is_noticed_within_a_second(self):
        process, begin = self.peer.bfd_process(), time.monotonic()
        os.kill(process.pid, signal.SIGSTOP)
        try:
            self.check_losses(begin, "SIGSTOP")
        finally:
            os.kill(process.pid, signal.SIGCONT)
        self.assertRegex(self.node.ctl("node", "peer", THEIRS[0]).stdout, "Sent: .* BFD down")  # 6/10, or 6/9 around it
        self.wait_up()

    def test_4_our_intervals_change_without_a_flap(self):
        before = [self.bfd(theirs)["downs"] for _, theirs in self.sessions]
        self.node.apply(*[document.replace(FAST, "150ms x 4") for document in peers_yaml(THEIRS)])
        for _, theirs in self.sessions:
            wait_until("the slower interval", lambda: self.bfd(theirs)["txIntervalMicroseconds"] == 150_000)
            wait_until("the slower detection", lambda: self.bfd(theirs)["detectionTimeMicroseconds"] == 450_000)
        self.node.apply(*peers_yaml(THEIRS))
        self.wait_up()
        self.assertEqual([self.bfd(theirs)["downs"] for _, theirs in self.sessions], before)

    def test_5_bfd_that_is_taken_out_on_our_side_is_said(self):
        """To the bgpd of FRR and to BIRD 2 an AdminDown is a failure too, whatever RFC 5882 §3.2 says."""
        self.addCleanup(self.node.apply, *peers_yaml(THEIRS))
        self.node.apply(*[peer3_yaml(f"peer{n}", theirs, AS_THEIRS) for n, theirs in enumerate(THEIRS)])
        for ours, theirs in self.sessions:
            wait_until("their BFD is down", lambda: not self.peer.bfd_is_up(ours))
            self.assertIsNone(self.bfd(theirs))

    def test_6_it_stays_up_while_a_full_table_pours_in(self):
        before = [(self.bfd(theirs)["downs"], self.node.peer(theirs)["flaps"]) for _, theirs in self.sessions]
        self.node.apply(peer3_yaml("feeder", "10.9.0.3", 65003), pool_yaml("20.0.0.0/7"))  # what is in a pool is passed on
        feeder = ScriptedPeer(self.feeder_host(), "10.9.0.3", OURS[0], 65003).establish()
        begin = time.monotonic()
        for body in table():
            feeder.update(body)
        wait_until("all routes are passed on", lambda: self.node.peer(THEIRS[0])["prefixes"]["advertised"] >= ROUTES, 120)
        print(f"{self.peer.name}: {ROUTES} routes in and out in {time.monotonic() - begin:.1f} s")
        feeder.close()
        wait_until("all routes are gone", lambda: self.node.peer(THEIRS[0])["prefixes"]["advertised"] < 10, 120)
        self.assertEqual([(self.bfd(theirs)["downs"], self.node.peer(theirs)["flaps"]) for _, theirs in self.sessions],
                         before)

    def test_7_a_flood_of_wrong_packets_is_counted_and_changes_nothing(self):
        before = [(self.bfd(theirs)["downs"], self.node.peer(theirs)["flaps"]) for _, theirs in self.sessions]
        flood(self.peer.host, OURS[0])
        wait_until("they are counted", lambda: self.bfd(THEIRS[0])["packets"]["discarded"] > 1000)  # the kernel drops some
        self.wait_up()
        self.assertEqual([(self.bfd(theirs)["downs"], self.node.peer(theirs)["flaps"]) for _, theirs in self.sessions],
                         before)

    def feeder_host(self):
        return self.lab.host("feeder", "10.9.0.3/24")


def flood(host, target):
    """At once, with the neighbour's address: Downs from beyond a router, wrong discriminators, wrong versions, and scraps."""
    down = struct.pack("!BBBBIIIII", 0x20, 0x40, 3, 24, 1, 0, 100_000, 100_000, 0)
    stranger = struct.pack("!BBBBIIIII", 0x20, 0x40, 3, 24, 1, 0xdead, 100_000, 100_000, 0)
    sender = in_namespace(host.namespace, lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
    with sender:
        for number in range(FLOOD):
            payload = (down, stranger, b"\x00" + down[1:], down[: number % 24])[number % 4]
            sender.setsockopt(socket.IPPROTO_IP, socket.IP_TTL, 254 if payload is down else 255)
            sender.sendto(payload, (target, 3784))


def table():
    """UPDATE bodies of ROUTES routes, 60 for each set of attributes."""
    for number in range(0, ROUTES, 60):
        path = struct.pack("!BBII", 2, 2, 65003, 100_000 + number)
        attributes = bytes.fromhex("40010100 4002") + bytes([len(path)]) + path + bytes.fromhex("400304 0a090003")
        nlri = b"".join(b"\x18" + struct.pack("!I", (0x14000000 + (n << 8)))[:3] for n in range(number, number + 60))
        yield struct.pack("!HH", 0, len(attributes)) + attributes + nlri


class FrrOnTheLink(OnTheLink, BfdCase):
    kind = FrrWithBfd
    label = "bfd-frr"

    def shut(self, command):
        self.peer.vtysh("configure terminal", "bfd", "profile fast", command, daemon="bfdd")

    def test_8_their_admin_down_is_no_failure(self):
        flaps = self.node.peer(THEIRS[0])["flaps"]
        self.addCleanup(self.shut, "no shutdown")
        self.shut("shutdown")
        wait_until("AdminDown is heard", lambda: re.search("event=bfd_down peer=10.9.0.2 .*remote_state=AdminDown",
                                                           self.node.process.log()))
        self.assertTrue(self.node.is_established(THEIRS[0]))
        self.shut("no shutdown")
        self.wait_up()
        self.assertEqual(self.node.peer(THEIRS[0])["flaps"], flaps)

    def test_9_our_end_is_told_as_administrative(self):
        self.node.stop()
        wait_until("AdminDown is heard", lambda: "administratively down" in
                   self.peer.bfd(OURS[0]).get("remote-diagnostic", ""), 10)
        self.node.start()
        self.wait_up()


class BirdOnTheLink(OnTheLink, BfdCase):
    kind = BirdWithBfd
    label = "bfd-bird2"


class BetweenOurselves(LabCase):
    """Two agents of ours: who takes BFD out costs the other no session (RFC 5882 §3.2)."""

    label = "bfd-ours"

    @classmethod
    def build(cls, lab):
        cls.nodes = [OurNode(lab.host(f"node{n}", f"10.9.0.{n}/24"), AS_OURS + n) for n in (1, 2)]
        for node in cls.nodes:
            node.start()
        cls.configure({"bfd": FAST})

    @classmethod
    def configure(cls, *annotations):
        """For the first node, and for the second the last of them."""
        for number, node in enumerate(cls.nodes):
            other = 2 - number
            wanted = annotations[min(number, len(annotations) - 1)]
            node.apply(peer3_yaml("other", f"10.9.0.{other}", AS_OURS + other, wanted))

    def states(self):
        found = [node.json("node", "peer", f"10.9.0.{2 - number}")["bfd"] for number, node in enumerate(self.nodes)]
        return [bfd and bfd["local"]["state"] for bfd in found]

    def test_it_goes_and_comes_without_a_flap(self):
        wait_until("BFD is up", lambda: self.states() == ["Up", "Up"])
        wait_until("BGP is up", lambda: self.nodes[0].is_established("10.9.0.2"))
        self.configure({}, {"bfd": FAST})
        wait_until("it is gone", lambda: self.states() == [None, "Down"])
        self.configure({"bfd": FAST})
        wait_until("BFD is up again", lambda: self.states() == ["Up", "Up"])
        for number, node in enumerate(self.nodes):
            self.assertEqual(node.peer(f"10.9.0.{2 - number}")["flaps"], 0)


class OverARouter:
    """Both families, with a router between: RFC 5883."""

    ours, theirs = ("10.9.1.1", "fd09:1::1"), ("10.9.2.2", "fd09:2::2")
    sessions = list(zip(ours, theirs))

    @classmethod
    def build(cls, lab):
        router = lab.host("router", "10.9.1.254/24", "10.9.2.254/24", "fd09:1::254/64", "fd09:2::254/64")
        router.run("sysctl", "-qw", "net.ipv4.conf.all.send_redirects=0", "net.ipv4.conf.eth0.send_redirects=0")
        node = lab.host("node", "10.9.1.1/24", "fd09:1::1/64")
        peer = lab.host("peer", "10.9.2.2/24", "fd09:2::2/64")
        for host, other in ((node, 1), (peer, 2)):
            host.ip("route", "add", "default", "via", f"10.9.{other}.254")
            host.ip("-6", "route", "add", "default", "via", f"fd09:{other}::254")
        cls.node = OurNode(node, AS_OURS)
        cls.node.start()
        cls.node.apply(*peers_yaml(cls.theirs, **{"bfd-multihop": "true"}))
        cls.peer = start_peer(lab, cls.kind, peer, is_multihop=True, ours=cls.ours)

    def test_2_a_minimum_ttl_that_the_path_does_not_meet_ends_it(self):
        self.wait_up()
        before = [self.bfd(theirs)["downs"] for _, theirs in self.sessions]
        self.node.apply(*peers_yaml(self.theirs, **{"bfd-multihop": "true", "bfd-minimum-ttl": str(self.arrives)}))
        for _, theirs in self.sessions:
            seen = self.bfd(theirs)["packets"]["received"]
            wait_until("packets go on", lambda: self.bfd(theirs)["packets"]["received"] > seen + 5)
        self.assertEqual([self.bfd(theirs)["downs"] for _, theirs in self.sessions], before)
        self.node.apply(*peers_yaml(self.theirs, **{"bfd-multihop": "true", "bfd-minimum-ttl": str(self.arrives + 1)}))
        for _, theirs in self.sessions:
            wait_until("it is down", lambda: self.bfd(theirs)["local"]["state"] == "Down")
            self.assertGreater(self.bfd(theirs)["packets"]["discarded"], 0)
        self.node.apply(*peers_yaml(self.theirs, **{"bfd-multihop": "true"}))
        self.wait_up()

    def test_1_it_comes_up_and_a_lost_path_is_noticed_within_a_second(self):
        self.wait_up()
        for _, theirs in self.sessions:
            self.assertTrue(self.bfd(theirs)["multihop"])
        begin = time.monotonic()
        self.lab.plug(self.lab.hosts["router"], False)
        try:
            self.check_losses(begin, "router lost")
        finally:
            self.lab.plug(self.lab.hosts["router"], True)
        self.wait_up()


class FrrOverARouter(OverARouter, BfdCase):
    kind = FrrWithBfd
    arrives = 254
    label = "bfd-multihop-frr"


class BirdOverARouter(OverARouter, BfdCase):
    kind = BirdWithBfd
    arrives = 63  # it sends with 64
    label = "bfd-multihop-bird2"
