"""What Calico's users suffer from with confd and BIRD, by the numbers of their issues, and what happens here instead.

The table in tests/README.md has all of them; those that no other file tests are here.
"""
import os
import time

from lab import (Bird2, Frr, LabCase, Monitor, Neighbor, OurNode, bin_dir, block_yaml, mesh_yaml, peer3_yaml, pool_yaml,
                 wait_until)
from lab.bird import UNPACKED
from lab.scripted import ScriptedPeer
from lab.updates import as_path, next_hop, origin, update

AS, POOL = 64512, "192.168.0.0/16"


def address_of(n):
    return f"10.0.0.{n}"


def block_of(n):
    return f"192.168.{n}.0/26"


def cpu_s(node):
    """Processor time of all of the agent's threads so far."""
    tasks = f"/proc/{node.process.pid}/task"
    return sum(int(open(f"{tasks}/{task}/schedstat").read().split()[0]) for task in os.listdir(tasks)) / 1e9


class _Mesh(LabCase):
    """Nodes of a mesh with one store, that of node1, and a block each."""
    node_args = ()

    @classmethod
    def build(cls, lab):
        cls.nodes = []
        for n in (1, 2, 3):
            cls.add_node(n)
        cls.nodes[0].apply(pool_yaml(POOL), *(block_yaml(f"node{n}", block_of(n)) for n in (1, 2, 3)))

    @classmethod
    def add_node(cls, n):
        host = cls.lab.host(f"node{n}", address_of(n) + "/24")
        cls.nodes.append(cls.lab.start(OurNode(host, AS, cls.nodes[0] if cls.nodes else None, cls.node_args)))

    @classmethod
    def expected(cls, n):
        return {block_of(m): ["blackhole"] if m == n else [address_of(m)] for m in range(1, len(cls.nodes) + 1)}

    def wait_for_routes(self, *numbers):
        for n in numbers or range(1, len(self.nodes) + 1):
            wait_until(f"node{n} has every block", lambda: self.nodes[n - 1].host.routes() == self.expected(n), 60)

    def setUp(self):
        self.wait_for_routes()


class Newcomer(_Mesh):
    label = "users: a node joins"

    def test_it_is_a_peer_of_all_without_a_restart(self):
        """#1420, #4248, #12938, #6909: nodes reject a new one until they are restarted or told HUP."""
        flaps = [node.peer(address_of(1)).get("flaps") for node in self.nodes]
        self.add_node(4)
        self.nodes[0].apply(block_yaml("node4", block_of(4)))
        self.wait_for_routes()
        self.assertEqual([node.process.exit_code() for node in self.nodes], [None] * 4)
        self.assertEqual([node.peer(address_of(1)).get("flaps") for node in self.nodes[:3]], flaps)


class Mesh(_Mesh):
    label = "users: a mesh whose nodes restart"

    def test_restarts_within_the_mesh_are_seen_by_no_kernel(self):
        """#1423, felix #1592, node PR #79: routes flap on the others when calico-node restarts; worse when it does so twice."""
        monitors = [Monitor(node.host) for node in self.nodes]
        for again in (1, 2):
            for end in (self.nodes[1].kill, self.nodes[1].stop):
                end()
                self.nodes[1].start()
                wait_until("it is back", lambda: all(self.nodes[1].is_established(address_of(n)) for n in (1, 3)), 60)
        self.nodes[0].apply(block_yaml("node2", "192.168.99.0/26"))
        for n in (1, 3):
            wait_until(f"node{n} hears it", lambda: "192.168.99.0/26" in self.nodes[n - 1].host.routes())
        self.nodes[0].delete(block_yaml("node2", "192.168.99.0/26"))
        self.wait_for_routes()
        self.assertEqual([m.changes(*(block_of(n)[:-3] for n in (1, 2, 3))) for m in monitors], [[], [], []])

    def test_a_dead_node_keeps_nobody_waiting_and_routes_are_back_at_once(self):
        """#2211, calicoctl #2277, #5262: after a start nothing moves until the graceful restart of all is over, 120 s or more."""
        one, two, three = self.nodes
        three.kill()
        wait_until("node1 waits for it", lambda: not one.is_established(address_of(3)))
        two.kill()
        for prefix in self.expected(2):
            two.host.ip("route", "del", prefix)  # as after a boot
        begin = time.monotonic()
        two.start()
        wait_until("node2 has node1's block", lambda: two.host.routes().get(block_of(1)) == [address_of(1)], 30)
        # Its End-of-RIB, at which node1 forgets what node2 does not say any more, waits 5 s for a peer that is away.
        wait_until("and has said End-of-RIB", lambda: one.is_established(address_of(2))
                   and not one.detail(address_of(2))["staleRoutes"], 30)
        self.assertLess(time.monotonic() - begin, 30)
        three.start()
        self.wait_for_routes()


class MeshPassword(_Mesh):
    label = "users: a mesh with a password"

    @classmethod
    def build(cls, lab):
        cls.secrets = lab.dir / "secrets"
        (cls.secrets / "bgp").mkdir(parents=True)
        (cls.secrets / "bgp" / "mesh").write_text("one")
        cls.node_args = ["--secrets-dir", cls.secrets]
        super().build(lab)

    def wait_for_reset(self, change):
        since = [node.peer(address_of(1))["since"] for node in self.nodes[1:]]
        change()
        wait_until("all sessions began again", lambda: all(
            node.is_established(address_of(1)) and node.peer(address_of(1))["since"] != before
            for node, before in zip(self.nodes[1:], since)), 60)

    def test_it_comes_changes_and_goes(self):
        """#5461, PR #5609: the mesh had neither a password nor a restart time."""
        ref = {"secretKeyRef": {"name": "bgp", "key": "mesh"}}
        self.wait_for_reset(lambda: self.nodes[0].apply(mesh_yaml(True, nodeMeshPassword=ref, nodeMeshMaxRestartTime="77s")))
        self.wait_for_routes()
        self.assertIn("77 s", str(self.nodes[1].detail(address_of(1))["capabilities"]["ours"]))
        self.wait_for_reset(lambda: (self.secrets / "bgp" / "mesh").write_text("two"))
        self.wait_for_reset(lambda: self.nodes[0].apply(mesh_yaml(True)))
        self.wait_for_routes()


class FastTimers(LabCase):
    """#7086: with keepalives of 1 s and a hold time of 3 s BIRD misses them while it scans."""

    label = "users: timers of 1 s and 3 s under load"
    alone = True  # it makes the machine busy
    OURS, FRR, FEEDER, ROUTES = address_of(1), address_of(2), address_of(3), 60_000

    @classmethod
    def build(cls, lab):
        cls.node = lab.start(OurNode(lab.host("node1", cls.OURS + "/24"), AS))
        cls.frr = lab.start(Frr(lab.host("frr", cls.FRR + "/24"), 65001, [Neighbor(cls.OURS, AS)], ["203.0.113.0/24"], hold_s=3))
        cls.node.apply(pool_yaml("20.0.0.0/7"), peer3_yaml("frr", cls.FRR, 65001, {"hold-time": "3s"}, keepaliveTime="1s"),
                       peer3_yaml("feeder", cls.FEEDER, 65003))
        cls.feeder_host = lab.host("feeder", cls.FEEDER + "/24")

    def test_no_session_falls_while_a_table_comes_and_goes_on_a_busy_machine(self):
        wait_until("Established", lambda: self.node.is_established(self.FRR) and self.frr.is_established(self.OURS), 60)
        flaps = self.node.peer(self.FRR)["flaps"]
        busy = [self.node.host.spawn(f"busy{n}", "/usr/bin/python3", "-c", "while True: pass") for n in range(2 * os.cpu_count())]
        begin = time.monotonic()
        while time.monotonic() - begin < 7:  # more than two hold times
            feeder = ScriptedPeer(self.feeder_host, self.FEEDER, self.OURS, 65003).establish()
            for n in range(0, self.ROUTES, 60):
                prefixes = [f"20.{m >> 8}.{m & 255}.0/24" for m in range(n, n + 60)]
                feeder.send(update(prefixes, origin(0), as_path(65003, 100_000 + n), next_hop(self.FEEDER)))
            wait_until("all routes are passed on", lambda: self.node.peer(self.FRR)["prefixes"]["advertised"] >= self.ROUTES, 120)
            feeder.close()
            wait_until("all routes are gone", lambda: self.node.peer(self.FRR)["prefixes"]["advertised"] < 10, 120)
        for process in busy:
            process.kill()
        self.assertEqual(self.node.peer(self.FRR)["flaps"], flaps)
        self.assertEqual(self.node.detail(self.FRR)["timers"]["holdTimeNegotiated"], 3)


class PodChurn(LabCase):
    """bird #77, #95, #5942: each scan and each interface that came and went cost BIRD more, up to 100 % of a processor and a
    minute for `show protocols`; #2992: the readiness probe gave up on the socket after 2 s."""

    label = "users: pods that come and go"
    alone = True  # it measures
    ROUTES, INTERFACES, ANSWER_S = 2000, 200, 2.0
    LIMIT_S = 10.0 if "/dev/" in f"{bin_dir()}/" else 1.0  # a sanitizer's time is another

    @classmethod
    def build(cls, lab):
        cls.node = lab.start(OurNode(lab.host("node1", address_of(1) + "/24"), AS))
        cls.peer = lab.start(Bird2(lab.host("peer", address_of(2) + "/24"), 65001, [Neighbor(address_of(1), AS)]))
        cls.node.apply(pool_yaml(POOL), block_yaml("node1", block_of(1)), peer3_yaml("peer", address_of(2), 65001))
        wait_until("the block is told", lambda: block_of(1) in cls.peer.routes(), 60)

    def batch(self, lines):
        self.node.host.run("ip", "-batch", "-", stdin="\n".join(lines) + "\n")

    def answer_s(self):
        """How long the longest answer takes on the two sockets."""
        begin = time.monotonic()
        self.node.call("node.status")
        shown = self.node.host.run(UNPACKED / "birdc", "-s", self.node.run_dir / "bird.ctl", "show", "protocols").stdout
        self.assertIn("Established", shown)
        return time.monotonic() - begin

    def test_a_thousand_pods_cost_little_and_nothing_stays(self):
        self.batch(["link add cali0 type veth peer name pod0", "link set cali0 up", "link set pod0 up"])
        pods = [f"192.168.{100 + n // 250}.{n % 250 + 1}/32" for n in range(self.ROUTES // 2)]
        used, slowest = cpu_s(self.node), 0.0
        self.batch([f"route add {pod} dev cali0" for pod in pods])
        wait_until("they are told", lambda: len(self.peer.routes()) >= len(pods))
        slowest = max(slowest, self.answer_s())
        self.batch([f"route del {pod} dev cali0" for pod in pods])
        wait_until("they are gone", lambda: len(self.peer.routes()) == 1)
        for _ in range(2):
            self.batch([f"link add caliX{n} type veth peer name podX{n}" for n in range(self.INTERFACES)])
            slowest = max(slowest, self.answer_s())
            self.batch([f"link del caliX{n}" for n in range(self.INTERFACES)])
        self.batch([f"route add {pods[0]} dev cali0"])
        wait_until("what came last is told", lambda: pods[0] in self.peer.routes())
        used = cpu_s(self.node) - used
        print(f"measured: {self.ROUTES} route and {self.INTERFACES * 8} interface changes: {used:.2f} s of processor, "
              f"slowest answer {slowest:.2f} s")
        self.assertLess(used, self.LIMIT_S)
        self.assertLess(slowest, self.ANSWER_S)
        self.assertEqual(self.node.peer(address_of(2))["flaps"], 0)


class Underlay(LabCase):
    """bird #90, #8938: an underlay with two paths to every node. The nodes' addresses are on lo, as in a fabric of routers."""

    label = "users: two paths in the underlay"
    NODES = {1: "10.9.9.1", 2: "10.9.9.2"}

    @classmethod
    def build(cls, lab):
        cls.nodes, cls.pods = [], []
        for n, other in ((1, 2), (2, 1)):
            host = lab.host(f"node{n}", f"10.1.0.{n}/24", f"10.2.0.{n}/24")
            host.ip("address", "add", cls.NODES[n] + "/32", "dev", "lo")
            host.ip("route", "add", cls.NODES[other] + "/32", "src", cls.NODES[n], "proto", "static",
                    "nexthop", "via", f"10.1.0.{other}", "dev", "eth0", "nexthop", "via", f"10.2.0.{other}", "dev", "eth0")
            node = OurNode(host, AS, cls.nodes[0] if cls.nodes else None)
            node.args[node.args.index("--ip") + 1] = cls.NODES[n]
            cls.nodes.append(lab.start(node))
        cls.nodes[0].apply(pool_yaml(POOL), *(block_yaml(f"node{n}", block_of(n)) for n in cls.NODES))
        cls.pods = [lab.workload(node.host, f"w{n}", f"192.168.{n}.2/32") for n, node in enumerate(cls.nodes, 1)]

    def test_a_block_goes_over_both_and_over_one_when_the_other_is_gone(self):
        one = self.nodes[0].host
        both = ["10.1.0.2", "10.2.0.2"]
        wait_until("both legs", lambda: sorted(one.routes().get(block_of(2), [])) == both, 60)
        self.assertIn(" 0% packet loss", self.pods[0].run("ping", "-c", "3", "-i", "0.2", "192.168.2.2").stdout)
        one.ip("route", "replace", self.NODES[2] + "/32", "src", self.NODES[1], "proto", "static", "via", both[1], "dev", "eth0")
        wait_until("one leg", lambda: one.routes().get(block_of(2)) == both[1:])
        rows = self.nodes[0].ctl("node", "status").stdout
        self.assertRegex(rows, r"10\.9\.9\.2 +\| node-to-node mesh \| up ")
        self.assertEqual(self.nodes[0].peer(self.NODES[2])["flaps"], 0)


class SecondaryAddress(LabCase):
    """#8739: when a secondary address is removed BIRD 1.6.8 forgets the connected route of the first."""

    label = "users: a secondary address goes"
    FAR = "203.0.113.0/24"

    @classmethod
    def build(cls, lab):
        cls.node = lab.start(OurNode(lab.host("node1", address_of(1) + "/24", "10.0.0.51/24", "10.0.1.1/24"), AS))
        cls.frr = lab.start(Frr(lab.host("frr", address_of(2) + "/24"), 65001, [Neighbor(address_of(1), AS)], [cls.FAR]))
        cls.node.apply(peer3_yaml("frr", address_of(2), 65001))

    def test_routes_over_the_subnet_stay(self):
        host = self.node.host
        wait_until("the route is there", lambda: host.routes() == {self.FAR: [address_of(2)]}, 60)
        monitor = Monitor(host)
        host.ip("address", "del", "10.0.0.51/24", "dev", "eth0")
        host.ip("address", "del", "10.0.1.1/24", "dev", "eth0")
        self.frr.announce("198.51.100.0/24")  # comes after the agent saw that
        wait_until("another route comes", lambda: host.routes().get("198.51.100.0/24") == [address_of(2)])
        self.assertEqual(monitor.changes(self.FAR[:-3]), [])
        self.assertEqual(self.node.peer(address_of(2))["flaps"], 0)


class PortTaken(LabCase):
    """#4974, #4830, #3086, #7893: who else has port 179 is nowhere said but as "Error: No listening socket"."""

    label = "users: port 179 is taken"

    def test_it_says_so_and_what_to_do(self):
        host = self.lab.host("node1", address_of(1) + "/24")
        Bird2(host, 65001, [Neighbor(address_of(9), AS)]).start()
        wait_until("BIRD listens", lambda: host.run("ss", "-Hltn", "sport = 179").stdout)
        node = OurNode(host, AS)
        node.spawn()
        wait_until("the agent gives up", lambda: node.process.exit_code() is not None)
        self.assertIn("cannot listen on TCP port 179", node.process.log())
        self.assertIn("another BGP daemon may be running", node.process.log())
