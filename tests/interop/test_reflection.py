"""Route reflection (RFC 4456) among reflectors of three clusters that are each other's clients: our node, FRR and BIRD 2.
A route goes round in every direction and must die where it was."""
import json

from lab import Bird2, Frr, GoBgp, LabCase, Neighbor, OurNode, block_yaml, peer3_yaml, pool_yaml, wait_until

AS = 64512
OURS, FRR, BIRD, CLIENT = "10.10.0.1", "10.10.0.2", "10.10.0.3", "10.10.0.4"
PREFIX, OUR_BLOCK = "10.54.0.0/24", "10.53.1.0/26"


def node_yaml(cluster_id):
    return "---\n" + json.dumps({
        "apiVersion": "projectcalico.org/v3", "kind": "Node", "metadata": {"name": "ours"},
        "spec": {"bgp": {"asNumber": AS, "ipv4Address": OURS + "/24", "routeReflectorClusterID": cluster_id}}}) + "\n"


class Reflection(LabCase):
    @classmethod
    def build(cls, lab):
        cls.node = OurNode(lab.host("ours", OURS + "/24"), AS)
        cls.frr = lab.start(Frr(lab.host("frr", FRR + "/24"), AS, [Neighbor(a, AS, is_client=True) for a in (OURS, BIRD)],
                                lines=["bgp cluster-id 10.255.0.2"]))
        cls.bird = lab.start(Bird2(lab.host("bird", BIRD + "/24"), AS, [Neighbor(a, AS, is_client=True) for a in (OURS, FRR)],
                                   session_lines=["rr cluster id 10.255.0.3;"]))
        cls.client = lab.start(GoBgp(lab.host("client", CLIENT + "/24"), AS, [Neighbor(OURS, AS)], [PREFIX]))
        cls.node.start()
        cls.node.apply(node_yaml("10.255.0.1"), pool_yaml("10.53.0.0/16"), pool_yaml("10.54.0.0/16"),
                       block_yaml("ours", OUR_BLOCK),
                       *(peer3_yaml(f"peer{n}", address, AS) for n, address in enumerate((FRR, BIRD, CLIENT))))

    def reasons(self, prefix):
        """{peer: why} of what others told us of it."""
        return {r["peer"]: r["reason"] for r in self.node.json("node", "routes", prefix)}

    def is_settled(self, prefix):
        return all(prefix in speaker.routes(4) for speaker in (self.frr, self.bird))

    def has_loop(self, prefix, why):
        return any(why in reason for reason in self.reasons(prefix).values())

    def test_routes_die_where_they_were_and_nowhere_else(self):
        wait_until("both reflectors have the client's route", lambda: self.is_settled(PREFIX))
        wait_until("both reflectors have our block", lambda: self.is_settled(OUR_BLOCK))
        self.assertEqual(self.frr.routes(4)[PREFIX].next_hop, CLIENT)
        wait_until("the client's route came back and was refused", lambda: self.has_loop(PREFIX, "our cluster is in the cluster list"))
        # FRR tells us our own block, which we know by its next hop before anybody asks for the originator.
        refusals = {"we are the originator", "the next hop is ourselves"}
        self.assertLessEqual({why for peer, why in self.reasons(OUR_BLOCK).items() if peer != "local"}, refusals)
        self.assertEqual(self.node.routes()[PREFIX]["peer"], CLIENT)

        # Another cluster id: what is stored is looked at again, what is told changes, no session falls.
        self.node.apply(node_yaml("10.255.0.9"))
        wait_until("FRR hears of the new cluster",
                   lambda: "10.255.0.9" in self.frr.vtysh(f"show bgp ipv4 unicast {PREFIX} json"))
        wait_until("the loop is cut by the new cluster", lambda: self.has_loop(PREFIX, "our cluster is in the cluster list"))
        self.assertEqual(self.node.routes()[PREFIX]["peer"], CLIENT)

        self.client.withdraw(PREFIX)
        wait_until("the route is gone everywhere", lambda: PREFIX not in self.node.routes() and not any(
            PREFIX in speaker.routes(4) for speaker in (self.frr, self.bird)))
        self.assertEqual([self.node.peer(a)["flaps"] for a in (FRR, BIRD, CLIENT)], [0, 0, 0])
