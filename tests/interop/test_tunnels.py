"""IP pools with tunnels: which way their routes go into a real kernel, and whether traffic flows there.

Kernels under test need not have IPIP: a VXLAN device named tunl0, with the neighbours and forwarding entries that IPIP has no
need of, stands in for it. To a routing table the two are alike. Felix is played: its VXLAN device and its routes (protocol 80)
are made as it makes them.
"""
import json
import os
import re
import signal

from lab import Frr, LabCase, Neighbor, OurNode, block_yaml, peer_yaml, wait_until

AS, TOR_AS = 64512, 65000
NODES = {"n1": "10.10.0.1", "n2": "10.20.0.2", "n3": "10.10.0.3"}  # n1 and n3 in one subnet, n2 behind a router
BLOCKS = {"n1": "192.168.1.0/26", "n2": "192.168.2.0/26", "n3": "192.168.3.0/26"}
PODS = {"n1": "192.168.1.2", "n2": "192.168.2.2", "n3": "192.168.3.2"}


def resource(kind, name, spec):
    return "---\n" + json.dumps({"apiVersion": "projectcalico.org/v3", "kind": kind, "metadata": {"name": name}, "spec": spec}) + "\n"


def pool(**spec):
    return resource("IPPool", "pool", {"cidr": "192.168.0.0/16", **spec})


def node_resource(name, **spec):
    bgp = {"ipv4Address": NODES[name] + "/24", "ipv4IPIPTunnelAddr": PODS[name][:-1] + "1"}
    return resource("Node", name, {"bgp": bgp, **spec})


def mac(name):
    return f"02:00:00:00:00:0{name[-1]}"


def add_overlay(host, device, ends):
    """A VXLAN device; `ends`: the address on it that leads to each other node, {name: address}."""
    host.ip("link", "add", device, "address", mac(host.name), "type", "vxlan", "id", "4096", "dstport", "4789",
            "local", NODES[host.name], "nolearning")
    host.ip("link", "set", device, "up")
    for name, address in ends.items():
        host.ip("neigh", "replace", address, "lladdr", mac(name), "dev", device, "nud", "permanent")
        host.run("bridge", "fdb", "append", mac(name), "dev", device, "dst", NODES[name])


class TunnelCase(LabCase):
    @classmethod
    def start_nodes(cls, lab, *names):
        """Nodes with a block and a workload each, in a mesh that a router joins which knows no workloads."""
        lab.host("router", "10.10.0.254/24", "10.20.0.254/24")
        cls.nodes, cls.pods = {}, {}
        for name in names:
            host = lab.host(name, NODES[name] + "/24")
            host.ip("route", "add", "default", "via", NODES[name].rpartition(".")[0] + ".254")
            first = next(iter(cls.nodes.values()), None)
            cls.nodes[name] = lab.start(OurNode(host, shared_with=first))
            cls.pods[name] = lab.workload(host, "w" + name, PODS[name] + "/32")
        cls.n1 = cls.nodes["n1"]

    @classmethod
    def wait_mesh(cls):
        wait_until("the mesh is up", lambda: all(
            node.is_established(NODES[other]) for name, node in cls.nodes.items() for other in cls.nodes if other != name), 60)

    def route(self, name, prefix):
        return " ".join(self.nodes[name].host.ip("route", "show", prefix, "proto", "bird").split())

    def wait_route(self, name, prefix, expected):
        wait_until(f"{name}: {prefix} {expected}", lambda: self.route(name, prefix) == f"{prefix} {expected}")

    def wait_no_route(self, name, prefix, reason):
        wait_until(f"{name}: no {prefix}, and why", lambda: not self.route(name, prefix)
                   and reason in self.nodes[name].routes().get(prefix, {}).get("reason", ""))

    def wait_ping(self, name, address):
        wait_until(f"{name}'s workload reaches {address}", lambda: self.pods[name].run(
            "ping", "-c", "1", "-W", "1", address, check=False).returncode == 0)

    def lost_while(self, name, address, change):
        """Echoes at 100 a second that are lost while change() runs."""
        ping = self.pods[name].spawn("ping", "ping", "-n", "-i", "0.01", address)
        wait_until("echoes come back", lambda: "bytes from" in ping.log())
        change()
        os.kill(ping.pid, signal.SIGINT)
        wait_until("ping has counted", lambda: ping.exit_code() is not None)
        sent, received = map(int, re.search(r"(\d+) packets transmitted, (\d+) received", ping.log()).groups())
        ping.log_path.unlink()
        return max(0, sent - received - 1)  # one may be on its way when ping ends


class Ipip(TunnelCase):
    label = "tunnels: ipipMode, borrowed addresses, blockSize 32, WireGuard"

    @classmethod
    def build(cls, lab):
        cls.start_nodes(lab, "n1", "n2", "n3")
        for name, node in cls.nodes.items():
            add_overlay(node.host, "tunl0", {other: NODES[other] for other in cls.nodes if other != name})
        cls.n1.apply(pool(ipipMode="CrossSubnet"), *(block_yaml(n, b) for n, b in BLOCKS.items()))
        cls.wait_mesh()

    def setUp(self):
        self.n1.apply(pool(ipipMode="CrossSubnet"))
        self.wait_route("n1", BLOCKS["n2"], "via 10.20.0.2 dev tunl0 onlink")
        self.wait_route("n1", BLOCKS["n3"], "via 10.10.0.3 dev eth0")

    def test_cross_subnet_traffic_goes_through_the_tunnel_and_other_directly(self):
        self.wait_route("n2", BLOCKS["n1"], "via 10.10.0.1 dev tunl0 onlink")
        self.wait_ping("n1", PODS["n2"])
        self.wait_ping("n1", PODS["n3"])

    def test_a_change_of_the_mode_loses_no_packet(self):
        self.wait_ping("n1", PODS["n3"])

        def change():
            self.n1.apply(pool(ipipMode="Always"))
            for a, b in (("n1", "n3"), ("n3", "n1")):
                self.wait_route(a, BLOCKS[b], f"via {NODES[b]} dev tunl0 onlink")
            self.n1.apply(pool(ipipMode="Never"))
            for a, b in (("n1", "n3"), ("n3", "n1")):
                self.wait_route(a, BLOCKS[b], f"via {NODES[b]} dev eth0")
        self.assertEqual(self.lost_while("n1", PODS["n3"], change), 0)
        self.wait_route("n1", BLOCKS["n2"], "via 10.10.0.254 dev eth0")

    def test_without_the_device_the_route_waits_and_says_so(self):
        self.n1.host.ip("link", "set", "tunl0", "down")
        self.wait_no_route("n1", BLOCKS["n2"], "device tunl0 is down")
        self.n1.host.ip("link", "set", "tunl0", "name", "other0")
        self.wait_no_route("n1", BLOCKS["n2"], "device tunl0 does not exist")
        self.n1.host.ip("link", "set", "other0", "name", "tunl0")
        self.n1.host.ip("link", "set", "tunl0", "up")
        self.wait_route("n1", BLOCKS["n2"], "via 10.20.0.2 dev tunl0 onlink")
        for other in ("n2", "n3"):  # they went with the link
            self.n1.host.ip("neigh", "replace", NODES[other], "lladdr", mac(other), "dev", "tunl0", "nud", "permanent")
        self.wait_ping("n1", PODS["n2"])

    def test_program_cluster_routes_hands_the_pool_to_felix_and_back(self):
        pairs = (("n1", "n2"), ("n2", "n1"))
        self.n1.apply(resource("BGPConfiguration", "default", {"programClusterRoutes": "EnabledNoEncapOnly"}))
        wait_until("we have left the pool", lambda: not any(self.route(a, BLOCKS[b]) for a, b in pairs))
        for a, b in pairs:
            self.nodes[a].host.ip("route", "add", BLOCKS[b], "via", NODES[b], "dev", "tunl0", "onlink", "proto", "80")
        self.wait_ping("n1", PODS["n2"])
        self.n1.apply(resource("BGPConfiguration", "default", {"programClusterRoutes": "Enabled"}))
        for a, b in pairs:  # ours waits while Felix's is there, and follows it
            wait_until("Felix's route is the one in use", lambda: self.nodes[a].routes()[BLOCKS[b]]["peer"] == "local")
            self.assertEqual(self.route(a, BLOCKS[b]), "")
            self.nodes[a].host.ip("route", "del", BLOCKS[b], "proto", "80")
            self.wait_route(a, BLOCKS[b], f"via {NODES[b]} dev tunl0 onlink")
        self.wait_ping("n1", PODS["n2"])

    def test_an_address_borrowed_from_a_block_is_reached_on_its_node(self):
        self.lab.workload(self.nodes["n2"].host, "borrower", "192.168.1.7/32")
        self.wait_route("n1", "192.168.1.7", "via 10.20.0.2 dev tunl0 onlink")
        self.assertEqual(self.n1.host.routes()[BLOCKS["n1"]], ["blackhole"])
        self.wait_route("n3", "192.168.1.7", "via 10.20.0.2 dev tunl0 onlink")
        self.wait_ping("n1", "192.168.1.7")
        self.wait_ping("n3", "192.168.1.7")

    def test_a_tunnel_address_of_anothers_block_is_told_one_of_an_own_block_is_not(self):
        n2 = self.nodes["n2"].host
        n2.ip("address", "add", "192.168.2.1/32", "dev", "tunl0")
        n2.ip("address", "add", "192.168.1.9/32", "dev", "tunl0")
        self.wait_route("n1", "192.168.1.9", "via 10.20.0.2 dev tunl0 onlink")
        self.wait_ping("n1", "192.168.1.9")
        self.assertNotIn("192.168.2.1/32", self.n1.routes())
        n2.ip("address", "del", "192.168.1.9/32", "dev", "tunl0")
        wait_until("it is withdrawn", lambda: not self.route("n1", "192.168.1.9"))

    def test_a_block_of_one_address_is_its_workloads(self):
        block = block_yaml("n2", "192.168.9.9/32")
        self.n1.apply(block)
        self.addCleanup(self.n1.delete, block)
        self.lab.workload(self.nodes["n2"].host, "owner", "192.168.9.9/32")
        self.wait_route("n1", "192.168.9.9", "via 10.20.0.2 dev tunl0 onlink")
        self.assertEqual(self.route("n2", "192.168.9.9"), "")
        self.wait_ping("n1", "192.168.9.9")

    def test_wireguard_on_both_ends_leaves_the_route_to_felix(self):
        self.n1.apply(node_resource("n1", wireguard={"interfaceIPv4Address": "192.168.1.3"}))
        self.n1.apply(node_resource("n2", wireguard={"interfaceIPv4Address": "192.168.2.3"}))
        self.wait_no_route("n1", BLOCKS["n2"], "not installed: for others to program")
        self.wait_route("n1", BLOCKS["n3"], "via 10.10.0.3 dev eth0")
        self.n1.apply(node_resource("n1"))
        self.wait_route("n1", BLOCKS["n2"], "via 10.20.0.2 dev tunl0 onlink")
        self.n1.apply(node_resource("n2"))


class Vxlan(TunnelCase):
    label = "tunnels: vxlanMode, felix's routes over a real VXLAN device"

    @classmethod
    def build(cls, lab):
        cls.start_nodes(lab, "n1", "n2")
        for name, node in cls.nodes.items():
            ends = {other: BLOCKS[other].split("/")[0] for other in cls.nodes if other != name}
            add_overlay(node.host, "vxlan.calico", ends)
            node.host.ip("address", "add", BLOCKS[name].split("/")[0] + "/32", "dev", "vxlan.calico")
            node.host.ip("route", "add", "blackhole", BLOCKS[name], "proto", "80")
            for other, end in ends.items():
                node.host.ip("route", "add", BLOCKS[other], "via", end, "dev", "vxlan.calico", "onlink", "proto", "80")
        cls.inside = lab.start(Frr(lab.host("inside", "10.10.0.4/24"), AS, [Neighbor(NODES["n1"], AS)]))
        cls.tor = lab.start(Frr(lab.host("tor", "10.10.0.5/24"), TOR_AS, [Neighbor(NODES["n1"], AS)]))
        cls.n1.apply(pool(vxlanMode="Always"), *(block_yaml(n, BLOCKS[n]) for n in cls.nodes),
                     peer_yaml("10.10.0.4", AS, "n1"), peer_yaml("10.10.0.5", TOR_AS, "n1"))
        cls.wait_mesh()
        wait_until("the observers are up", lambda: cls.inside.is_established(NODES["n1"]) and cls.tor.is_established(NODES["n1"]))

    def felix(self):
        return {name: node.host.ip("route", "show", "proto", "80") for name, node in self.nodes.items()}

    def test_felix_routes_carry_the_traffic_and_blocks_are_told(self):
        before = self.felix()
        wait_until("n1 knows n2's block by BGP too", lambda: any(
            r["prefix"] == BLOCKS["n2"] and r["peer"] == NODES["n2"] for r in self.n1.json("node", "routes")))
        wait_until("the ToR has both blocks", lambda: {BLOCKS["n1"], BLOCKS["n2"]} <= self.tor.candidates().keys())
        wait_until("within the AS n1's own block is told", lambda: BLOCKS["n1"] in self.inside.candidates())
        self.assertNotIn(BLOCKS["n2"], self.inside.candidates())
        for name, node in self.nodes.items():
            self.assertEqual([p for p in node.host.routes() if p.startswith("192.168.")], [], name)
        self.wait_ping("n1", PODS["n2"])
        self.n1.stop()
        self.n1.start()
        self.wait_mesh()
        self.wait_ping("n1", PODS["n2"])
        self.assertEqual(self.felix(), before)

    def test_a_nodes_tunnel_addresses_outlive_its_agent(self):
        addresses = {"ipv4VXLANTunnelAddr": "192.168.1.0", "vxlanTunnelMACAddr": mac("n1")}
        self.n1.apply(node_resource("n1", **addresses))
        self.n1.stop()
        self.n1.start()
        shown = self.n1.ctl("get", "node", "n1", "-o", "yaml").stdout
        for value in ("ipv4IPIPTunnelAddr: 192.168.1.1", "ipv4VXLANTunnelAddr: 192.168.1.0", mac("n1")):
            self.assertIn(value, shown)


del TunnelCase
