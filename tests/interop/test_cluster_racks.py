"""Three nodes on an etcd, a rack of its own AS each, as Calico's documentation draws the AS-per-rack model:

    node1, node2 (AS 65001) --- torA          spine          torB --- node3 (AS 65002)
                  10.1.0.0/24      `--- 10.0.0.0/24, AS 65000 ---'    10.2.0.0/24

The ToRs are FRR: each is its rack's route reflector, and speaks eBGP with the spine. The mesh is off. And beside it the
model in which a ToR is an external neighbour of nodes in a mesh.
"""
from lab import (Cluster, Frr, LabCase, Neighbor, OurNode, block_yaml, mesh_yaml, peer3_yaml, pool_yaml, resource, wait_until)

SPINE_AS, AS_A, AS_B = 65000, 65001, 65002
SPINE, CORE_A, CORE_B, ETCD = "10.0.0.254", "10.0.0.1", "10.0.0.2", "10.0.0.10"
TOR_A, TOR_B = "10.1.0.1", "10.2.0.1"
NODES = {"node1": ("10.1.0.11", "a"), "node2": ("10.1.0.12", "a"), "node3": ("10.2.0.13", "b")}
RACKS = {"a": (TOR_A, AS_A), "b": (TOR_B, AS_B)}
RACK_SUBNETS = {"a": "10.1.0.0/24", "b": "10.2.0.0/24"}
BLOCKS = {name: Cluster.block(name) for name in NODES}
BEYOND, NEW_BLOCK = "203.0.113.0/24", "192.168.33.0/26"


def heard_of(frr, prefix):
    """{neighbour: AS_PATH} of all that told FRR of a prefix."""
    paths = frr.show(f"show bgp ipv4 unicast {prefix} json").get("paths", [])
    return {p["peer"]["peerId"]: p["aspath"]["string"] for p in paths if p["peer"]["peerId"] != "0.0.0.0"}


class Racks(LabCase):
    label = "cluster of an AS per rack, etcd and FRR ToRs"

    @classmethod
    def build(cls, lab):
        store = lab.host("store", ETCD + "/24")
        for rack, core in (("a", CORE_A), ("b", CORE_B)):
            store.ip("route", "add", RACK_SUBNETS[rack], "via", core)
        cls.cluster = cluster = Cluster(lab, store, ETCD)
        cls.spine = lab.start(Frr(lab.host("spine", SPINE + "/24"), SPINE_AS,
                                  [Neighbor(CORE_A, AS_A), Neighbor(CORE_B, AS_B)], [BEYOND]))
        cls.tors = {rack: cls.start_tor(lab, rack, core) for rack, core in (("a", CORE_A), ("b", CORE_B))}
        cluster.apply(mesh_yaml(False), pool_yaml("192.168.0.0/16"), *(
            cluster.node_document(name, {"rack": rack}, asNumber=RACKS[rack][1], ipv4Address=address + "/24")
            for name, (address, rack) in NODES.items()))
        # One rack's peering is by selector, the other's names the node.
        cluster.apply(peer3_yaml("rack-a", TOR_A, AS_A, nodeSelector="rack == 'a'"),
                      peer3_yaml("node3-tor", TOR_B, AS_B, node="node3"))
        for name, (address, rack) in NODES.items():
            host = lab.host(name, address + "/24")
            host.ip("route", "add", "default", "via", RACKS[rack][0])
            cluster.start_node(host)
        cluster.add_blocks()

    @classmethod
    def start_tor(cls, lab, rack, core):
        address, asn = RACKS[rack]
        clients = [Neighbor(node, asn, is_client=True) for node, where in NODES.values() if where == rack]
        return lab.start(Frr(lab.host(f"tor{rack}", f"{core}/24", f"{address}/24"), asn, [*clients, Neighbor(SPINE, SPINE_AS)],
                             [RACK_SUBNETS[rack]], family_lines=["neighbor {peer} next-hop-self"],
                             lines=[f"bgp cluster-id {core}"]))

    def expected(self, **more):
        """What each node's kernel has of ours: its rack's blocks from their nodes, all else from the ToR."""
        beyond = {BEYOND, *RACK_SUBNETS.values()}
        routes = {name: {prefix: [RACKS[rack][0]] for prefix in beyond - {RACK_SUBNETS[rack]}}
                  for name, (_, rack) in NODES.items()}
        for block, owner in {**{b: n for n, b in BLOCKS.items()}, **more}.items():
            for name, (_, rack) in NODES.items():
                address, where = NODES[owner]
                routes[name][block] = ["blackhole"] if name == owner else [address if where == rack else RACKS[rack][0]]
        return routes

    def test_every_kernel_has_every_block_and_workloads_reach_each_other_across_racks(self):
        self.cluster.wait_for_routes(self.expected())
        for a, b in (("node1", "node3"), ("node3", "node2"), ("node1", "node2")):
            wait_until(f"{a}'s workload reaches {b}'s", lambda: " 0% packet loss" in self.cluster.ping(a, b))

    def test_a_change_on_etcd_reaches_all_and_touches_no_session(self):
        self.cluster.wait_for_routes(self.expected())
        flaps = self.flaps()
        self.cluster.apply(block_yaml("node3", NEW_BLOCK))
        self.cluster.wait_for_routes(self.expected(**{NEW_BLOCK: "node3"}))
        wait_until("the spine has it", lambda: self.spine.as_path(NEW_BLOCK) == (AS_B,))
        self.cluster.delete(block_yaml("node3", NEW_BLOCK))
        self.cluster.wait_for_routes(self.expected())
        wait_until("the spine has it no more", lambda: not self.spine.as_path(NEW_BLOCK))
        self.assertEqual(self.flaps(), flaps)

    def flaps(self):
        return [self.cluster.nodes[name].peer(RACKS[rack][0])["flaps"] for name, (_, rack) in NODES.items()]

    def test_a_tor_hears_of_each_block_once_and_from_its_own_node(self):
        self.cluster.wait_for_routes(self.expected())
        for name, (address, rack) in NODES.items():
            self.assertEqual(heard_of(self.tors[rack], BLOCKS[name]), {address: "Local"})
            other = self.tors["b" if rack == "a" else "a"]
            self.assertEqual(heard_of(other, BLOCKS[name]), {SPINE: f"{SPINE_AS} {RACKS[rack][1]}"})

    def test_a_label_that_moves_takes_the_peering_along(self):
        """To nowhere, for node2 has no cable to the other rack; the others do not notice."""
        self.cluster.wait_for_routes(self.expected())
        flaps = self.flaps()

        def label(rack):
            self.cluster.apply(self.cluster.node_document("node2", {"rack": rack}, asNumber=AS_A, ipv4Address=NODES["node2"][0] + "/24"))
        label("none")
        wait_until("node2 has no peer", lambda: not self.cluster.nodes["node2"].json("node", "status")["peers"])
        wait_until("its block is gone from the other rack", lambda: BLOCKS["node2"] not in self.cluster.nodes["node3"].host.routes())
        label("a")
        self.cluster.wait_for_routes(self.expected())
        self.assertEqual([self.flaps()[n] for n in (0, 2)], [flaps[n] for n in (0, 2)])


class ExternalTor(LabCase):
    """projectcalico/calico #3810, #5235: nodes of a mesh pass each other's blocks on to an external neighbour. That is what
    Calico does (what lies in a pool may go out, whoever said it), and so do we; a filter makes it one's own routes only."""

    label = "nodes of a mesh with an external ToR"
    TOR, TOR_AS, NODE_AS = "10.3.0.1", 65000, 64512
    ADDRESSES = {"node1": "10.3.0.11", "node2": "10.3.0.12"}
    OWN_ONLY = resource("BGPFilter", "own-only", {"exportV4": [{"action": "Reject", "source": "RemotePeers"}]})

    @classmethod
    def build(cls, lab):
        cls.nodes = []
        for name, address in cls.ADDRESSES.items():
            shared = cls.nodes[0] if cls.nodes else None
            cls.nodes.append(lab.start(OurNode(lab.host(name, address + "/24"), cls.NODE_AS, shared_with=shared)))
        cls.tor = lab.start(Frr(lab.host("tor", cls.TOR + "/24"), cls.TOR_AS,
                                [Neighbor(address, cls.NODE_AS) for address in cls.ADDRESSES.values()]))
        cls.nodes[0].apply(pool_yaml("192.168.0.0/16"), *(block_yaml(name, BLOCKS[name]) for name in cls.ADDRESSES))
        cls.tell()

    @classmethod
    def tell(cls, **spec):
        cls.nodes[0].apply(cls.OWN_ONLY, peer3_yaml("tor", cls.TOR, cls.TOR_AS, **spec))

    def wait_heard_from(self, who):
        for name in self.ADDRESSES:
            wait_until(f"the ToR hears of {BLOCKS[name]} as it should",
                       lambda: heard_of(self.tor, BLOCKS[name]) == {a: str(self.NODE_AS) for a in who(self.ADDRESSES[name])}, 60)

    def test_as_upstream_every_node_tells_every_block_and_with_a_filter_its_own_alone(self):
        self.wait_heard_from(lambda own: self.ADDRESSES.values())
        flaps = [node.peer(self.TOR)["flaps"] for node in self.nodes]
        self.tell(filters=["own-only"])
        self.wait_heard_from(lambda own: [own])
        self.tell()
        self.wait_heard_from(lambda own: self.ADDRESSES.values())
        self.assertEqual([node.peer(self.TOR)["flaps"] for node in self.nodes], flaps)
