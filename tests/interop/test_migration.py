"""Coming from somewhere else while traffic flows: from BIRD to us, from the mesh to route reflectors to selectors, from one setting
to the next. Echoes go a hundred times a second between workloads; none may be lost, and nobody else's session may fall."""
from lab import (Bird2, CalicoBird, Cluster, Echoes, Frr, LabCase, Monitor, Neighbor, OurNode, block_yaml, mesh_yaml,
                 peer3_yaml, pool_yaml, resource, wait_until)

AS = 64512
POOLS = {4: "192.168.0.0/16", 6: "fd00:10::/48"}
NAMES = ("node1", "node2")
ADDRESSES = {4: {"node1": "10.0.0.1", "node2": "10.0.0.2"}, 6: {"node1": "fd00::1", "node2": "fd00::2"}}
BLOCKS = {4: {"node1": "192.168.1.0/26", "node2": "192.168.2.0/26"}, 6: {"node1": "fd00:10:0:1::/122", "node2": "fd00:10:0:2::/122"}}
PODS = {4: {"node1": "192.168.1.2", "node2": "192.168.2.2"}, 6: {"node1": "fd00:10:0:1::2", "node2": "fd00:10:0:2::2"}}
LEFTOVER, BEYOND = "198.51.100.0/24", "203.0.113.0/24"
TORS, TOR_AS = ("10.0.0.8", "10.0.0.9"), 65000


class _FromBird(LabCase):
    """Two nodes that bird and bird6 serve as in calico/node; we take the place of the first's, then of the second's."""
    metric = None
    tors = ()  # that both say BEYOND to node1

    def setUp(self):
        self.hosts, self.birds, self.pods, self.nodes = {}, {}, {}, {}
        for address in self.tors:
            host = self.hosts[address] = self.lab.host(f"tor{address[-1]}", address + "/24")
            self.lab.start(Frr(host, TOR_AS, [Neighbor(ADDRESSES[4]["node1"], AS)], [BEYOND]))
        for name in NAMES:
            host = self.hosts[name] = self.lab.host(name, f"{ADDRESSES[4][name]}/24", f"{ADDRESSES[6][name]}/64")
            others = [Neighbor(ADDRESSES[v][self.other(name)], AS) for v in (4, 6)]
            others += [Neighbor(a, TOR_AS) for a in self.tors if name == "node1"]
            self.birds[name] = self.lab.start(CalicoBird(host, AS, others, [BLOCKS[v][name] for v in (4, 6)], POOLS.values(),
                                                         self.metric))
            self.pods[name] = self.lab.workload(host, f"w{name[4:]}", f"{PODS[4][name]}/32", f"{PODS[6][name]}/128")
        for name in NAMES:
            wait_until(f"BIRD of {name} has the blocks in the kernel", lambda: self.has_all(name), 60)

    def tearDown(self):
        for host in self.hosts.values():
            self.lab.remove(host)
        for pod in self.pods.values():
            self.lab.remove_workload(pod)

    @staticmethod
    def other(name):
        return NAMES[1 - NAMES.index(name)]

    def has_all(self, name):
        return all(self.hosts[name].routes(v) == self.expected(name, v) for v in (4, 6))

    def expected(self, name, version):
        other = self.other(name)
        beyond = {BEYOND: list(self.tors)} if self.tors and (name, version) == ("node1", 4) else {}
        return {BLOCKS[version][name]: ["blackhole"], BLOCKS[version][other]: [ADDRESSES[version][other]], **beyond}

    def prepare(self, name):
        """Our agent's store has what Calico's had, before the agent runs for the first time."""
        node = self.nodes[name] = OurNode(self.hosts[name], AS)
        node.data_dir.mkdir()
        node.apply(*map(pool_yaml, POOLS.values()), *(block_yaml(n, BLOCKS[v][n]) for n in NAMES for v in (4, 6)),
                   *(resource("Node", n, {"bgp": {"ipv4Address": ADDRESSES[4][n] + "/24", "ipv6Address": ADDRESSES[6][n] + "/64"}})
                     for n in NAMES), *(peer3_yaml(f"tor{a[-1]}", a, TOR_AS, node="node1") for a in self.tors))
        return node

    def take_over(self, name):
        """A route that BIRD left and nobody announces goes when all the others are known to be wanted."""
        node, host = self.nodes[name], self.hosts[name]
        host.ip("route", "add", "blackhole", LEFTOVER, "proto", "bird")
        node.start()
        for v in (4, 6):
            wait_until("Established with the other node", lambda: node.is_established(ADDRESSES[v][self.other(name)]), 60)
        wait_until("the leftover is gone, nothing else", lambda: self.has_all(name), 60)

    def echoes(self):
        return [Echoes(self.pods[name], PODS[v][self.other(name)]) for name in NAMES for v in (4, 6)]

    @staticmethod
    def changes(monitor):
        return monitor.changes(*(block.split("/")[0] for v in (4, 6) for block in BLOCKS[v].values()))


class FromBird(_FromBird):
    label = "migration from bird1.6"

    def test_we_take_the_place_of_a_bird_that_was_killed_and_nobody_notices(self):
        monitors = {name: Monitor(host) for name, host in self.hosts.items()}
        echoes = self.echoes()
        self.prepare("node1")
        self.birds["node1"].kill()
        self.take_over("node1")
        self.assertEqual(self.changes(monitors["node1"]), [])
        # node2's BIRD replaces a route by deleting it first, for microseconds, when its neighbour is back.
        gaps = sum(line.startswith("Deleted") for line in self.changes(monitors["node2"]))
        self.assertLessEqual(sum(each.lost() for each in echoes), gaps)

        echoes = self.echoes()
        self.prepare("node2")
        self.birds["node2"].kill()
        before = [self.changes(monitor) for monitor in monitors.values()]
        self.take_over("node2")
        self.assertEqual([self.changes(monitor) for monitor in monitors.values()], before)
        self.assertEqual([each.lost() for each in echoes], [0] * 4)

    def test_of_a_bird_that_was_stopped_this_kernel_notices_nothing(self):
        """The other node does: BIRD 1.6 says Cease when it stops, and who hears that forgets its routes."""
        monitor = Monitor(self.hosts["node1"])
        self.prepare("node1")
        self.birds["node1"].stop()
        self.take_over("node1")
        wait_until("the other node has our blocks again", lambda: self.has_all("node2"), 60)
        self.assertEqual(self.changes(monitor), [])


class FromBirdWithMetric(_FromBird):
    label = "migration from bird1.6 with a metric (Calico 3.32)"
    metric = 1024

    def test_routes_of_another_metric_go_after_ours_are_there(self):
        monitor = Monitor(self.hosts["node1"])
        self.prepare("node1")
        self.birds["node1"].kill()
        self.take_over("node1")
        block = BLOCKS[4]["node2"]
        self.assertEqual([line.split()[0] for line in monitor.changes(block[:-3])], [block, "Deleted"])


class FromBirdWithTors(_FromBird):
    label = "migration from bird1.6 with two FRR ToRs (merge paths)"
    tors = TORS

    def test_the_route_over_both_is_never_away(self):
        """It may have one leg for the moment in which one ToR is back and the other is not."""
        monitor = Monitor(self.hosts["node1"])
        for tor in self.tors:
            wait_until("the ToR routes to the block", lambda: BLOCKS[4]["node1"] in self.hosts[tor].routes(protocol="bgp"), 60)
        echoes = [Echoes(self.hosts[tor], PODS[4]["node1"]) for tor in self.tors]
        self.prepare("node1")
        self.birds["node1"].kill()
        self.take_over("node1")
        self.assertEqual([each.lost() for each in echoes], [0, 0])
        self.assertEqual([line for line in monitor.changes(BEYOND[:-3]) if line.startswith("Deleted")], [])
        self.assertEqual(self.changes(monitor), [])


class ToReflectors(LabCase):
    """mesh -> reflectors -> other selectors -> mesh, each step one calicoctl command on etcd, with node3 as the reflector."""

    label = "migration from mesh to reflectors to selectors"
    ADDRESSES = {"node1": "10.0.0.1", "node2": "10.0.0.2", "node3": "10.0.0.3"}
    LABEL = "has(route-reflector)"
    ALL = resource("BGPPeer", "reflectors", {"nodeSelector": "all()", "peerSelector": LABEL})
    CLIENTS = resource("BGPPeer", "clients", {"nodeSelector": f"!{LABEL}", "peerSelector": LABEL})

    @classmethod
    def build(cls, lab):
        cls.cluster = Cluster(lab, lab.host("store", "10.0.0.10/24"), "10.0.0.10")
        cls.cluster.apply(mesh_yaml(True), pool_yaml(POOLS[4]), *(cls.node(name) for name in cls.ADDRESSES))
        for name, address in cls.ADDRESSES.items():
            cls.cluster.start_node(lab.host(name, address + "/24"))
        cls.cluster.add_blocks()

    @classmethod
    def node(cls, name, labels=None, cluster_id=None):
        more = {"routeReflectorClusterID": cluster_id} if cluster_id else {}
        return cls.cluster.node_document(name, labels, ipv4Address=cls.ADDRESSES[name] + "/24", **more)

    def setUp(self):
        self.wait_for_peers(self.full_mesh())
        self.cluster.wait_for_routes({name: {Cluster.block(other): ["blackhole"] if other == name else [address]
                                             for other, address in self.ADDRESSES.items()} for name in self.ADDRESSES})
        self.echoes = {pair: Echoes(self.cluster.pods[pair[0]], self.cluster.pod_address(pair[1]))
                       for pair in (("node1", "node2"), ("node1", "node3"), ("node3", "node2"))}

    def full_mesh(self):
        return {name: {other for other in self.ADDRESSES if other != name} for name in self.ADDRESSES}

    def peers(self, name):
        rows = self.cluster.nodes[name].json("node", "status")["peers"]
        names = {address: n for n, address in self.ADDRESSES.items()}
        return {names[row["peerAddress"]]: row for row in rows}

    def wait_for_peers(self, expected, kind=None):
        for name, others in expected.items():
            wait_until(f"{name} is up with {others}, {kind}", lambda: {
                n for n, p in self.peers(name).items() if p["info"] == "Established" and kind in (None, p["peerType"])} == others
                and set(self.peers(name)) == others)

    def star(self):
        return {"node1": {"node3"}, "node2": {"node3"}, "node3": {"node1", "node2"}}

    def since(self):
        return {name: self.peers(name)["node3"]["since"] for name in ("node1", "node2")}

    def lost(self):
        return {pair: echoes.lost() for pair, echoes in self.echoes.items()}

    def test_peering_first_no_session_with_the_reflector_falls_and_no_packet_is_lost(self):
        since = self.since()
        self.cluster.apply(self.node("node3", {"route-reflector": "true"}))
        self.cluster.apply(self.ALL)
        self.wait_for_peers({"node3": {"node1", "node2"}}, "global")
        self.cluster.apply(self.node("node3", {"route-reflector": "true"}, "244.0.0.1"))
        self.wait_until_reflected()
        self.cluster.apply(mesh_yaml(False))
        self.wait_for_peers(self.star(), "global")
        self.cluster.apply(self.CLIENTS)
        self.cluster.delete(self.ALL)
        self.wait_for_peers(self.star(), "node specific")
        self.cluster.apply(self.ALL)
        self.wait_for_peers(self.star(), "global")
        self.cluster.delete(self.CLIENTS)
        self.wait_for_peers(self.star(), "global")
        self.assertEqual(self.since(), since)

        self.back_to_the_mesh()
        self.assertEqual(self.since(), since)
        self.assertEqual(self.lost(), dict.fromkeys(self.echoes, 0))

    def back_to_the_mesh(self):
        """First it is up among those who need it, then the reflector ceases to be one, then its peering goes."""
        self.cluster.apply(mesh_yaml(True))
        for a, b in (("node1", "node2"), ("node2", "node1")):
            wait_until(f"{a} has {b}'s block from {b}", lambda: self.is_heard(a, Cluster.block(b), self.ADDRESSES[b]))
        self.cluster.apply(self.node("node3", {"route-reflector": "true"}))
        self.cluster.delete(self.ALL)
        self.wait_for_peers(self.full_mesh(), "node-to-node mesh")
        self.cluster.apply(self.node("node3"))

    def is_heard(self, name, prefix, peer):
        return any(r["peer"] == peer for r in self.cluster.nodes[name].json("node", "routes", prefix))

    def wait_until_reflected(self):
        for a, b in (("node1", "node2"), ("node2", "node1")):
            wait_until(f"{a} has {b}'s block from the reflector, too",
                       lambda: self.is_heard(a, Cluster.block(b), self.ADDRESSES["node3"]))

    def test_as_upstream_documents_it_the_reflector_is_without_routes_for_a_moment_and_the_others_lose_nothing(self):
        """The cluster id first: it takes node3 out of the mesh before there is a peering for it."""
        self.cluster.apply(self.node("node3", cluster_id="244.0.0.1"))
        self.wait_for_peers({"node1": {"node2"}, "node3": set()})
        self.cluster.apply(self.node("node3", {"route-reflector": "true"}, "244.0.0.1"))
        self.cluster.apply(self.ALL)
        self.wait_for_peers({"node3": {"node1", "node2"}}, "global")
        self.wait_until_reflected()
        self.cluster.apply(mesh_yaml(False))
        self.wait_for_peers(self.star(), "global")
        self.back_to_the_mesh()
        lost = self.lost()
        self.assertEqual(lost["node1", "node2"], 0)
        self.assertGreater(lost["node1", "node3"], 0)  # upstream says to have no workloads there; and echoes do get lost


class Changes(LabCase):
    """What a change touches: two nodes of a mesh, both with an FRR and a BIRD 2 as global peers."""

    label = "changes touch only what they must"
    FRR, BIRD, FRR_AS, BIRD_AS = "10.0.0.3", "10.0.0.4", 65001, 65002
    MOVED = "10.0.0.12"  # node2's other address
    FILTER = "no-blocks"

    @classmethod
    def build(cls, lab):
        hosts = {name: lab.host(name, address + "/24") for name, address in ADDRESSES[4].items()}
        cls.secrets = lab.dir / "secrets"
        cls.nodes = {}
        for name, host in hosts.items():
            cls.nodes[name] = lab.start(OurNode(host, AS, cls.nodes.get("node1"), ["--secrets-dir", cls.secrets]))
        hosts["node2"].ip("address", "add", cls.MOVED + "/24", "dev", "eth0")
        ours = [Neighbor(address, AS) for address in (*ADDRESSES[4].values(), cls.MOVED)]
        cls.frr = lab.start(Frr(lab.host("frr", cls.FRR + "/24"), cls.FRR_AS, ours, session_lines=["neighbor {peer} passive"]))
        cls.bird = lab.start(Bird2(lab.host("bird", cls.BIRD + "/24"), cls.BIRD_AS, ours, passive=True))
        cls.tell(pool_yaml(POOLS[4]), *(block_yaml(*row) for row in BLOCKS[4].items()), cls.peer_frr(), cls.peer_bird())

    @classmethod
    def tell(cls, *documents):
        cls.nodes["node1"].apply(*documents)

    @classmethod
    def peer_frr(cls, **spec):
        return peer3_yaml("frr", cls.FRR, cls.FRR_AS, {"connect-retry": "1s"}, **spec)

    @classmethod
    def peer_bird(cls, annotations=None, **spec):
        return peer3_yaml("bird", cls.BIRD, cls.BIRD_AS, {"connect-retry": "1s", **(annotations or {})}, **spec)

    def setUp(self):
        self.wait_for_all()
        self.before = self.sessions()

    def wait_for_all(self):
        for name, node in self.nodes.items():
            wait_until(f"{name} is up with all", lambda: [p["info"] for p in node.json("node", "status")["peers"]] ==
                       ["Established"] * 3, 60)

    def sessions(self):
        """{(node, peer): how often it fell and since when it is up}."""
        return {(name, p["peerAddress"]): (p["flaps"], p["since"]) for name, node in self.nodes.items()
                for p in node.json("node", "status")["peers"]}

    def touched(self):
        now = self.sessions()
        return {key for key in now.keys() | self.before.keys() if now.get(key) != self.before.get(key)}

    def of_all_nodes(self, address):
        return {(name, address) for name in self.nodes}

    def wait_until_touched(self, sessions):
        wait_until("it is felt", lambda: self.touched() >= sessions, 60)
        self.wait_for_all()
        self.assertEqual(self.touched(), sessions)

    def test_a_password(self):
        (self.secrets / "bgp").mkdir(parents=True, exist_ok=True)
        (self.secrets / "bgp" / "frr").write_text("a secret")
        for word, spec in (("neighbor {} password a_secret", {"password": {"secretKeyRef": {"name": "bgp", "key": "frr"}}}),
                           ("no neighbor {} password", {})):
            (self.secrets / "bgp" / "frr").write_text("a_secret")
            self.tell(self.peer_frr(**spec))
            self.frr.vtysh("configure terminal", f"router bgp {self.FRR_AS}",
                           *(word.format(address) for address in (*ADDRESSES[4].values(), self.MOVED)))
            self.wait_until_touched(self.of_all_nodes(self.FRR))

    def test_a_timer(self):
        self.tell(self.peer_bird({"hold-time": "30s"}))
        self.wait_until_touched(self.of_all_nodes(self.BIRD))
        self.before = self.sessions()
        self.tell(self.peer_bird({"hold-time": "30s"}, keepaliveTime="2s"))
        # What no OPEN says changes while the session is up.
        for node in self.nodes.values():
            wait_until("the new time is in use", lambda: node.detail(self.BIRD)["timers"]["keepalive"] == 2)
        self.assertEqual(self.touched(), set())
        self.tell(self.peer_bird())
        self.wait_until_touched(self.of_all_nodes(self.BIRD))

    def test_a_filter(self):
        def has_blocks():
            return set(BLOCKS[4].values()) <= set(self.frr.routes())
        wait_until("FRR has the blocks", has_blocks)
        self.tell(resource("BGPFilter", self.FILTER, {"exportV4": [{"action": "Reject"}]}), self.peer_frr(filters=[self.FILTER]))
        wait_until("FRR has none", lambda: not self.frr.routes())
        self.tell(self.peer_frr())
        wait_until("FRR has the blocks again", has_blocks)
        self.assertEqual(self.touched(), set())

    def test_the_address_of_a_node(self):
        """All of its own sessions; of the others' those with it."""
        def move(address):
            self.tell(resource("Node", "node2", {"bgp": {"ipv4Address": address + "/24"}}))
            wait_until("node1's route follows", lambda: self.nodes["node1"].host.routes().get(BLOCKS[4]["node2"]) == [address])
            self.wait_for_all()
        move(self.MOVED)
        own = {("node2", address) for address in (ADDRESSES[4]["node1"], self.FRR, self.BIRD)}
        self.assertEqual(self.touched(), own | {("node1", ADDRESSES[4]["node2"]), ("node1", self.MOVED)})
        wait_until("FRR hears of its block from there", lambda: self.frr.routes()[BLOCKS[4]["node2"]].next_hop in
                   (self.MOVED, ADDRESSES[4]["node1"]))
        move(ADDRESSES[4]["node2"])
