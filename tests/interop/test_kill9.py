"""kill -9 of the agent: the kernel keeps forwarding, and the return changes nothing in it."""
from lab import Bird2, LabCase, Neighbor, OurNode, block_yaml, peer_yaml, pool_yaml, wait_until

FOREIGN = [f"203.0.113.{n * 8}/29" for n in range(32)]
BLOCK, MARKER, STALE = "192.168.1.0/26", "198.51.100.0/24", FOREIGN[7]


class KillNine(LabCase):
    label = "kill9"

    def setUp(self):
        self.node = self.lab.start(OurNode(self.lab.host("node1", "10.0.0.1/24")))
        self.peer = self.lab.start(Bird2(self.lab.host("peer", "10.0.0.2/24"), 65001, [Neighbor("10.0.0.1", 64512)],
                                         FOREIGN))
        self.node.apply(pool_yaml("192.168.0.0/16"), block_yaml("node1", BLOCK), peer_yaml("10.0.0.2", 65001))
        self.expected = {BLOCK: ["blackhole"], **{prefix: ["10.0.0.2"] for prefix in FOREIGN}}
        self.wait_for_kernel(self.expected)
        self.monitor = self.node.host.spawn("monitor", "ip", "-4", "monitor", "route")

    def tearDown(self):
        self.lab.remove(self.node.host)
        self.lab.remove(self.peer.host)

    def wait_for_kernel(self, expected):
        wait_until("the kernel's routes are as expected", lambda: self.node.host.routes() == expected, 60)

    def kernel_changes_until_marker(self):
        """Lines of `ip monitor route`, up to the marker route, which the peer announces when the return is complete."""
        self.peer.announce(MARKER)
        wait_until("the marker is in the kernel", lambda: MARKER in self.node.host.routes(), 60)
        wait_until("the monitor saw it", lambda: MARKER in self.monitor.log())
        return [line for line in self.monitor.log().splitlines() if not line.startswith(MARKER)]

    def wait_until_monitoring(self):
        """The monitor says nothing when it is ready, so tell it something until it repeats it."""
        def is_heard():
            self.node.host.ip("route", "replace", "blackhole", "198.18.0.0/32", "proto", "static")
            self.node.host.ip("route", "del", "blackhole", "198.18.0.0/32", "proto", "static")
            return "Deleted blackhole 198.18.0.0" in self.monitor.log()
        wait_until("ip monitor listens", is_heard)

    def test_the_kernel_sees_nothing_of_a_kill_and_a_restart(self):
        self.wait_until_monitoring()
        self.node.kill()
        self.assertEqual(self.node.host.routes(), self.expected)
        self.node.start()
        wait_until("the session is back, from the stored configuration", lambda: self.node.is_established("10.0.0.2"), 60)
        changes = [line for line in self.kernel_changes_until_marker() if "198.18.0.0" not in line]
        self.assertEqual(changes, [])
        self.assertEqual(self.node.host.routes(), {**self.expected, MARKER: ["10.0.0.2"]})

    def test_only_what_went_away_meanwhile_is_removed(self):
        self.wait_until_monitoring()
        self.node.kill()
        self.peer.withdraw(STALE)
        self.node.start()
        del self.expected[STALE]
        self.wait_for_kernel(self.expected)
        changes = [line for line in self.kernel_changes_until_marker() if "198.18.0.0" not in line]
        self.assertEqual([line.split()[:2] for line in changes], [["Deleted", STALE]])

    def test_a_route_that_is_not_ours_is_never_touched(self):
        self.node.host.ip("route", "add", "192.0.2.0/24", "via", "10.0.0.9", "proto", "static")
        self.node.kill()
        self.node.start()
        self.wait_until_monitoring()
        self.kernel_changes_until_marker()
        self.assertEqual(self.node.host.routes(protocol="static"), {"192.0.2.0/24": ["10.0.0.9"]})

    def test_sigterm_leaves_the_routes_and_stops_within_two_seconds(self):
        self.assertEqual(self.node.process.stop(deadline_s=2.0), 0)
        self.assertEqual(self.node.host.routes(), self.expected)
