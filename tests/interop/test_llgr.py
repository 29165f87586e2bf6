"""Long-lived graceful restart (RFC 9494): what stays after the restart time is the last choice, told to those who know it."""
import json

from lab import Bird2, Frr, GoBgp, LabCase, Neighbor, OurNode, peer3_yaml, wait_until

NODE_AS, PEER_AS, LISTENER_AS = 64512, 65001, 65002
OURS, THEIRS, LISTENER = "10.0.0.1", "10.0.0.2", "10.0.0.3"
PREFIX = "203.0.113.0/24"
FRR_LLGR = ["bgp graceful-restart", "bgp graceful-restart preserve-fw-state", "bgp graceful-restart restart-time 3",
            "bgp long-lived-graceful-restart stale-time 300"]


class _LongLived(LabCase):
    """node1 between a daemon that dies and BIRD 2, which knows long-lived graceful restart, with another path."""
    daemon = None
    options = {}

    @classmethod
    def build(cls, lab):
        cls.node = lab.start(OurNode(lab.host("node1", OURS + "/24"), asn=NODE_AS))
        cls.peer = cls.daemon(lab.host("peer", THEIRS + "/24"), PEER_AS, [Neighbor(OURS, NODE_AS)], [PREFIX], **cls.options)
        cls.prepare()
        lab.start(cls.peer)
        cls.listener = lab.start(Bird2(
            lab.host("listener", LISTENER + "/24"), LISTENER_AS, [Neighbor(OURS, NODE_AS)],
            session_lines=["graceful restart on; long lived graceful restart on; long lived stale time 300;"]))
        llgr = {"long-lived-stale-time": "300s"}
        pools = "---\napiVersion: v1\nkind: ipPool\nmetadata:\n  cidr: 203.0.113.0/24\n"
        cls.node.apply(pools, peer3_yaml("peer", THEIRS, PEER_AS, llgr), peer3_yaml("listener", LISTENER, LISTENER_AS, llgr))

    @classmethod
    def prepare(cls):
        pass

    def communities(self):
        return self.node.routes().get(PREFIX, {}).get("communities", [])

    def test_after_the_restart_time_the_route_stays_with_llgr_stale_and_returns_clean(self):
        wait_until("all Established", lambda: self.node.is_established(THEIRS) and self.node.is_established(LISTENER), 60)
        wait_until("we have it", lambda: PREFIX in self.node.host.routes())
        wait_until("the listener has it", lambda: PREFIX in self.listener.routes())
        self.peer.kill()
        wait_until("it is long-lived stale", lambda: "llgr-stale" in self.communities(), 60)
        self.assertIn(PREFIX, self.node.host.routes())
        shown = lambda: self.listener.birdc("show", "route", "all", PREFIX)
        wait_until("the listener hears of that", lambda: "65535,6" in shown(), 30)
        self.peer.args = {"bird2": ("-R",), "gobgp": ("-r",)}.get(self.peer.name, ())
        self.peer.start()
        wait_until("the route is as before", lambda: PREFIX in self.node.host.routes() and self.communities() == [] and
                   self.node.detail(THEIRS)["staleRoutes"] is None, 90)
        wait_until("the listener hears of that", lambda: PREFIX in shown() and "65535,6" not in shown(), 30)


class FrrLongLived(_LongLived):
    label = "long-lived graceful restart, FRR"
    daemon = Frr
    options = {"lines": FRR_LLGR}


class Bird2LongLived(_LongLived):
    label = "long-lived graceful restart, bird2"
    daemon = Bird2
    options = {"session_lines": ["graceful restart on; graceful restart time 3;",
                                 "long lived graceful restart on; long lived stale time 300;"]}


class GoBgpLongLived(_LongLived):
    label = "long-lived graceful restart, gobgp"
    daemon = GoBgp

    @classmethod
    def prepare(cls):
        cls.peer.restart = {"enabled": True, "restart-time": 3, "long-lived-enabled": True}
        cls.peer.long_lived_s = 300


class OursLongLived(LabCase):
    """The other way round: our agent stays away, FRR and BIRD 2 keep our block for long."""
    label = "long-lived graceful restart of ours, FRR and bird2"

    @classmethod
    def build(cls, lab):
        cls.node = lab.start(OurNode(lab.host("node1", OURS + "/24"), asn=NODE_AS))
        cls.frr = lab.start(Frr(lab.host("frr", THEIRS + "/24"), PEER_AS, [Neighbor(OURS, NODE_AS)], lines=FRR_LLGR))
        cls.bird = lab.start(Bird2(lab.host("bird", LISTENER + "/24"), LISTENER_AS, [Neighbor(OURS, NODE_AS)], session_lines=[
            "graceful restart on; long lived graceful restart on; long lived stale time 300;"]))
        pool = "---\napiVersion: v1\nkind: ipPool\nmetadata:\n  cidr: 192.168.0.0/16\n"
        block = ("---\napiVersion: v1\nkind: blockAffinity\nmetadata:\n  node: node1\n  cidr: 192.168.1.0/26\n"
                 "spec:\n  state: confirmed\n")
        for name, address, asn in (("frr", THEIRS, PEER_AS), ("bird", LISTENER, LISTENER_AS)):
            cls.node.apply(peer3_yaml(name, address, asn, {"long-lived-stale-time": "300s"}, maxRestartTime="3s"))
        cls.node.apply(pool, block)

    def test_our_block_stays_there_past_the_restart_time(self):
        block = "192.168.1.0/26"
        wait_until("both have it", lambda: block in self.frr.routes() and block in self.bird.routes(), 60)
        self.node.kill()
        bird = lambda: self.bird.birdc("show", "route", "all", block)
        frr = lambda: json.dumps(self.frr.show(f"show bgp ipv4 unicast {block} json"))
        wait_until("BIRD keeps it as long-lived stale", lambda: "65535,6" in bird(), 30)
        wait_until("FRR keeps it as long-lived stale", lambda: "llgr" in frr().lower(), 30)
        self.node.start()
        wait_until("it is as before", lambda: block in self.bird.routes() and "65535,6" not in bird() and
                   block in self.frr.routes() and "llgr" not in frr().lower(), 90)
