"""Multipath into a real kernel: three neighbours say one prefix; traffic goes over all of them, or as many as the
configuration allows; a neighbour that goes takes its leg alone; bandwidths become weights."""
import json
import re

from lab import Bird1, Bird2, Frr, LabCase, Neighbor, OurNode, peer3_yaml, wait_until

OURS, AS_OURS = "10.10.0.1", 64512
PREFIX, TARGET = "10.51.0.0/24", "10.51.0.1"
PEERS = {Frr: ("10.10.0.2", 65001), Bird2: ("10.10.0.3", 65002), Bird1: ("10.10.0.4", 65003)}
# 1 Gbit/s and 500 Mbit/s in octets a second, as IEEE floats, in the community of draft-ietf-idr-link-bandwidth: the transitive
# form, since BIRD keeps the other within its AS.
FRR_BANDWIDTH = ["neighbor {peer} route-map bandwidth out"]
BIRD_BANDWIDTH = ["import all; export filter { bgp_ext_community.add((generic, 0x0004fdea, 0x4c6e6b28)); accept; };"]


class FrrWithBandwidth(Frr):
    def config(self):
        return "route-map bandwidth permit 10\n set extcommunity bandwidth 1000\nexit\n" + super().config()


def multipath_yaml(**annotations):
    return "---\n" + json.dumps({
        "apiVersion": "projectcalico.org/v3", "kind": "BGPConfiguration",
        "metadata": {"name": "default", "annotations": {f"calico-bgp/{k.replace('_', '-')}": v for k, v in annotations.items()}},
        "spec": {}}) + "\n"


class MultipathCase(LabCase):
    @classmethod
    def start_all(cls, lab, kinds):
        cls.node = OurNode(lab.host("ours", OURS + "/24"), AS_OURS)
        cls.peers = {}
        for kind, (address, asn), options in kinds:
            host = lab.host(f"peer{asn}", address + "/24")
            host.ip("addr", "add", TARGET + "/32", "dev", "lo")
            cls.peers[address] = lab.start(kind(host, asn, [Neighbor(OURS, AS_OURS)], [PREFIX], **options))
        cls.node.start()
        cls.node.apply(*(peer3_yaml(f"peer{asn}", address, asn) for _, (address, asn), _ in kinds))

    def legs(self):
        """{gateway: weight} of the kernel's route."""
        text = self.node.host.run("ip", "route", "show", PREFIX).stdout
        return {gateway: int(weight or 1) for gateway, weight in
                re.findall(r"via (\S+) dev \S+(?: weight (\d+))?", text)}

    def wait_legs(self, expected):
        wait_until(f"legs {expected}", lambda: self.legs() == expected)

    def ping(self):
        done = self.node.host.run("ping", "-c", "1", "-W", "2", TARGET, check=False)
        self.assertEqual(done.returncode, 0, done.stdout)


class Multipath(MultipathCase):
    @classmethod
    def build(cls, lab):
        cls.start_all(lab, [(kind, peer, {}) for kind, peer in PEERS.items()])

    def test_all_neighbours_carry_traffic_and_each_goes_alone(self):
        three = {address: 1 for address, _ in PEERS.values()}
        self.wait_legs(three)
        self.ping()
        self.node.apply(multipath_yaml(multipath="2"))
        wait_until("two legs", lambda: len(self.legs()) == 2)
        self.node.apply(multipath_yaml(multipath="1"))
        wait_until("one leg", lambda: len(self.legs()) == 1)
        self.ping()
        self.node.apply(multipath_yaml(multipath="64"))
        self.wait_legs(three)
        address, _ = PEERS[Bird2]
        self.peers[address].withdraw(PREFIX)
        self.wait_legs({a: 1 for a in three if a != address})
        self.ping()
        self.peers[address].announce(PREFIX)
        self.wait_legs(three)
        self.assertTrue(all(self.node.is_established(a) for a in three))


class LinkBandwidth(MultipathCase):
    @classmethod
    def build(cls, lab):
        cls.start_all(lab, [(FrrWithBandwidth, PEERS[Frr], {"family_lines": FRR_BANDWIDTH}),
                            (Bird2, PEERS[Bird2], {"family_lines": BIRD_BANDWIDTH})])

    def test_bandwidths_are_weights(self):
        frr, bird = PEERS[Frr][0], PEERS[Bird2][0]
        self.wait_legs({frr: 2, bird: 1})
        self.ping()
        self.node.apply(multipath_yaml(link_bandwidth="false"))
        self.wait_legs({frr: 1, bird: 1})


del MultipathCase
