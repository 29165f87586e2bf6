"""The fixed rules about routes, against FRR and BIRD 2: graceful shutdown, BLACKHOLE, roles, allow-own-AS, local AS."""
import json

from lab import Bird2, Frr, LabCase, Neighbor, OurNode, block_yaml, peer3_yaml, pool_yaml, wait_until

NODE_AS, FRR_AS, BIRD_AS = 64512, 65001, 65002
OURS, FRR, BIRD = "10.0.0.1", "10.0.0.2", "10.0.0.3"
POOL, BLOCK = "192.168.0.0/16", "192.168.1.0/26"
SHARED, ONLY_FRR, ONLY_BIRD = "203.0.113.0/24", "192.168.64.0/24", "192.168.65.0/24"
BIRD_COMMUNITY = "import all; export filter {{ bgp_community.add(({})); accept; }};"


class _TwoNeighbors(LabCase):
    """node1 with FRR, one hop away, and BIRD 2, each an AS of its own; subclasses say how they are configured."""
    frr, bird, frr_peer, bird_peer = {}, {}, {}, {}
    frr_remote_as = NODE_AS

    @classmethod
    def build(cls, lab):
        cls.node = lab.start(OurNode(lab.host("node1", OURS + "/24"), asn=NODE_AS))
        cls.frr = lab.start(Frr(lab.host("frr", FRR + "/24"), FRR_AS, [Neighbor(OURS, cls.frr_remote_as)],
                                [SHARED, ONLY_FRR], **cls.frr))
        cls.bird = lab.start(Bird2(lab.host("bird", BIRD + "/24"), BIRD_AS, [Neighbor(OURS, NODE_AS)],
                                   [SHARED, ONLY_BIRD], **cls.bird))
        cls.node.apply(pool_yaml(POOL), block_yaml("node1", BLOCK))
        cls.tell()

    @classmethod
    def tell(cls, frr_more=None, bird_more=None):
        cls.node.apply(cls.peer("frr", FRR, FRR_AS, cls.frr_peer, frr_more),
                       cls.peer("bird", BIRD, BIRD_AS, cls.bird_peer, bird_more))

    @staticmethod
    def peer(name, address, asn, settings, more):
        spec = dict(settings) | (more or {})
        return peer3_yaml(name, address, asn, spec.pop("annotations", {}), **spec)

    def setUp(self):
        wait_until("both are Established", lambda: self.node.is_established(FRR) and self.node.is_established(BIRD), 60)

    def best(self, prefix):
        return self.node.routes().get(prefix, {}).get("peer")

    def flaps(self):
        return [self.node.peer(address)["flaps"] for address in (FRR, BIRD)]


class GracefulShutdown(_TwoNeighbors):
    label = "graceful shutdown (RFC 8326), FRR and bird2"
    bird = {"family_lines": ["import all; export filter { bgp_path.prepend(65002); accept; };"]}

    def test_a_neighbour_that_is_about_to_go_is_the_last_choice(self):
        wait_until("FRR is best, its path is shorter", lambda: self.best(SHARED) == FRR)
        self.frr.vtysh("configure terminal", f"router bgp {FRR_AS}", "bgp graceful-shutdown")
        wait_until("BIRD is best", lambda: self.best(SHARED) == BIRD)
        self.frr.vtysh("configure terminal", f"router bgp {FRR_AS}", "no bgp graceful-shutdown")
        wait_until("FRR is best again", lambda: self.best(SHARED) == FRR)

    def test_a_node_that_drains_asks_both_to_move_away_and_loses_no_session(self):
        before = self.flaps()
        self.node.apply(self.node_document("true"))
        wait_until("BIRD has the community", lambda: "(65535,0)" in self.bird.birdc("show", "route", "all", BLOCK))
        wait_until("FRR has the community", lambda: "graceful-shutdown" in str(self.frr.show(f"show bgp ipv4 {BLOCK} json")))
        self.node.apply(self.node_document("false"))
        wait_until("BIRD has it no more", lambda: "65535" not in self.bird.birdc("show", "route", "all", BLOCK))
        self.assertEqual(self.flaps(), before)

    def node_document(self, drain):
        document = json.loads(self.node.ctl("get", "node", "node1", "-o", "json", "--api", "v3").stdout)["items"][0]
        document["metadata"].setdefault("annotations", {})["calico-bgp/drain"] = drain
        return "---\n" + json.dumps(document) + "\n"


class Blackhole(_TwoNeighbors):
    label = "BLACKHOLE (RFC 7999), FRR and bird2"
    frr = {"lines": ["address-family ipv4 unicast", " neighbor 10.0.0.1 route-map BH out", " exit-address-family"]}
    bird = {"family_lines": [BIRD_COMMUNITY.format("65535, 666")]}
    bird_peer = {"annotations": {"accept-blackhole": "true"}}

    @classmethod
    def build(cls, lab):
        super().build(lab)
        cls.frr.vtysh("configure terminal", "route-map BH permit 10", "set community blackhole")
        cls.frr.vtysh("clear bgp *")

    def test_only_the_peer_that_may_makes_blackholes(self):
        wait_until("BIRD's is a blackhole", lambda: "blackhole" in self.node.host.routes(4).get(ONLY_BIRD, []))
        wait_until("FRR's is a route like any other", lambda: self.node.host.routes(4).get(ONLY_FRR) == [FRR])

    def test_it_stays_in_this_AS(self):
        wait_until("BIRD has FRR's", lambda: ONLY_FRR in self.bird.routes())
        self.assertNotIn(ONLY_BIRD, self.frr.routes())


class Roles(_TwoNeighbors):
    label = "roles and ONLY_TO_CUSTOMER (RFC 9234), FRR and bird2"
    frr = {"session_lines": ["neighbor {peer} local-role provider"]}
    bird = {"session_lines": ["local role provider;"]}
    frr_peer = bird_peer = {"annotations": {"role": "customer", "role-strict": "true"}}

    def test_what_one_provider_says_is_not_told_to_the_other(self):
        wait_until("both routes are here", lambda: self.best(ONLY_FRR) == FRR and self.best(ONLY_BIRD) == BIRD)
        wait_until("BIRD has our block", lambda: BLOCK in self.bird.routes())
        wait_until("FRR has our block", lambda: BLOCK in self.frr.routes())
        self.assertNotIn(ONLY_FRR, self.bird.routes())
        self.assertNotIn(ONLY_BIRD, self.frr.routes())


class OwnAs(_TwoNeighbors):
    label = "allow-own-AS and local AS (RFC 7705), FRR and bird2"
    frr_remote_as = 64999
    frr_peer = {"localASNumber": 64999}
    bird = {"family_lines": [f"import all; export filter {{ bgp_path.prepend({NODE_AS}); accept; }};"]}

    def test_our_as_in_the_path_is_a_loop_until_it_is_allowed(self):
        self.assertIsNone(self.best(ONLY_BIRD))
        before = self.flaps()
        self.tell(bird_more={"numAllowedLocalASNumbers": 1})
        wait_until("it is allowed", lambda: self.best(ONLY_BIRD) == BIRD)
        self.tell()
        wait_until("it is a loop again", lambda: self.best(ONLY_BIRD) is None)
        self.assertEqual(self.flaps(), before)

    def test_frr_knows_us_by_the_as_of_its_session(self):
        wait_until("FRR has our block", lambda: BLOCK in self.frr.routes())
        self.assertEqual(self.frr.routes()[BLOCK].as_path, (64999,))
        self.assertEqual(self.node.peer(FRR)["localAS"], 64999)
