"""Fields of BGPPeer and BGPConfiguration that reach beyond the speaker: kernel routes, listening sockets, workloads, links."""
import json
import sys

from lab import Frr, LabCase, Neighbor, OurNode, bin_dir, block_yaml, peer3_yaml, pool_yaml, wait_until

NODE_AS, PEER_AS, POD_AS = 64512, 65001, 65401
OURS, THEIRS, BLOCK, PREFIX = "10.0.0.1", "10.0.0.2", "192.168.1.0/26", "203.0.113.0/24"
PATIENCE = {"hold-time": "9s", "connect-retry": "1s"}


def configuration_yaml(**spec):
    return "---\n" + json.dumps({"apiVersion": "projectcalico.org/v3", "kind": "BGPConfiguration",
                                 "metadata": {"name": "default"}, "spec": spec}) + "\n"


class _Fields(LabCase):
    def route(self, prefix):
        return self.node.host.ip("route", "show", prefix)

    def listeners(self):
        """{"10.0.0.1:179"} of the agent."""
        rows = self.node.host.run("ss", "-ltnHp").stdout.splitlines()
        return {row.split()[3] for row in rows if "calico-bgpd" in row}


class ReachableBy(_Fields):
    """The peer is behind one of two gateways; the node's default route leads nowhere."""
    label = "reachableBy"
    PEER, GATEWAYS = "10.77.0.2", ("10.0.0.254", "10.0.0.253")

    @classmethod
    def build(cls, lab):
        cls.node = OurNode(lab.host("node1", OURS + "/24"), NODE_AS)
        for name, address, inside in (("gw1", cls.GATEWAYS[0], "10.77.0.1"), ("gw2", cls.GATEWAYS[1], "10.77.0.3")):
            lab.host(name, address + "/24", inside + "/24")
        far = lab.host("far", cls.PEER + "/24")
        far.ip("route", "add", "default", "via", "10.77.0.1")
        cls.node.host.ip("route", "add", "default", "via", "10.0.0.99")
        cls.node.start()
        cls.peer = lab.start(Frr(far, PEER_AS, [Neighbor(OURS, NODE_AS)], [PREFIX],
                                 session_lines=["neighbor {peer} ebgp-multihop 5"]))
        cls.node.apply(pool_yaml("192.168.0.0/16"), pool_yaml("10.77.0.0/16"), block_yaml("node1", BLOCK))

    def tell(self, gateway):
        self.node.apply(peer3_yaml("far", self.PEER, PEER_AS, PATIENCE, reachableBy=gateway))

    def test_the_route_to_the_peer_comes_moves_and_goes(self):
        self.tell(self.GATEWAYS[0])
        wait_until("the host route", lambda: f"via {self.GATEWAYS[0]} " in self.route(self.PEER + "/32"))
        wait_until("Established", lambda: self.node.is_established(self.PEER))
        wait_until("what it announces goes by the gateway", lambda: f"via {self.GATEWAYS[0]} " in self.route(PREFIX))
        wait_until("it has our block", lambda: BLOCK in self.peer.candidates())
        self.assertNotIn(self.PEER + "/32", self.peer.candidates())
        self.assertIn("proto bird", self.route(self.PEER + "/32"))
        flaps = self.node.peer(self.PEER)["flaps"]

        self.tell(self.GATEWAYS[1])
        wait_until("both routes moved", lambda: all(f"via {self.GATEWAYS[1]} " in self.route(prefix)
                                                    for prefix in (self.PEER + "/32", PREFIX)))
        self.assertTrue(self.node.is_established(self.PEER))
        self.assertEqual(self.node.peer(self.PEER)["flaps"], flaps)

        self.node.delete(peer3_yaml("far", self.PEER, PEER_AS))
        wait_until("both routes are gone", lambda: not self.route(self.PEER + "/32") and not self.route(PREFIX))


class LocalWorkload(_Fields):
    """A pod that peers with its node, as Felix says; the node listens on its own address and on that which the pod sees."""
    label = "localWorkloadSelector"
    POD, SEEN, PREFIX = "10.65.0.2", "169.254.0.179", "10.66.0.0/24"

    @classmethod
    def build(cls, lab):
        host = lab.host("node1", OURS + "/24")
        cls.status = host.dir / "endpoint-status" / "k8s-ns1.pod1-eth0"
        cls.node = lab.start(OurNode(host, NODE_AS, args=["--endpoint-status-dir", cls.status.parent]))
        cls.node.apply(pool_yaml("10.65.0.0/16"), block_yaml("node1", "10.65.0.0/26"),
                       configuration_yaml(asNumber=NODE_AS, bindMode="NodeIP", localWorkloadPeeringIPV4=cls.SEEN),
                       peer3_yaml("pods", None, POD_AS, {"hold-time": "9s"}, localWorkloadSelector="role == 'router'"))
        pod = lab.workload(host, "pod1", cls.POD + "/32")
        host.ip("address", "add", cls.SEEN + "/32", "dev", "calipod1")  # Felix's part
        pod.ip("route", "add", cls.SEEN, "via", "169.254.1.1", "dev", "eth0", "onlink")  # FRR dials over no default route
        cls.peer = lab.start(Frr(pod, POD_AS, [Neighbor(cls.SEEN, NODE_AS)], [cls.PREFIX],
                                 session_lines=["neighbor {peer} ebgp-multihop 5"]))

    def say(self, **status):
        self.status.parent.mkdir(exist_ok=True)
        self.status.write_text(json.dumps({"ifaceName": "calipod1", "mac": "ee:ee:ee:ee:ee:ee",
                                           "ipv4Nets": [self.POD + "/32"], **status}))

    def test_a_workload_is_peered_with_while_felix_says_so(self):
        self.say()
        self.assertEqual(self.node.peer(self.POD), {})
        self.say(bgpPeerName="pods")
        wait_until("Established", lambda: self.node.is_established(self.POD))
        self.assertEqual(self.node.peer(self.POD)["peerType"], "local workload")
        self.assertIn("| local workload ", self.node.ctl("node", "status").stdout)
        wait_until("its route is in the kernel", lambda: f"via {self.POD} dev calipod1" in self.route(self.PREFIX))
        wait_until("it has the node's block from the address that it sees",
                   lambda: (c := self.peer.candidates().get("10.65.0.0/26")) and c[0][1].next_hop == self.SEEN)
        self.assertEqual(self.listeners(), {OURS + ":179", self.SEEN + ":179"})
        self.status.unlink()
        wait_until("it is no peer any more", lambda: not self.node.peer(self.POD) and not self.route(self.PREFIX))


class BindMode(_Fields):
    """Where the agent listens, while a session is up."""
    label = "bindMode, listenPort"

    @classmethod
    def build(cls, lab):
        cls.node = lab.start(OurNode(lab.host("node1", OURS + "/24"), NODE_AS))
        cls.peer = lab.start(Frr(lab.host("peer", THEIRS + "/24"), PEER_AS, [Neighbor(OURS, NODE_AS)], [PREFIX]))
        cls.node.apply(peer3_yaml("peer", THEIRS, PEER_AS, PATIENCE))

    def taken(self, port):
        """A listener of somebody else; its stop() frees the port."""
        code = f"import socket, time; s = socket.create_server(('{OURS}', {port})); print('taken', flush=True); time.sleep(600)"
        other = self.node.host.spawn(f"other-{port}", sys.executable, "-c", code)
        wait_until("the port is taken", lambda: "taken" in other.log())
        return other

    def test_listeners_move_and_sessions_stay(self):
        wait_until("Established", lambda: self.node.is_established(THEIRS))
        flaps = self.node.peer(THEIRS)["flaps"]
        self.assertEqual(self.listeners(), {"0.0.0.0:179", "[::]:179"})
        self.node.apply(configuration_yaml(bindMode="NodeIP"))
        wait_until("the node's address alone", lambda: self.listeners() == {OURS + ":179"})
        self.node.apply(configuration_yaml(bindMode="NodeIP", listenPort=1179))
        wait_until("another port", lambda: self.listeners() == {OURS + ":1179"})

        other = self.taken(1180)
        self.node.apply(configuration_yaml(bindMode="NodeIP", listenPort=1180))
        wait_until("it says why it cannot listen", lambda: "event=listen_failed" in self.node.process.log())
        self.assertIn(f"cannot listen on TCP port 1180 of {OURS}: Address already in use; another BGP daemon may be running",
                      self.node.process.log())
        other.stop()
        wait_until("it listens when the port is free", lambda: self.listeners() == {OURS + ":1180"})
        self.node.apply(configuration_yaml())
        wait_until("everywhere again", lambda: self.listeners() == {"0.0.0.0:179", "[::]:179"})
        self.assertTrue(self.node.is_established(THEIRS))
        self.assertEqual(self.node.peer(THEIRS)["flaps"], flaps)

    def test_a_port_that_is_taken_at_the_start_is_named(self):
        other = self.taken(1181)
        done = self.node.host.run(bin_dir() / "calico-bgpd", "--node-name", "second", "--ip", OURS, "--listen-port", 1181,
                                  "--run-dir", self.node.host.dir / "run2", "--data-dir", self.node.host.dir / "data2",
                                  "--fib", "none", check=False)
        other.stop()
        self.assertEqual(done.returncode, 1)
        self.assertIn("cannot listen on TCP port 1181: Address already in use; another BGP daemon may be running: stop it, or "
                      "choose another --listen-port", done.stderr)


class IgnoredInterfaces(_Fields):
    """Connected subnets of an ignored link are not announced; what else leads over it is."""
    label = "ignoredInterfaces"

    @classmethod
    def build(cls, lab):
        host = lab.host("node1", OURS + "/24")
        cls.node = lab.start(OurNode(host, NODE_AS))
        for link, address in (("store0", "10.88.0.1/24"), ("cali9", "10.90.0.1/24")):
            host.ip("link", "add", link, "type", "veth", "peer", "name", link + "-peer")
            host.ip("link", "set", link + "-peer", "up")
            host.up(link, address)
        host.ip("route", "add", "10.89.0.0/24", "dev", "store0")
        host.ip("route", "add", "10.91.0.5/32", "dev", "cali9")
        cls.peer = lab.start(Frr(lab.host("peer", THEIRS + "/24"), PEER_AS, [Neighbor(OURS, NODE_AS)], [PREFIX]))
        cls.node.apply(pool_yaml("10.0.0.0/8"), peer3_yaml("peer", THEIRS, PEER_AS, PATIENCE))

    def test_direct_routes_by_their_link(self):
        always = {"10.0.0.0/24", "10.89.0.0/24", "10.91.0.5/32"}
        wait_until("all but cali's subnet", lambda: set(self.peer.candidates()) == always | {"10.88.0.0/24"})
        self.node.apply(configuration_yaml(ignoredInterfaces=["store*"]))
        wait_until("without the ignored subnet", lambda: set(self.peer.candidates()) == always)
        self.node.apply(configuration_yaml())
        wait_until("with it", lambda: set(self.peer.candidates()) == always | {"10.88.0.0/24"})


del _Fields
