"""IPv4 routes over an IPv6 session with IPv6 next hops (RFC 8950), into the kernel and out to the neighbour."""
from lab import Bird2, Frr, LabCase, Neighbor, OurNode, block_yaml, peer3_yaml, pool_yaml, wait_until

OURS, THEIRS = ("10.10.0.1", "fd0a::1"), ("10.10.0.2", "fd0a::2")
AS_OURS, AS_THEIRS = 64512, 65001
THEIR_PREFIX, TARGET, OUR_BLOCK = "10.52.0.0/24", "10.52.0.1", "10.53.1.0/26"


class ExtendedNextHopCase(LabCase):
    kind = None
    session_lines = ()

    @classmethod
    def build(cls, lab):
        cls.node = OurNode(lab.host("ours", OURS[0] + "/24", OURS[1] + "/64"), AS_OURS)
        host = lab.host("theirs", THEIRS[0] + "/24", THEIRS[1] + "/64")
        host.ip("addr", "add", TARGET + "/32", "dev", "lo")
        cls.peer = lab.start(cls.kind(host, AS_THEIRS, [Neighbor(OURS[1], AS_OURS)], [THEIR_PREFIX],
                                      session_lines=cls.session_lines))
        cls.node.start()
        cls.node.apply(pool_yaml("10.53.0.0/16"), block_yaml("ours", OUR_BLOCK),
                       peer3_yaml("theirs", THEIRS[1], AS_THEIRS, {"extended-next-hop": "true"}))

    def kernel(self):
        return self.node.host.run("ip", "route", "show", THEIR_PREFIX).stdout

    def test_ipv4_routes_go_both_ways_with_ipv6_next_hops(self):
        wait_until("the kernel has their route", lambda: f"via inet6 {THEIRS[1]} dev eth0" in self.kernel())
        flaps = self.node.peer(THEIRS[1])["flaps"]  # a collision at the start is one
        done = self.node.host.run("ping", "-c", "1", "-W", "2", TARGET, check=False)
        self.assertEqual(done.returncode, 0, done.stdout)
        wait_until("they have our block",
                   lambda: (route := self.peer.routes(4).get(OUR_BLOCK)) and route.next_hop == OURS[1])
        self.peer.withdraw(THEIR_PREFIX)
        wait_until("the kernel's route is gone", lambda: not self.kernel())
        self.peer.announce(THEIR_PREFIX)
        wait_until("it is back", lambda: f"via inet6 {THEIRS[1]}" in self.kernel())
        self.assertEqual(self.node.peer(THEIRS[1])["flaps"], flaps)


class FrrExtendedNextHop(ExtendedNextHopCase):
    kind = Frr
    session_lines = ["neighbor {peer} capability extended-nexthop",
                     "address-family ipv4 unicast\n  neighbor {peer} activate\n exit-address-family"]


class Bird2ExtendedNextHop(ExtendedNextHopCase):
    kind = Bird2
    session_lines = ["ipv4 { import all; export all; extended next hop on; };"]


del ExtendedNextHopCase
