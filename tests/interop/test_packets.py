"""A second opinion on our bytes: Wireshark's dissector finds nothing wrong with a whole session's life, nor with any message
or packet that we can send."""
import struct
import subprocess

from lab import Bird2, LabCase, Neighbor, OurNode, bin_dir, block_yaml, peer_yaml, pool_yaml, wait_until

THEIRS = {4: "10.0.0.2", 6: "fd00::2"}
OPEN, UPDATE, NOTIFICATION, KEEPALIVE, ROUTE_REFRESH = 1, 2, 3, 4, 5
WRONG = "_ws.malformed || (bgp && _ws.expert.severity >= error) || (bfd && _ws.expert.severity >= error)"


class Packets(LabCase):
    label = "packets under tshark"

    @classmethod
    def build(cls, lab):
        cls.node = node = lab.start(OurNode(lab.host("node1", "10.0.0.1/24", "fd00::1/64")))
        cls.peer = lab.start(Bird2(lab.host("peer", "10.0.0.2/24", "fd00::2/64"), 4200000001,
                                   [Neighbor("10.0.0.1", 64512), Neighbor("fd00::1", 64512)], ["203.0.113.0/24"]))
        cls.file = lab.dir / "session.pcap"
        tcpdump = node.host.spawn("tcpdump", "tcpdump", "-i", "eth0", "-U", "-Z", "root", "-w", cls.file, "port", "179")
        wait_until("tcpdump listens", lambda: "listening on" in tcpdump.log())
        peers = [peer_yaml(address, 4200000001) for address in THEIRS.values()]
        blocks = {4: block_yaml("node1", "192.168.1.0/26"), 6: block_yaml("node1", "fd00:10:0:1::/122")}
        node.apply(pool_yaml("192.168.0.0/16"), pool_yaml("fd00:10::/48"), *blocks.values(), *peers)
        for v, block in ((4, "192.168.1.0/26"), (6, "fd00:10:0:1::/122")):
            wait_until(f"it has {block}", lambda: block in cls.peer.routes(v), 60)
            node.delete(blocks[v])
            wait_until(f"it has lost {block}", lambda: block not in cls.peer.routes(v))
        node.delete(*peers)
        wait_until("the sessions are over", lambda: not node.json("node", "status")["peers"])
        wait_until("both ends are captured", lambda: len(cls.ours(cls, f"bgp.type == {NOTIFICATION}")) == 2)
        tcpdump.stop()

    def ours(self, condition):
        """The packets from us that meet a display filter, one line each."""
        return self.node.host.run("tshark", "-r", self.file, "-Y",
                                  f"(ip.src == 10.0.0.1 || ipv6.src == fd00::1) && ({condition})",
                                  check=False).stdout.splitlines()

    def test_every_type_of_message_was_sent(self):
        for kind in (OPEN, UPDATE, NOTIFICATION, KEEPALIVE):
            self.assertTrue(self.ours(f"bgp.type == {kind}"), f"type {kind}")

    def test_none_is_malformed_or_suspicious(self):
        self.assertEqual(self.ours(WRONG), [])

    def test_a_deleted_peer_is_told_so(self):  # Cease, RFC 4486: 3 peer de-configured
        self.assertEqual(len(self.ours("bgp.notify.major_error == 6 && bgp.notify.minor_error_cease == 3")), 2)


# ---- all that we can say, from bin/say-everything --------------------------------------------------------------------

BFD_PORTS = {"bfd": 3784, "bfd multihop": 4784}
SEGMENT = 1400


class Capture:
    """A pcap file of raw IPv4 packets. `frames` says, for each, what it is or ends."""

    def __init__(self, path):
        self.path, self.frames, self.packets, self.sent = path, [], [], {}

    def add(self, what, protocol, is_ours, payload):
        ends = [bytes([10, 0, 0, 1]), bytes([10, 0, 0, 2])]
        source, target = ends if is_ours else ends[::-1]
        header = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 20 + len(payload), 0, 0, 255, protocol, 0, source, target)
        self.packets.append(header + payload)
        self.frames.append(what)

    def tcp(self, what, port, is_ours, message):
        """A message of the connection that we opened from `port`."""
        ports = (port, 179) if is_ours else (179, port)
        for at in range(0, len(message), SEGMENT):
            segment = message[at:at + SEGMENT]
            sequence, heard = (1 + self.sent.get((port, end), 0) for end in (is_ours, not is_ours))
            self.sent[port, is_ours] = sequence - 1 + len(segment)
            self.add(what, 6, is_ours, struct.pack("!HHIIBBHHH", *ports, sequence, heard, 0x50, 0x18, 65535, 0, 0) + segment)

    def udp(self, what, port, payload):
        self.add(what, 17, True, struct.pack("!HHHH", 49152, port, 8 + len(payload), 0) + payload)

    def write(self):
        out = struct.pack("!IHHiIII", 0xa1b2c3d4, 2, 4, 0, 0, 65535, 101)
        out += b"".join(struct.pack("!IIII", n, 0, len(p), len(p)) + p for n, p in enumerate(self.packets))
        self.path.write_bytes(out)


# What tshark 4.0 finds wrong, and is not: a message of its own, in which of our messages. The reasons: tests/README.md.
FALSE_ALARMS = [("Length is invalid", "extended: 3000 prefixes"), ("Malformed Packet", ": withdrawn, a default route"),
                ("Link Local/Remote", "type 99"), ("Link Local/Remote", "unknown "),
                ("D-PATH", "type 36"), ("Tunnel type 127", "PMSI_TUNNEL of unknown type")]


class Everything(LabCase):
    label = "everything we say, under tshark"

    @classmethod
    def build(cls, lab):
        said = subprocess.run([bin_dir() / "say-everything"], check=True, capture_output=True, text=True).stdout
        cls.said = [line.split(" | ") for line in said.splitlines()]
        # Nothing in an AS_PATH says how wide its numbers are, and guessing goes wrong: tshark is told.
        cls.captures = {"2 octet": Capture(lab.dir / "two.pcap"), "4 octet": Capture(lab.dir / "four.pcap")}
        sessions = list(dict.fromkeys(session for session, _, _ in cls.said))
        for session, what, octets in cls.said:
            name, payload = f"{session}: {what}", bytes.fromhex(octets)
            capture = cls.captures["2 octet" if session == "two-octet" else "4 octet"]
            if session in BFD_PORTS:
                capture.udp(name, BFD_PORTS[session], payload)
            else:
                capture.tcp(name, 40000 + sessions.index(session), not what.startswith("<"), payload)
        for capture in cls.captures.values():
            capture.write()

    def read(self, width, *args):
        return subprocess.run(["tshark", "-r", self.captures[width].path, "-o", f"bgp.asn_len:{width}", *args],
                              check=True, capture_output=True, text=True).stdout.splitlines()

    def values(self, field):
        """Every value of a field, as often as it occurs."""
        lines = [line for width in self.captures for line in self.read(width, "-T", "fields", "-e", field)]
        return [value for line in lines for value in line.split(",") if value]

    def alarms(self):
        """(what tshark says, our message) for each frame with which something is wrong."""
        for width, capture in self.captures.items():
            for line in self.read(width, "-Y", WRONG, "-T", "fields", "-e", "frame.number", "-e", "_ws.expert.message"):
                number, text = line.split("\t")
                yield text, capture.frames[int(number) - 1]

    def test_nothing_is_malformed_or_suspicious(self):
        known = lambda text, what: any(t in text and w in what for t, w in FALSE_ALARMS)
        self.assertEqual([alarm for alarm in self.alarms() if not known(*alarm)], [])

    def test_each_message_was_read_as_one(self):
        messages = [octets for session, _, octets in self.said if session not in BFD_PORTS]
        longer = sum(len(octets) > 2 * 4096 for octets in messages)  # RFC 8654, which tshark 4.0 does not know
        self.assertEqual((len(self.values("bgp.type")), longer), (len(messages) - longer, 4))
        self.assertEqual(len(self.values("bfd.sta")), len(self.said) - len(messages))

    def test_nothing_that_we_can_say_is_missing(self):
        self.assertEqual(set(self.values("bgp.type")), {str(t) for t in (OPEN, UPDATE, NOTIFICATION, KEEPALIVE, ROUTE_REFRESH)})
        self.assertLessEqual({"1", "2", "5", "6", "9", "64", "65", "69", "70", "71", "73", "75"}, set(self.values("bgp.cap.type")))
        attributes = {"1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "14", "15", "16", "17", "18", "25", "32", "35", "99"}
        self.assertLessEqual(attributes, set(self.values("bgp.update.path_attribute.type_code")))
