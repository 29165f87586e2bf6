"""The rack that tools/demo shows and the tests measure.

    node1 node2 node3   three of our nodes, full mesh, one embedded store (node1's), a block and a workload each
    tor                 FRR as the top-of-rack switch, AS 65000, announces what lies beyond the rack
    rr                  BIRD 2 as route reflector, in the nodes' AS
"""
from .bird import Bird2
from .frr import Frr
from .node import OurNode, block_yaml, peer_yaml, pool_yaml
from .speaker import Neighbor
from .wait import wait_until

TOR_AS = 65000
TOR, RR = "172.17.8.2", "172.17.8.3"
BEYOND = ("203.0.113.0/24", "2001:db8:beef::/48")
POOLS = ("192.168.0.0/16", "fd00:10::/48")


class Rack:
    def __init__(self, lab, node_as=64512):
        self.lab, self.node_as = lab, node_as
        self.nodes, self.workloads = [], []
        for n in (1, 2, 3):
            host = lab.host(f"node{n}", f"{self.node_address(n)}/24", f"{self.node_address(n, 6)}/64")
            self.nodes.append(lab.start(OurNode(host, shared_with=self.nodes[0] if self.nodes else None)))
        self.tor = lab.start(Frr(lab.host("tor", f"{TOR}/24", "fd00:8::2/64"), TOR_AS,
                                 [Neighbor(self.node_address(n, v), node_as) for n in (1, 2, 3) for v in (4, 6)], BEYOND))
        self.rr = lab.start(Bird2(lab.host("rr", f"{RR}/24", "fd00:8::3/64"), node_as,
                                  [Neighbor(self.node_address(n), node_as, is_client=True) for n in (1, 2, 3)]))

    @staticmethod
    def node_address(n, version=4):
        return f"172.17.8.{100 + n}" if version == 4 else f"fd00:8::{100 + n}"

    @staticmethod
    def block(n, version=4):
        return f"192.168.{n}.0/26" if version == 4 else f"fd00:10:0:{n}::/122"

    @staticmethod
    def workload_address(n, version=4):
        return f"192.168.{n}.2" if version == 4 else f"fd00:10:0:{n}::2"

    def add_blocks(self):
        """What Calico's IPAM would write: the pools, and a block for each node."""
        blocks = [block_yaml(f"node{n}", self.block(n, v)) for n in (1, 2, 3) for v in (4, 6)]
        self.nodes[0].apply(*map(pool_yaml, POOLS), *blocks)

    def add_workloads(self):
        for n, node in enumerate(self.nodes, 1):
            addresses = [self.workload_address(n) + "/32", self.workload_address(n, 6) + "/128"]
            self.workloads.append(self.lab.workload(node.host, f"w{n}", *addresses))

    def peers(self):
        """The global peers of the rack, for calicoctl."""
        return [peer_yaml(TOR, TOR_AS), peer_yaml("fd00:8::2", TOR_AS), peer_yaml(RR, self.node_as)]

    def mesh_is_up(self):
        return all(node.is_established(self.node_address(n, v)) for i, node in enumerate(self.nodes, 1)
                   for n in (1, 2, 3) if n != i for v in (4, 6))

    def all_established(self, *addresses):
        return all(node.is_established(a) for node in self.nodes for a in addresses)

    def wait_for_routes(self, n, prefix, via, version=4):
        host = self.nodes[n - 1].host
        wait_until(f"node{n}'s kernel has {prefix} via {via}", lambda: via in host.routes(version).get(prefix, []))

    def ping(self, n, m, version=4):
        """From node n's workload to node m's; the real output. One echo is enough: nothing here may be lost."""
        return self.workloads[n - 1].run("ping", "-c", "3", "-i", "0.2", "-W", "2", self.workload_address(m, version),
                                         check=False)
