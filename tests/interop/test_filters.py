"""BGPFilter, prefixAdvertisements and service ranges, against FRR and BIRD 2: what comes in and goes out, and that a change of
them is felt by the routes it means and by no session."""
import json

from lab import Bird2, Frr, LabCase, Neighbor, OurNode, block_yaml, peer3_yaml, pool_yaml, wait_until

NODE_AS, FRR_AS, BIRD_AS = 64512, 65001, 65002
OURS, FRR, BIRD = "10.0.0.1", "10.0.0.2", "10.0.0.3"
POOL, BLOCK, SERVICES = "192.168.0.0/16", "192.168.1.0/26", "10.96.0.0/12"
OF_FRR, UNWANTED, WANTED = "192.168.64.0/24", "198.51.100.0/24", "192.168.65.0/24"
BIRD_EXPORT = (f"import all; export filter {{ if net = {UNWANTED} then bgp_community.add((65002, 666)); "
               "else bgp_community.add((65002, 1)); accept; };")


def resource(kind, name, spec):
    return "---\n" + json.dumps({"apiVersion": "projectcalico.org/v3", "kind": kind, "metadata": {"name": name},
                                 "spec": spec}) + "\n"


def community(value):
    return {"communities": {"values": [value]}}


INBOUND = resource("BGPFilter", "inbound", {"importV4": [
    {"action": "Reject", **community("65002:666")},
    {"action": "Accept", "operations": [{"addCommunity": {"value": "64512:100"}}, {"setPriority": {"value": 512}}]}]})
OUTBOUND = resource("BGPFilter", "outbound", {"exportV4": [
    {"action": "Accept", **community("64512:100"),
     "operations": [{"addCommunity": {"value": "64512:1:2"}}, {"prependASPath": {"prefix": [64999]}}]},
    {"action": "Reject", "cidr": BLOCK, "matchOperator": "Equal"}]})


class Filters(LabCase):
    label = "BGPFilter, FRR and bird2"

    @classmethod
    def build(cls, lab):
        cls.node = lab.start(OurNode(lab.host("node1", OURS + "/24"), asn=NODE_AS))
        cls.frr = lab.start(Frr(lab.host("frr", FRR + "/24"), FRR_AS, [Neighbor(OURS, NODE_AS)], [OF_FRR]))
        cls.bird = lab.start(Bird2(lab.host("bird", BIRD + "/24"), BIRD_AS, [Neighbor(OURS, NODE_AS)], [UNWANTED, WANTED],
                                   family_lines=[BIRD_EXPORT]))
        cls.node.apply(pool_yaml(POOL), block_yaml("node1", BLOCK), INBOUND, OUTBOUND,
                       peer3_yaml("frr", FRR, FRR_AS, filters=["outbound"]),
                       peer3_yaml("bird", BIRD, BIRD_AS, filters=["inbound"]))

    def setUp(self):
        self.node.apply(INBOUND, OUTBOUND)
        wait_until("both are Established", lambda: self.node.is_established(FRR) and self.node.is_established(BIRD), 60)
        wait_until("FRR has BIRD's route", lambda: WANTED in self.frr.routes())

    def flaps(self):
        return [self.node.peer(address)["flaps"] for address in (FRR, BIRD)]

    def asked_of_bird(self):
        messages = self.node.peer(BIRD)["messages"]
        return messages["received"]["update"], messages["sent"]["routeRefresh"]

    def at_frr(self, prefix):
        return self.frr.show(f"show bgp ipv4 {prefix} json").get("paths", [{}])[0]

    def path_at_frr(self):
        return self.at_frr(WANTED).get("aspath", {}).get("string")

    def test_import_rejects_and_marks(self):
        wait_until("it is marked", lambda: "64512:100" in self.node.routes()[WANTED]["communities"])
        route = self.node.routes()[WANTED]
        self.assertEqual(sorted(route["communities"]), ["64512:100", "65002:1"])
        self.assertEqual(route["localPref"], 2147483647 - 512)
        self.assertFalse(self.node.routes().get(UNWANTED, {}).get("best", False))
        self.assertNotIn(UNWANTED, self.frr.routes())

    def test_export_finds_the_mark_and_edits(self):
        wait_until("the path is longer", lambda: self.path_at_frr() == "64512 64999 65002")
        path = self.at_frr(WANTED)
        self.assertEqual(path["community"]["list"], ["64512:100", "65002:1"])
        self.assertEqual(path["largeCommunity"]["list"], ["64512:1:2"])
        wait_until("BIRD, whose peer names no filter for what goes out, has FRR's route and our block",
                   lambda: {OF_FRR, BLOCK} <= self.bird.routes().keys())
        self.assertNotIn(BLOCK, self.frr.routes())

    def test_a_change_of_a_filter_is_felt_at_once_and_by_no_session(self):
        wait_until("the path is longer", lambda: self.path_at_frr() == "64512 64999 65002")
        flaps, asked = self.flaps(), self.asked_of_bird()
        self.node.apply(resource("BGPFilter", "inbound", {"importV4": [{"action": "Accept"}]}))
        wait_until("what was rejected is there", lambda: self.node.routes().get(UNWANTED, {}).get("best"))
        wait_until("the mark is gone, and so is what export made of it", lambda: self.path_at_frr() == "64512 65002")
        self.assertEqual(self.node.routes()[WANTED]["communities"], ["65002:1"])
        self.assertEqual(self.asked_of_bird(), asked)  # what was received is still known
        self.node.apply(resource("BGPFilter", "outbound", {}))
        wait_until("FRR is told of the block", lambda: BLOCK in self.frr.routes())
        self.node.apply(OUTBOUND)
        wait_until("and that it is none of its business", lambda: BLOCK not in self.frr.routes())
        self.assertEqual(self.flaps(), flaps)

    def test_prefix_advertisements_and_services(self):
        flaps = self.flaps()
        marked = {"communities": [{"name": "edge", "value": "64512:500"}],
                  "prefixAdvertisements": [{"cidr": POOL, "communities": ["edge", "64512:5:6"]}],
                  "serviceClusterIPs": [{"cidr": SERVICES}]}
        self.node.apply(resource("BGPConfiguration", "default", marked))
        wait_until("BIRD has both communities", lambda: all(
            text in self.bird.birdc("show", "route", "all", BLOCK) for text in ("(64512,500)", "(64512, 5, 6)")))
        wait_until("BIRD has the services' range", lambda: SERVICES in self.bird.routes())
        self.assertNotIn(SERVICES, self.node.host.routes(4))
        self.assertNotIn("64512,500", self.bird.birdc("show", "route", "all", SERVICES))
        self.node.apply(resource("BGPConfiguration", "default", {}))
        wait_until("both are gone", lambda: SERVICES not in self.bird.routes()
                   and "64512,500" not in self.bird.birdc("show", "route", "all", BLOCK))
        self.assertEqual(self.flaps(), flaps)
