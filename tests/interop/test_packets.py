"""A second opinion on our bytes: Wireshark's dissector finds nothing wrong with a whole session's life."""
from lab import Bird2, LabCase, Neighbor, OurNode, block_yaml, peer_yaml, pool_yaml, wait_until

THEIRS = {4: "10.0.0.2", 6: "fd00::2"}
OPEN, UPDATE, NOTIFICATION, KEEPALIVE = 1, 2, 3, 4


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
        self.assertEqual(self.ours("_ws.malformed || (bgp && _ws.expert.severity >= error)"), [])

    def test_a_deleted_peer_is_told_so(self):  # Cease, RFC 4486: 3 peer de-configured
        self.assertEqual(len(self.ours("bgp.notify.major_error == 6 && bgp.notify.minor_error_cease == 3")), 2)
