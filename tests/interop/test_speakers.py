"""Each foreign daemon against one of our nodes, iBGP and eBGP, an IPv4 and an IPv6 session side by side."""
from lab import FOREIGN_SPEAKERS, LabCase, Neighbor, OurNode, Route, block_yaml, peer_yaml, pool_yaml, wait_until

NODE_AS, EXTERNAL_AS = 64512, 65001
OURS = {4: "10.0.0.1", 6: "fd00::1"}
THEIRS = {4: "10.0.0.2", 6: "fd00::2"}
POOL = {4: "192.168.0.0/16", 6: "fd00:10::/48"}
BLOCK = {4: "192.168.1.0/26", 6: "fd00:10:0:1::/122"}
LATER_BLOCK = {4: "192.168.2.0/26", 6: "fd00:10:0:2::/122"}
WORKLOAD = {4: "192.168.77.7/32", 6: "fd00:10:0:77::7/128"}  # in a pool, in no block of ours: a borrowed address
IN_BLOCK = {4: "192.168.1.7/32", 6: "fd00:10:0:1::7/128"}
FOREIGN = {4: "203.0.113.0/24", 6: "2001:db8:1::/48"}
LATER_FOREIGN = {4: "198.51.100.0/24", 6: "2001:db8:2::/48"}
BOTH = (4, 6)


class _SpeakerCase(LabCase):
    daemon = None
    peer_as = None

    @classmethod
    def build(cls, lab):
        cls.node = lab.start(OurNode(lab.host("node1", OURS[4] + "/24", OURS[6] + "/64"), asn=NODE_AS))
        cls.peer = lab.start(cls.daemon(lab.host("peer", THEIRS[4] + "/24", THEIRS[6] + "/64"), cls.peer_as,
                                        [Neighbor(OURS[v], NODE_AS) for v in BOTH], FOREIGN.values()))
        lab.workload(cls.node.host, "w1", WORKLOAD[4], WORKLOAD[6])
        lab.workload(cls.node.host, "w2", IN_BLOCK[4], IN_BLOCK[6])
        cls.node.apply(*[pool_yaml(POOL[v]) + block_yaml("node1", BLOCK[v]) for v in BOTH])
        cls.node.apply(*[peer_yaml(THEIRS[v], cls.peer_as) for v in BOTH])

    def setUp(self):
        self.wait_for_sessions()

    def wait_for_sessions(self):
        for v in BOTH:
            wait_until(f"Established with {THEIRS[v]}, as both see it",
                       lambda: self.node.is_established(THEIRS[v]) and self.peer.is_established(OURS[v]), 60)

    def has_prefix(self, version, prefix):
        return prefix in self.node.routes() and prefix in self.node.host.routes(version)

    def our_path(self):
        return () if self.peer_as == NODE_AS else (NODE_AS,)

    def test_node_status_says_what_the_session_is(self):
        for v in BOTH:
            row = self.node.peer(THEIRS[v])
            self.assertEqual((row["family"], row["peerType"], row["state"], row["bgpState"], row["peerAS"]),
                             (f"IPv{v}", "global", "up", "Established", self.peer_as))

    def test_their_route_arrives_in_our_table_and_in_our_kernel(self):
        for v in BOTH:
            wait_until(f"we have {FOREIGN[v]}", lambda: self.has_prefix(v, FOREIGN[v]))
            route = self.node.routes()[FOREIGN[v]]
            self.assertEqual((route["nextHop"], route["peer"], route["installed"]), (THEIRS[v], THEIRS[v], True))
            self.assertEqual(self.node.as_path(FOREIGN[v]), () if self.peer_as == NODE_AS else (EXTERNAL_AS,))
            self.assertEqual(self.node.host.routes(v)[FOREIGN[v]], [THEIRS[v]])

    def test_our_block_and_our_borrowed_workload_arrive_there(self):
        for v in BOTH:
            for prefix in (BLOCK[v], WORKLOAD[v]):
                wait_until(f"it has {prefix}", lambda: prefix in self.peer.routes(v))
                self.assertEqual(self.peer.routes(v)[prefix], Route(OURS[v], self.our_path()))
            self.assertNotIn(IN_BLOCK[v], self.peer.routes(v), "inside a block, only the block is announced")
            self.assertIn("blackhole", self.node.host.routes(v).get(BLOCK[v], []))

    def test_what_they_announce_later_comes_and_what_they_withdraw_goes(self):
        for v in BOTH:
            self.peer.announce(LATER_FOREIGN[v])
            wait_until(f"we have {LATER_FOREIGN[v]}", lambda: self.has_prefix(v, LATER_FOREIGN[v]))
            self.peer.withdraw(LATER_FOREIGN[v])
            wait_until(f"{LATER_FOREIGN[v]} is gone", lambda: LATER_FOREIGN[v] not in self.node.routes()
                       and LATER_FOREIGN[v] not in self.node.host.routes(v))

    def test_a_block_that_we_get_is_announced_and_one_that_we_lose_is_withdrawn(self):
        for v in BOTH:
            self.node.apply(block_yaml("node1", LATER_BLOCK[v]))
            wait_until(f"it has {LATER_BLOCK[v]}", lambda: LATER_BLOCK[v] in self.peer.routes(v))
            self.node.delete(block_yaml("node1", LATER_BLOCK[v]))
            wait_until(f"it has lost {LATER_BLOCK[v]}", lambda: LATER_BLOCK[v] not in self.peer.routes(v))

    def test_a_peer_that_dies_takes_its_routes_along_and_returns(self):
        self.peer.kill()
        for v in BOTH:
            wait_until(f"status shows the loss of {THEIRS[v]}", lambda: self.node.peer(THEIRS[v])["state"] != "up")
            wait_until(f"{FOREIGN[v]} is gone", lambda: FOREIGN[v] not in self.node.routes()
                       and FOREIGN[v] not in self.node.host.routes(v))
        self.peer.start()
        self.wait_for_sessions()
        for v in BOTH:
            wait_until(f"we have {FOREIGN[v]} again", lambda: self.has_prefix(v, FOREIGN[v]))


for _daemon in FOREIGN_SPEAKERS:
    for _kind, _as in (("iBGP", NODE_AS), ("eBGP", EXTERNAL_AS)):
        _name = f"{_daemon.__name__}{_kind}"
        globals()[_name] = type(_name, (_SpeakerCase,), {"label": f"{_daemon.name} {_kind}", "daemon": _daemon,
                                                         "peer_as": _as})
