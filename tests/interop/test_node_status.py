"""CalicoNodeStatus: written by the real agent with a real neighbour, into the embedded store and into etcd.

    peer (BIRD 2) --- node1 (ours)
"""
import json

from lab import Bird2, Etcd, LabCase, Neighbor, OurNode, block_yaml, peer_yaml, pool_yaml, wait_until

AS, PEER_AS = 64512, 65001
PREFIX, BLOCK = "192.168.2.0/26", "192.168.1.0/26"
KEY = "/calico/resources/v3/projectcalico.org/caliconodestatuses"


def status_document(name, period, classes=("Agent", "BGP", "Routes"), node="node1", **more):
    return {"apiVersion": "projectcalico.org/v3", "kind": "CalicoNodeStatus", "metadata": {"name": name},
            "spec": {"node": node, "classes": list(classes), "updatePeriodSeconds": period}, **more}


class _NodeStatus(LabCase):
    etcd = None

    @classmethod
    def build_pair(cls, lab, **options):
        cls.node = lab.start(OurNode(lab.host("node1", "10.0.0.1/24", "fd00::1/64"), asn=AS, **options))
        cls.peer = lab.start(Bird2(lab.host("peer", "10.0.0.2/24"), PEER_AS, [Neighbor("10.0.0.1", AS)], announce=[PREFIX]))
        cls.node.apply(pool_yaml("192.168.0.0/16"), block_yaml("node1", BLOCK), peer_yaml("10.0.0.2", PEER_AS))
        wait_until("the peer's route is in the kernel", lambda: PREFIX in cls.node.host.routes(), 60)

    def apply(self, *args, **more):
        return self.node.apply(json.dumps(status_document(*args, **more))).stdout

    def document(self, name):
        return json.loads(self.node.ctl("get", "caliconodestatus", name, "-o", "json").stdout)[0]

    def status(self, name):
        return self.document(name).get("status", {})

    def peer_state(self, name):
        return next((p["state"] for p in self.status(name).get("bgp", {}).get("peersV4", [])), None)

    def wait_for(self, name, is_established):
        wait_until(f"{name} says {'Established' if is_established else 'down'}",
                   lambda: (state := self.peer_state(name)) and (state == "Established") == is_established, 60)


class NodeStatus(_NodeStatus):
    label = "node status resource"

    @classmethod
    def build(cls, lab):
        cls.build_pair(lab)

    def setUp(self):
        wait_until("the session is up", lambda: self.node.is_established("10.0.0.2"), 60)
        wait_until("the route is there", lambda: PREFIX in self.node.host.routes(), 60)
        self.assertEqual(self.apply("live", 1), "Successfully applied 1 'CalicoNodeStatus' resource(s)\n")
        self.wait_for("live", True)

    def tearDown(self):
        for name in ("live", "once", "other"):
            self.node.ctl("delete", "caliconodestatus", name, check=False)

    def test_agent_bgp_and_routes_are_there_in_upstreams_words(self):
        wait_until("the routes are reported", lambda: len(self.status("live")["routes"].get("routesV4", [])) >= 2)
        status = self.status("live")
        self.assertRegex(status["lastUpdated"], r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$")
        for family in ("birdV4", "birdV6"):
            agent = status["agent"][family]
            self.assertEqual((agent["state"], agent["routerID"]), ("Ready", "10.0.0.1"))
            self.assertRegex(agent["version"], r"^v\d")
            for field in ("lastBootTime", "lastReconfigurationTime"):
                self.assertRegex(agent[field], r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$")
        bgp = status["bgp"]
        self.assertEqual([bgp[f"number{word}EstablishedV{n}"] for n in (4, 6) for word in ("", "Not")], [1, 0, 0, 0])
        self.assertRegex(bgp["peersV4"][0].pop("since"), r"^\d\d:\d\d:\d\d$")
        self.assertEqual(bgp["peersV4"], [{"peerIP": "10.0.0.2", "type": "GlobalPeer", "state": "Established"}])
        routes = {route["destination"]: route for route in status["routes"]["routesV4"]}
        self.assertEqual(routes[PREFIX], {"type": "FIB", "destination": PREFIX, "gateway": "10.0.0.2", "interface": "eth0",
                                          "learnedFrom": {"sourceType": "BGPPeer", "peerIP": "10.0.0.2"}})
        self.assertEqual(routes[BLOCK], {"type": "FIB", "destination": BLOCK, "gateway": "N/A", "interface": "blackhole",
                                         "learnedFrom": {"sourceType": "Static"}})

    def test_get_shows_it_as_a_table_and_as_yaml(self):
        self.assertEqual(self.node.ctl("get", "nodestatus").stdout.split(), ["NAME", "NODE", "live", "node1"])
        self.assertEqual(self.node.ctl("get", "nodestatuses", "-o", "wide").stdout.split(),
                         ["NAME", "NODE", "CLASSES", "live", "node1", "Agent,BGP,Routes"])
        text = self.node.ctl("get", "caliconodestatus", "live", "-o", "yaml").stdout
        self.assertRegex(text, r"\n +peersV4:\n +- peerIP: 10\.0\.0\.2\n")
        self.assertIn("kind: CalicoNodeStatusList\n", self.node.ctl("get", "caliconodestatuses", "-o", "yaml", "--api", "v3").stdout)

    def test_a_peer_that_goes_down_appears_and_period_0_stays_as_it_was(self):
        self.apply("once", 0, ["BGP"])
        self.wait_for("once", True)
        self.assertEqual(self.status("once")["agent"], {"birdV4": {}, "birdV6": {}})
        self.peer.process.kill()
        self.wait_for("live", False)
        self.assertEqual(self.status("live")["bgp"]["numberNotEstablishedV4"], 1)
        self.assertEqual(self.peer_state("once"), "Established", "nobody refreshes it")
        self.apply("once", 0, ["BGP", "Agent"])  # but a new spec is answered
        self.wait_for("once", False)
        self.peer.start()
        self.wait_for("live", True)

    def test_the_status_is_the_agents_whatever_a_document_says(self):
        document = self.document("live")
        document["status"]["bgp"]["peersV4"][0]["peerIP"] = "203.0.113.1"
        document["spec"]["updatePeriodSeconds"] = 0
        self.node.apply(json.dumps(document))
        self.assertEqual(self.status("live")["bgp"]["peersV4"][0]["peerIP"], "10.0.0.2")

    def test_another_nodes_is_left_alone_and_no_report_is_a_line_of_the_log(self):
        self.apply("other", 1, node="node2")
        self.apply("once", 0)
        self.wait_for("once", True)
        self.assertEqual(self.status("other"), {})
        for word in ("node_status", "config_entry_ignored"):
            self.assertNotIn(word, self.node.process.log())


class NodeStatusInEtcd(_NodeStatus):
    label = "node status resource etcd"

    @classmethod
    def build(cls, lab):
        cls.etcd = Etcd(lab.host("store", "10.0.0.10/24"), "10.0.0.10")
        cls.etcd.start()
        cls.build_pair(lab, etcd={"ETCD_ENDPOINTS": cls.etcd.endpoint})

    def test_it_is_reported_into_etcd_beside_the_spec_that_another_tool_wrote(self):
        document = status_document("upstream", 1, ["BGP"])
        document["metadata"]["uid"] = "7f3c"
        self.etcd.ctl("put", f"{KEY}/upstream", json.dumps(document))
        self.wait_for("upstream", True)
        stored = json.loads(self.etcd.get(f"{KEY}/upstream"))
        self.assertEqual({**stored, "status": None}, {**document, "status": None})
        self.assertEqual(stored["status"]["bgp"]["peersV4"][0]["state"], "Established")
        document["spec"]["updatePeriodSeconds"] = 0
        self.etcd.ctl("put", f"{KEY}/upstream", json.dumps(document))
        self.wait_for("upstream", True)
        self.assertEqual(json.loads(self.etcd.get(f"{KEY}/upstream"))["spec"], document["spec"])

    def test_what_could_not_be_written_while_etcd_was_away_is_written_later(self):
        self.apply("later", 1, ["BGP"])
        self.wait_for("later", True)
        self.etcd.kill()
        self.peer.process.kill()
        wait_until("the session is down", lambda: not self.node.is_established("10.0.0.2"), 60)
        wait_until("it says so, once", lambda: "event=node_status_not_written" in self.node.process.log(), 60)
        self.assertEqual(self.node.process.log().count("event=node_status_not_written"), 1)
        self.etcd.start()
        self.wait_for("later", False)
        self.peer.start()
        self.wait_for("later", True)
