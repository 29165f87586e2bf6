"""Graceful restart (RFC 4724) in both roles: nobody's forwarding notices that a daemon was killed, stopped, and came back."""
from lab import Bird1, Bird2, Frr, GoBgp, LabCase, Monitor, Neighbor, OurNode, block_yaml, peer3_yaml, pool_yaml, wait_until

NODE_AS, PEER_AS = 64512, 65001
OURS, THEIRS = "10.0.0.1", "10.0.0.2"
POOL, BLOCK, OTHER_BLOCK = "192.168.0.0/16", "192.168.1.0/26", "192.168.2.0/26"
KEPT, GONE = "203.0.113.0/24", "198.51.100.0/24"


class _Restarts(LabCase):
    daemon = None
    options = {}
    restart_args = ()  # of the daemon when it comes back
    has_fib = True     # the daemon's routes go to its kernel

    def setUp(self):
        self.node = self.lab.start(OurNode(self.lab.host("node1", OURS + "/24"), asn=NODE_AS))
        self.peer = self.daemon(self.lab.host("peer", THEIRS + "/24"), PEER_AS, [Neighbor(OURS, NODE_AS)], [KEPT, GONE],
                                **self.options)
        self.prepare()
        self.lab.start(self.peer)
        self.node.apply(pool_yaml(POOL), block_yaml("node1", BLOCK), block_yaml("node1", OTHER_BLOCK),
                        peer3_yaml("peer", THEIRS, PEER_AS))
        self.wait_for_both()

    def tearDown(self):
        self.lab.remove(self.node.host)
        self.lab.remove(self.peer.host)

    def prepare(self):
        pass

    def wait_for_both(self):
        wait_until("Established", lambda: self.node.is_established(THEIRS) and self.peer.is_established(OURS), 60)
        wait_until("we have theirs, the kernel too", lambda: {KEPT, GONE} <= set(self.node.host.routes()), 60)
        wait_until("it has ours", lambda: {BLOCK, OTHER_BLOCK} <= set(self.peer.routes()), 60)
        if self.has_fib:
            wait_until("its kernel has ours", lambda: {BLOCK, OTHER_BLOCK} <= set(
                self.peer.host.routes(protocol=self.peer.kernel_protocol)), 60)

    def stale(self):
        return (self.node.detail(THEIRS)["staleRoutes"] or {}).get("routes", 0)

    def test_the_peer_dies_and_returns_with_one_route_less(self):
        monitor = Monitor(self.node.host)
        self.peer.kill()
        wait_until("we see it", lambda: self.node.peer(THEIRS)["state"] != "up")
        self.assertGreaterEqual(self.stale(), 2)  # FRR tells us our own blocks as well
        self.assertLessEqual({KEPT, GONE}, set(self.node.host.routes()))
        self.assertEqual(monitor.changes(KEPT[:-3], GONE[:-3]), [])
        self.peer.announced.remove(GONE)
        self.peer.args = self.restart_args
        self.peer.start()
        wait_until("what it no longer says is gone", lambda: GONE not in self.node.host.routes(), 90)
        self.assertTrue(self.node.is_established(THEIRS))
        self.assertEqual(self.stale(), 0)
        self.assertEqual(monitor.changes(KEPT[:-3]), [])

    def check_that_ours_stay(self, end):
        monitor = Monitor(self.peer.host)
        for _ in range(2):  # twice within the restart time
            end()
            wait_until("it sees that we are gone", lambda: not self.peer.is_established(OURS), 30)
            self.assertLessEqual({BLOCK, OTHER_BLOCK}, set(self.peer.routes()))
            self.node.start()
            wait_until("we are back", lambda: self.node.is_established(THEIRS) and self.peer.is_established(OURS), 60)
        self.node.delete(block_yaml("node1", OTHER_BLOCK))
        wait_until("it hears us", lambda: OTHER_BLOCK not in self.peer.routes(), 60)
        self.assertIn(BLOCK, self.peer.routes())
        if self.has_fib:
            self.assertEqual(monitor.changes(BLOCK[:-3]), [])

    def test_our_agent_is_killed_and_returns(self):
        self.check_that_ours_stay(self.node.kill)

    def test_our_agent_is_stopped_and_returns_as_for_an_upgrade(self):
        def stop():
            self.assertEqual(self.node.process.stop(deadline_s=2.0), 0)
        self.check_that_ours_stay(stop)


class FrrRestarts(_Restarts):
    label = "graceful restart, FRR"
    daemon = Frr
    options = {"lines": ["bgp graceful-restart", "bgp graceful-restart preserve-fw-state",
                         "bgp graceful-restart select-defer-time 10"]}


class Bird2Restarts(_Restarts):
    label = "graceful restart, bird2"
    daemon = Bird2
    options = {"lines": ["protocol kernel { ipv4 { export all; }; }"], "session_lines": ["graceful restart on;"]}
    restart_args = ("-R",)


class Bird1Restarts(_Restarts):
    label = "graceful restart, bird1.6"
    daemon = Bird1
    options = {"lines": ["protocol kernel { export all; }"], "session_lines": ["graceful restart on;"]}
    restart_args = ("-R",)


class GoBgpRestarts(_Restarts):
    label = "graceful restart, gobgp"
    daemon = GoBgp
    restart_args = ("-r",)
    has_fib = False

    def prepare(self):
        self.peer.restart = {"enabled": True, "restart-time": 120, "notification-enabled": True}
