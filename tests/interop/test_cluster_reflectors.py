"""A cluster on an etcd whose nodes peer with route reflectors that are nodes themselves (Calico's in-cluster reflectors):

    rr1, rr2        nodes with one cluster id and the label route-reflector
    node3, node4    nodes without; the mesh is off
    watcher         BIRD 2, an iBGP neighbour of rr1 alone: what it sees is what went over the wire
"""
import re

from lab import Bird2, Cluster, Echoes, LabCase, Neighbor, block_yaml, mesh_yaml, peer3_yaml, pool_yaml, resource, wait_until

AS, CLUSTER_ID, ETCD, WATCHER = 64512, "244.0.0.1", "10.0.0.10", "10.0.0.9"
NODES = {"rr1": "10.0.0.1", "rr2": "10.0.0.2", "node3": "10.0.0.3", "node4": "10.0.0.4"}
REFLECTORS = ("rr1", "rr2")
BLOCKS = {name: Cluster.block(name) for name in NODES}
NEW_BLOCK = "192.168.44.0/26"
HAS_LABEL = "has(route-reflector)"


class Reflectors(LabCase):
    label = "cluster of in-cluster reflectors, etcd"

    @classmethod
    def build(cls, lab):
        cls.cluster = cluster = Cluster(lab, lab.host("store", ETCD + "/24"), ETCD)
        cluster.apply(mesh_yaml(False), pool_yaml("192.168.0.0/16"), *map(cls.document, NODES),
                      resource("BGPPeer", "reflectors", {"nodeSelector": "all()", "peerSelector": HAS_LABEL}),
                      peer3_yaml("watcher", WATCHER, AS, node="rr1"))
        for name, address in NODES.items():
            cluster.start_node(lab.host(name, address + "/24"))
        cluster.add_blocks()
        cls.watcher = lab.start(Bird2(lab.host("watcher", WATCHER + "/24"), AS, [Neighbor(NODES["rr1"], AS)]))

    @classmethod
    def document(cls, name):
        reflects = {"routeReflectorClusterID": CLUSTER_ID} if name in REFLECTORS else {}
        labels = {"route-reflector": "true"} if name in REFLECTORS else {}
        return cls.cluster.node_document(name, labels, ipv4Address=NODES[name] + "/24", **reflects)

    def setUp(self):
        self.wait_for_sessions()
        self.wait_for_all()

    def wait_for_all(self, **more):
        owners = {**{block: name for name, block in BLOCKS.items()}, **more}
        self.cluster.wait_for_routes({name: {block: ["blackhole"] if owner == name else [NODES[owner]] for block, owner in owners.items()}
                                      for name in NODES})

    def peers_of(self, name):
        return {p["peerAddress"]: p["info"] for p in self.cluster.nodes[name].json("node", "status")["peers"]}

    def told_to_watcher(self, prefix):
        return dict(re.findall(r"BGP\.(\w+): (.*)", self.watcher.birdc("show", "route", "all", prefix)))

    def wait_for_sessions(self):
        """Each node's, and no more."""
        others, reflectors = {"node3", "node4"}, set(REFLECTORS)
        for name in NODES:
            names = reflectors | others - {name} if name in reflectors else reflectors
            expected = {NODES[n] for n in names - {name}} | ({WATCHER} if name == "rr1" else set())
            wait_until(f"{name} is up with {expected}", lambda: self.peers_of(name) == dict.fromkeys(expected, "Established"), 60)

    def test_nodes_peer_with_the_reflectors_alone(self):
        self.wait_for_sessions()
        wait_until("workloads reach each other", lambda: " 0% packet loss" in self.cluster.ping("node3", "node4"))

    def test_a_reflected_route_names_its_originator_and_the_cluster_and_keeps_its_next_hop(self):
        wait_until("the watcher has all", lambda: set(BLOCKS.values()) <= set(self.watcher.routes()))
        told = self.told_to_watcher(BLOCKS["node3"])
        self.assertEqual((told["next_hop"], told["originator_id"], told["cluster_list"], told["local_pref"]),
                         (NODES["node3"], NODES["node3"], CLUSTER_ID, "100"))
        own = self.told_to_watcher(BLOCKS["rr1"])
        self.assertEqual((own["next_hop"], own.get("originator_id")), (NODES["rr1"], None))

    def test_a_route_does_not_go_round_among_reflectors_of_one_cluster(self):
        """rr1 passes a client's block on to rr2, too, which has heard it from the client and knows its own cluster."""
        def refused():
            heard = self.cluster.nodes["rr2"].json("node", "routes", BLOCKS["node3"])
            return {r["peer"]: r["reason"] for r in heard if not r["best"]}
        wait_until("rr2 refuses what rr1 says", lambda: refused() == {NODES["rr1"]: "our cluster is in the cluster list"})
        self.assertEqual(self.cluster.nodes["rr2"].routes()[BLOCKS["node3"]]["peer"], NODES["node3"])

    def test_a_reflector_is_killed_and_the_other_carries(self):
        echoes = Echoes(self.cluster.pods["node3"], self.cluster.pod_address("node4"))
        rr1 = self.cluster.nodes["rr1"]
        rr1.kill()
        wait_until("its clients see it", lambda: self.peers_of("node3")[NODES["rr1"]] != "Established"
                   and self.peers_of("node4")[NODES["rr1"]] != "Established")
        self.cluster.apply(block_yaml("node4", NEW_BLOCK))
        wait_until("what is new comes by the other", lambda: self.cluster.nodes["node3"].routes().get(
            NEW_BLOCK, {}).get("peer") == NODES["rr2"])
        rr1.start()
        self.wait_for_all(**{NEW_BLOCK: "node4"})
        self.cluster.delete(block_yaml("node4", NEW_BLOCK))
        self.wait_for_all()
        self.assertEqual(echoes.lost(), 0)

    def test_a_reflector_that_loses_its_cable_and_its_label_is_missed_by_nobody(self):
        """Silence, which only a hold timer or an operator can tell from a slow peer: here it is the operator."""
        echoes = Echoes(self.cluster.pods["node3"], self.cluster.pod_address("node4"))
        self.lab.plug(self.cluster.nodes["rr2"].host, False)
        self.cluster.apply(self.cluster.node_document("rr2", {}, ipv4Address=NODES["rr2"] + "/24"))
        wait_until("node3 has one reflector", lambda: self.peers_of("node3") == {NODES["rr1"]: "Established"})
        wait_until("node4 too", lambda: self.peers_of("node4") == {NODES["rr1"]: "Established"})
        self.assertEqual(echoes.lost(), 0)
        self.assertEqual(self.cluster.nodes["node3"].host.routes()[BLOCKS["node4"]], [NODES["node4"]])
        self.lab.plug(self.cluster.nodes["rr2"].host, True)
        self.cluster.apply(self.document("rr2"))
        self.wait_for_sessions()
