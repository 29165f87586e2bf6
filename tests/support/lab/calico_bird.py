"""BIRD 1.6 as calico/node runs it, bird and bird6: the configuration that upstream's templates render, said in our words.

What Calico's fork adds (tunnels) is left out. `metric`: since v3.32 upstream gives learned routes one in the kernel.
"""
from .bird import Bird1
from .network import family


class CalicoBird(Bird1):
    name = "calico's bird1.6"
    args = ("-R",)  # as its service has it: back from a graceful restart

    def __init__(self, host, asn, neighbors, blocks=(), pools=(), metric=None):
        super().__init__(host, asn, neighbors)
        self.blocks, self.pools, self.metric = list(blocks), list(pools), metric

    def config(self, version):
        def of_family(prefixes):
            return [p for p in prefixes if family(p) == version]
        peers = [self.session(n, peer, "") for n, peer in enumerate(self.neighbors) if family(peer.address) == version]
        return "\n".join([f"log stderr all;\nrouter id {self.local(4)};", *self.kernel(of_family(self.blocks)),
                          *self.export(of_family(self.blocks), of_family(self.pools)), *peers])

    def kernel(self, blocks):
        metric = f"if source = RTS_BGP then krt_metric = {self.metric};" if self.metric else ""
        yield f"filter to_kernel {{ {metric} accept; }}"
        yield ("protocol kernel { learn; persist; scan time 2; import all; export filter to_kernel; graceful restart; "
               "merge paths on; }")
        yield 'protocol device { scan time 2; }\nprotocol direct { interface -"cali*", "*"; }'
        yield "protocol static { " + " ".join(f"route {block} blackhole;" for block in blocks) + " }"

    def export(self, blocks, pools):
        """Own blocks stand for what is inside them; what else lies in a pool may go, the rest stays."""
        own = [f"if net = {b} then accept; if net ~ {b} then reject;" for b in blocks]
        inside = [f"if net ~ {pool} then accept;" for pool in pools]
        yield "filter to_peers { " + " ".join([*own, *inside, "reject;"]) + " }"

    def session(self, number, neighbor, _):
        own = self.local(family(neighbor.address))
        passive = "passive on;" if neighbor.address > own else ""  # of two nodes the greater text dials
        return (f"protocol bgp p{number} {{ local as {self.asn}; neighbor {neighbor.address} as {neighbor.asn}; multihop; "
                f"source address {own}; gateway recursive; add paths on; graceful restart; connect delay time 2; "
                f"connect retry time 5; error wait time 5, 30; import all; export filter to_peers; {passive} }}")
