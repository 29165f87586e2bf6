"""Maximum prefixes (RFC 4486 6/1): a neighbour that says too much is sent away, and let in again after its restart time."""
import time

from lab import Bird2, Frr, GoBgp, LabCase, Neighbor, OurNode, peer3_yaml, wait_until

NODE_AS, PEER_AS = 64512, 65001
OURS, THEIRS = "10.0.0.1", "10.0.0.2"
ALLOWED = ["203.0.113.0/24", "198.51.100.0/24"]
ONE_MORE = "192.0.2.0/24"


class _MaxPrefix(LabCase):
    daemon = None

    @classmethod
    def build(cls, lab):
        cls.node = lab.start(OurNode(lab.host("node1", OURS + "/24"), asn=NODE_AS))
        cls.peer = lab.start(cls.daemon(lab.host("peer", THEIRS + "/24"), PEER_AS, [Neighbor(OURS, NODE_AS)], ALLOWED))
        cls.tell("2", "restart")

    @classmethod
    def tell(cls, limit, action):
        cls.node.apply(peer3_yaml("peer", THEIRS, PEER_AS, {
            "max-prefixes": limit, "max-prefixes-action": action, "max-prefixes-restart": "10s"}))

    def test_it_is_sent_away_once_per_restart_time_and_comes_back_when_it_says_less(self):
        wait_until("Established", lambda: self.node.is_established(THEIRS), 60)
        wait_until("all that is allowed is there", lambda: set(ALLOWED) <= set(self.node.routes()))
        self.peer.announce(ONE_MORE)
        wait_until("it is out", lambda: self.node.peer(THEIRS)["state"] != "up")
        began = time.monotonic()
        self.assertIn("prefixes", self.node.peer(THEIRS)["lastError"].lower())
        self.assertFalse(set(ALLOWED) & set(self.node.routes()))
        sent = self.node.detail(THEIRS)["lastNotificationSent"]
        self.assertIn((sent["code"], sent["subcode"]), [(6, 1), (6, 9)])  # 6/9 around it where both know RFC 8538
        wait_until("it is let in again, and sent away again", lambda: self.node.peer(THEIRS)["flaps"] >= 2, 60)
        self.assertGreaterEqual(time.monotonic() - began, 9)
        self.peer.withdraw(ONE_MORE)
        wait_until("it is back", lambda: self.node.is_established(THEIRS) and set(ALLOWED) <= set(self.node.routes()), 90)
        self.peer.announce(ONE_MORE)
        wait_until("it is out", lambda: self.node.peer(THEIRS)["state"] != "up")
        self.tell("9", "restart")
        wait_until("the higher limit lets it in", lambda: ONE_MORE in self.node.routes(), 90)


class FrrMaxPrefix(_MaxPrefix):
    label = "maximum prefixes, FRR"
    daemon = Frr


class Bird2MaxPrefix(_MaxPrefix):
    label = "maximum prefixes, bird2"
    daemon = Bird2


class GoBgpMaxPrefix(_MaxPrefix):
    label = "maximum prefixes, gobgp"
    daemon = GoBgp
