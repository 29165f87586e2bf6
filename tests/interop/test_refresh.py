"""Route refresh (RFC 2918) and its demarcation (RFC 7313): whoever asks is told everything, and loses nothing by asking."""
from lab import Bird2, Frr, LabCase, Neighbor, OurNode, block_yaml, peer3_yaml, pool_yaml, wait_until

NODE_AS, PEER_AS = 64512, 65001
OURS, THEIRS = "10.0.0.1", "10.0.0.2"
POOL, BLOCK, FOREIGN = "192.168.0.0/16", "192.168.1.0/26", "203.0.113.0/24"


class _Refresh(LabCase):
    daemon = None

    @classmethod
    def build(cls, lab):
        cls.node = lab.start(OurNode(lab.host("node1", OURS + "/24"), asn=NODE_AS))
        cls.peer = lab.start(cls.daemon(lab.host("peer", THEIRS + "/24"), PEER_AS, [Neighbor(OURS, NODE_AS)], [FOREIGN]))
        cls.node.apply(pool_yaml(POOL), block_yaml("node1", BLOCK), peer3_yaml("peer", THEIRS, PEER_AS))

    def setUp(self):
        wait_until("Established", lambda: self.node.is_established(THEIRS) and self.peer.is_established(OURS), 60)
        wait_until("both have the other's", lambda: BLOCK in self.peer.routes() and FOREIGN in self.node.routes())

    def messages(self):
        return self.node.detail(THEIRS)["messages"]

    def ask(self): raise NotImplementedError

    def test_it_asks_and_is_told_everything_between_begin_and_end(self):
        self.assertIn("enhanced route refresh", self.node.detail(THEIRS)["capabilities"]["agreed"])
        before, flaps = self.messages(), self.node.peer(THEIRS)["flaps"]  # a collision at the start is one
        self.ask()
        wait_until("we were asked", lambda: self.messages()["received"]["routeRefresh"] > before["received"]["routeRefresh"])
        wait_until("we told", lambda: self.messages()["sent"]["update"] > before["sent"]["update"])
        self.assertEqual(self.messages()["sent"]["routeRefresh"] - before["sent"]["routeRefresh"], 2)
        wait_until("it has our block", lambda: BLOCK in self.peer.routes())
        self.assertEqual(self.node.peer(THEIRS)["flaps"], flaps)
        self.assertIn(FOREIGN, self.node.routes())


class FrrRefresh(_Refresh):
    label = "route refresh, FRR"
    daemon = Frr

    def ask(self):
        self.peer.vtysh(f"clear bgp ipv4 unicast {OURS} soft in")


class Bird2Refresh(_Refresh):
    label = "route refresh, bird2"
    daemon = Bird2

    def ask(self):
        self.peer.birdc("reload", "in", "p0")

    def test_it_tells_everything_again_by_itself(self):
        """BIRD sends BoRR and EoRR around a reload of what it exports: nothing of it is lost here."""
        before = self.messages()["received"]["routeRefresh"]
        self.peer.birdc("reload", "out", "p0")
        wait_until("BoRR and EoRR came", lambda: self.messages()["received"]["routeRefresh"] >= before + 2)
        self.assertIn(FOREIGN, self.node.routes())
        self.assertIsNone(self.node.detail(THEIRS)["staleRoutes"])
