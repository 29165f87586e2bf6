"""calico-bgpd in calico/node's place: which address it finds by itself and when it takes another one, the default pools, the
backends without BGP, a datastore that is not there yet, the node's name. The unit tests of bgp/daemon have every rule."""
import json
import shutil

from lab import LabCase, OurNode, block_yaml, wait_until

METHODS = [  # IP_AUTODETECTION_METHOD -> the address of `several`
    ("", "10.3.0.1/24"),
    ("first-found", "10.3.0.1/24"),
    ("interface=^eth1$,bond.*", "10.1.0.1/24"),
    ("interface=docker", "172.17.0.1/16"),
    ("skip-interface=eth2,eth3", "10.1.0.1/24"),
    ("cidr=10.2.0.0/16,192.0.2.0/24", "10.2.0.1/24"),
    ("can-reach=10.0.0.9", "10.0.0.1/24"),
    ("can-reach=10.1.0.77", "10.1.0.1/24"),
    ("can-reach=localhost", "none"),  # a name is resolved; nobody else could reach what this one is reached from
]
SESSION = "10.0.0.2"


def add_interface(host, name, *addresses):
    host.ip("link", "add", name, "type", "veth", "peer", "name", f"far{name}"[:15])
    host.up(name, *addresses)


def bgp_of(node):
    """What the node resource says of BGP."""
    done = node.ctl("get", "node", node.name, "-o", "json", "--api", "v3", check=False)
    found = json.loads(done.stdout)["items"] if done.returncode == 0 else []
    return found[0]["spec"].get("bgp", {}) if found else {}


def says(node, event):
    return [line for line in node.process.log().splitlines() if f"event={event} " in line]


class Methods(LabCase):
    label = "node start, autodetection methods"

    def restarted(self, node):
        if node.process:
            self.assertEqual(node.stop(), 0)
        shutil.rmtree(node.data_dir, ignore_errors=True)
        node.start()
        return node

    @classmethod
    def build(cls, lab):
        cls.host = lab.host("several", "10.0.0.1/24", "fd00::1/64")
        for n in (1, 2, 3):
            add_interface(cls.host, f"eth{n}", f"10.{n}.0.1/24")
        add_interface(cls.host, "docker0", "172.17.0.1/16")
        cls.host.ip("link", "add", "eth4", "type", "veth", "peer", "name", "fareth4")
        cls.host.ip("address", "add", "10.4.0.1/24", "dev", "eth4")  # and stays down

    def test_each_method_picks_what_it_should_and_says_why(self):
        for method, address in METHODS:
            with self.subTest(method):
                env = {"IP": "autodetect", "IP_AUTODETECTION_METHOD": method}
                node = self.restarted(OurNode(self.host, env=env, is_addressed=False))
                self.addCleanup(node.stop)
                self.assertEqual(bgp_of(node).get("ipv4Address", "none"), address)
                if address != "none":
                    self.assertIn(f"address={address}", says(node, "address_chosen")[-1])
                node.stop()

    def test_ip6_is_found_when_asked_for(self):
        node = self.restarted(OurNode(self.host, env={"IP": "10.1.0.1", "IP6": "autodetect"}, is_addressed=False))
        self.addCleanup(node.stop)
        self.assertEqual(bgp_of(node), {"ipv4Address": "10.1.0.1/24", "ipv6Address": "fd00::1/64"})

    def test_a_method_that_needs_kubernetes_says_so(self):
        env = {"IP": "autodetect", "IP_AUTODETECTION_METHOD": "kubernetes-internal-ip"}
        node = self.restarted(OurNode(self.host, env=env, is_addressed=False))
        self.addCleanup(node.stop)
        self.assertIn("this agent asks no Kubernetes", says(node, "autodetection_failed")[-1])


class Moves(LabCase):
    """projectcalico/calico #5090, #5492, #1941, #6047, #2042."""
    label = "node start, an address that moves"

    @classmethod
    def build(cls, lab):
        cls.host = lab.host("node1", "10.0.0.1/24")
        env = {"IP": "autodetect", "AUTODETECT_POLL_INTERVAL": "500ms"}
        cls.node = lab.start(OurNode(cls.host, env=env, is_addressed=False))
        cls.other = lab.start(OurNode(lab.host("node2", SESSION + "/24"), shared_with=cls.node))

    def since(self):
        peer = self.node.peer(SESSION)
        return peer.get("info") == "Established" and peer["since"]

    def test_an_address_stays_while_it_is_here_and_the_sessions_follow_when_it_is_gone(self):
        up = wait_until("the session is up", self.since, 60)
        add_interface(self.host, "eth1", "10.9.0.1/24")  # newer: calico/node would take it within a minute
        wait_until("the agent has seen it", lambda: says(self.node, "address_kept"))
        self.assertEqual(bgp_of(self.node)["ipv4Address"], "10.0.0.1/24")
        self.assertEqual(self.since(), up, "the session was touched")

        self.host.ip("link", "del", "eth1")
        self.host.ip("address", "del", "10.0.0.1/24", "dev", "eth0")
        self.host.ip("address", "add", "10.0.0.11/24", "dev", "eth0")
        wait_until("the new address is registered", lambda: bgp_of(self.node).get("ipv4Address") == "10.0.0.11/24")
        self.assertIn("candidate=10.0.0.11/24", says(self.node, "address_missing")[-1])
        wait_until("the other node's session follows", lambda: self.other.is_established("10.0.0.11"), 60)
        wait_until("ours is up again", self.since, 60)

    def test_nothing_is_said_twice(self):
        self.assertLessEqual(len(says(self.node, "address_kept")), 1)


class FirstStart(LabCase):
    label = "node start, default resources"

    @classmethod
    def build(cls, lab):
        cls.lab = lab
        cls.fresh = {"NO_DEFAULT_POOLS": ""}
        cls.node = lab.start(OurNode(lab.host("node1", "10.0.0.1/24"), env=cls.fresh))

    def pools(self):
        """{name: CIDR}"""
        rows = self.node.ctl("get", "ippool", "--api", "v3").stdout.splitlines()[1:]
        return {row.split()[0]: row.split()[1] for row in rows if row.strip()}

    def test_a_first_node_makes_pools_and_a_configuration_and_the_next_one_makes_none(self):
        pools = self.pools()
        self.assertEqual(set(pools), {"default-ipv4-ippool", "default-ipv6-ippool"})
        self.assertEqual(pools["default-ipv4-ippool"], "192.168.0.0/16")
        self.assertRegex(pools["default-ipv6-ippool"], r"^fd[0-9a-f:]+::/48$")
        self.assertRegex(self.node.ctl("get", "ippool", "-o", "wide").stdout, r"192\.168\.0\.0/16 +true +false")
        self.assertIn("default", self.node.ctl("get", "bgpconfig", "--api", "v3").stdout)

        self.node.stop()
        self.node.start()
        self.lab.start(OurNode(self.lab.host("node2", "10.0.0.2/24"), shared_with=self.node, env=self.fresh))
        self.assertEqual(self.pools(), pools)


class WithoutBgp(LabCase):
    label = "node start, a backend without BGP"

    @classmethod
    def build(cls, lab):
        cls.other = lab.start(OurNode(lab.host("node1", "10.0.0.1/24")))
        cls.node = lab.start(OurNode(lab.host("node2", "10.0.0.2/24"), shared_with=cls.other,
                                     env={"CALICO_NETWORKING_BACKEND": "vxlan"}))
        cls.other.apply(block_yaml("node2", "192.168.2.0/26"))

    def test_it_registers_and_answers_but_speaks_no_bgp_and_touches_no_route(self):
        self.assertEqual(bgp_of(self.node)["ipv4Address"], "10.0.0.2/24")
        wait_until("the other node knows it", lambda: self.other.peer("10.0.0.2"))
        self.assertIn("Calico process is running.", self.node.ctl("node", "status").stdout)
        self.assertEqual(self.node.json("node", "status")["peers"], [])
        self.assertNotIn(":179", self.node.host.run("ss", "-ltn").stdout)
        self.assertEqual(self.node.host.routes(), {})
        self.assertEqual(self.node.stop(), 0)
        self.node.start()


class Waits(LabCase):
    label = "node start, a datastore that comes later"

    def test_it_waits_for_the_datastore_and_stops_meanwhile_when_told(self):
        first = OurNode(self.lab.host("node1", "10.0.0.1/24"))
        second = OurNode(self.lab.host("node2", "10.0.0.2/24"), shared_with=first, env={"WAIT_FOR_DATASTORE": "true"})
        second.spawn()
        wait_until("it waits", lambda: says(second, "datastore_awaited"))
        self.assertEqual(second.stop(), 0)
        second.spawn()
        wait_until("it waits again", lambda: len(says(second, "datastore_awaited")) == 2)
        self.lab.start(first)
        wait_until("it runs", second.answers)
        wait_until("they are up", lambda: second.is_established("10.0.0.1"), 60)


class Names(LabCase):
    label = "node start, names and levels"

    def test_the_name_is_remembered(self):
        host = self.lab.host("node1", "10.0.0.1/24")
        file = host.dir / "nodename"
        node = OurNode(host, env={"CALICO_NODENAME_FILE": file})
        node.start()
        self.assertEqual(file.read_text(), "node1")
        node.stop()
        node.args = node.args[2:]  # without --node-name
        node.start()
        self.assertIn("node1", node.ctl("get", "node").stdout)
        self.assertNotIn("no_node_address", node.process.log())
        node.stop()

    def test_the_log_level_is_calicos(self):
        for level, is_said in (("error", False), ("info", True)):
            host = self.lab.host(f"loud-{level}", "10.0.0.3/24")
            node = self.lab.start(OurNode(host, env={"BGP_LOGSEVERITYSCREEN": level, "CALICO_STARTUP_LOGLEVEL": "warning"}))
            node.stop()
            self.assertEqual(bool(says(node, "stopping")), is_said)
            self.lab.remove(host)
