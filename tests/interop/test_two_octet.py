"""RFC 6793: our AS numbers beyond 65535 through a speaker that knows only two octets.

    node1 AS 4200000001 --- old, AS 65001, no capability 65 --- node2 AS 4200000002
"""
from lab import (AS_TRANS, FOREIGN_SPEAKERS, LabCase, Neighbor, OurNode, block_yaml, peer_yaml, pool_yaml,
                 wait_until)

AS1, AS2, OLD_AS = 4200000001, 4200000002, 65001
BLOCK = "192.168.1.0/26"


class _TwoOctetCase(LabCase):
    daemon = None

    @classmethod
    def build(cls, lab):
        cls.nodes = [lab.start(OurNode(lab.host(f"node{n}", f"10.0.0.{n}/24"), asn=asn)) for n, asn in ((1, AS1), (2, AS2))]
        cls.old = lab.start(cls.daemon(lab.host("old", "10.0.0.9/24"), OLD_AS,
                                       [Neighbor("10.0.0.1", AS1), Neighbor("10.0.0.2", AS2)], as4=False))
        for node in cls.nodes:
            node.apply(pool_yaml("192.168.0.0/16"), peer_yaml("10.0.0.9", OLD_AS))
        cls.nodes[0].apply(block_yaml("node1", BLOCK))
        wait_until("both Established", lambda: all(n.is_established("10.0.0.9") for n in cls.nodes), 60)

    def test_the_old_speaker_has_our_route_from_as_trans(self):
        wait_until(f"it has {BLOCK}", lambda: BLOCK in self.old.routes(4))
        # Some of them cannot speak capability 65 and still merge AS4_PATH for what they show.
        self.assertIn(self.old.as_path(BLOCK), [(AS_TRANS,), (AS1,)])

    def test_behind_it_the_path_is_whole_again(self):
        if not self.old.passes_routes_on:  # ExaBGP: then it says what it would have passed on
            self.old.command(f"neighbor 10.0.0.2 announce route {BLOCK} next-hop self as-path [ {OLD_AS} {AS1} ]")
        wait_until(f"node2 has {BLOCK}", lambda: BLOCK in self.nodes[1].routes())
        self.assertEqual(self.nodes[1].as_path(BLOCK), (OLD_AS, AS1 if self.old.keeps_as4_path else AS_TRANS))


for _daemon in FOREIGN_SPEAKERS:
    if _daemon.can_do_2_octets:
        _name = f"{_daemon.__name__}TwoOctets"
        globals()[_name] = type(_name, (_TwoOctetCase,), {"label": f"{_daemon.name} two-octet AS", "daemon": _daemon})
