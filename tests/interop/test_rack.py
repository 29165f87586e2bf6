"""Three of our nodes with one shared store, FRR as ToR and BIRD 2 as route reflector, all at once."""
from lab import LabCase, Rack, Route, wait_until
from lab.rack import BEYOND, RR, TOR


class RackOfThree(LabCase):
    label = "rack of three nodes, frr tor, bird2 reflector"

    @classmethod
    def build(cls, lab):
        cls.rack = rack = Rack(lab)
        rack.add_blocks()
        rack.add_workloads()
        rack.nodes[0].apply(*rack.peers())
        wait_until("everything is Established",
                   lambda: rack.mesh_is_up() and rack.all_established(TOR, "fd00:8::2", RR), 60)

    def setUp(self):
        self.rack.nodes[0].ctl("config", "set", "nodeToNodeMesh", "on")
        wait_until("the mesh is up", self.rack.mesh_is_up, 60)

    def wait_for_all_blocks(self, *versions):
        for v in versions:
            for n in (1, 2, 3):
                for m in {1, 2, 3} - {n}:
                    self.rack.wait_for_routes(n, self.rack.block(m, v), self.rack.node_address(m, v), v)

    def test_every_node_has_the_others_blocks_and_the_world_beyond(self):
        self.wait_for_all_blocks(4, 6)
        for n in (1, 2, 3):
            self.rack.wait_for_routes(n, BEYOND[0], TOR)
            self.rack.wait_for_routes(n, BEYOND[1], "fd00:8::2", 6)

    def test_the_tor_has_each_block_from_its_own_node(self):
        for v in (4, 6):
            for n in (1, 2, 3):
                block, expected = self.rack.block(n, v), Route(self.rack.node_address(n, v), (64512,))
                # The other nodes may offer it too: what is in a pool may go on to eBGP, with their own next hop.
                wait_until(f"the ToR has {block} from node{n}", lambda: expected in [
                    route for _, route in self.rack.tor.candidates(v).get(block, [])])

    def test_workloads_reach_each_other(self):
        self.wait_for_all_blocks(4, 6)
        for v in (4, 6):
            wait_until("no echo is lost", lambda: " 0% packet loss" in self.rack.ping(1, 2, v).stdout)

    def test_without_the_mesh_the_reflector_carries_the_blocks_with_their_next_hops(self):
        self.rack.nodes[1].ctl("config", "set", "nodeToNodeMesh", "off")
        for n, node in enumerate(self.rack.nodes, 1):
            wait_until(f"node{n} has no mesh peer", lambda: not any(
                p["peerType"] == "node-to-node mesh" for p in node.json("node", "status")["peers"]))
        self.wait_for_all_blocks(4)
        self.assertTrue(self.rack.all_established(TOR, RR))

    def test_a_change_of_the_mesh_leaves_the_other_sessions_alone(self):
        since = [node.peer(TOR)["since"] for node in self.rack.nodes]
        self.rack.nodes[0].ctl("config", "set", "nodeToNodeMesh", "off")
        wait_until("the mesh is gone", lambda: not self.rack.nodes[2].peer(self.rack.node_address(1)))
        self.rack.nodes[0].ctl("config", "set", "nodeToNodeMesh", "on")
        wait_until("the mesh is back", self.rack.mesh_is_up, 60)
        self.assertEqual([node.peer(TOR)["since"] for node in self.rack.nodes], since)

    def test_a_node_whose_cable_is_pulled_is_noticed_and_comes_back(self):
        node, host = self.rack.nodes[0], self.rack.nodes[2].host
        self.rack.tor.announce("198.51.100.0/24")
        self.rack.wait_for_routes(3, "198.51.100.0/24", TOR)
        self.lab.plug(host, False)
        wait_until("the ToR's hold timer for node3 expires",
                   lambda: not self.rack.tor.is_established(self.rack.node_address(3)), 30)
        self.assertTrue(node.is_established(TOR))
        self.lab.plug(host, True)
        wait_until("node3 and the ToR are Established again", lambda: self.rack.nodes[2].is_established(TOR)
                   and self.rack.tor.is_established(self.rack.node_address(3)), 90)
        self.rack.wait_for_routes(3, "198.51.100.0/24", TOR)
        self.rack.tor.withdraw("198.51.100.0/24")
