"""ADD-PATH (RFC 7911) both ways: two sources say the same prefix to our node and to a daemon; each of the two tells the
other both paths. A withdrawn path goes alone."""
import json
import re

from lab import Bird1, Bird2, Frr, GoBgp, LabCase, Neighbor, OurNode, peer3_yaml, pool_yaml, wait_until

OURS, THEIRS = "10.10.0.1", "10.10.0.2"
AS_OURS, AS_THEIRS = 64512, 65003
SOURCES = {"10.10.0.11": 65011, "10.10.0.12": 65012}
PREFIX = "10.50.1.0/24"
BOTH = {(asn,) for asn in SOURCES.values()}


class GoBgpWithPaths(GoBgp):
    def config(self):
        config = json.loads(super().config())
        for neighbor in config["neighbors"]:
            for family in neighbor["afi-safis"]:
                family["add-paths"] = {"config": {"receive": True, "send-max": 8}}
        return json.dumps(config)

    def paths(self):
        text = self.gobgp("global", "rib", PREFIX, check=False).stdout
        return re.findall(r"10\.50\.1\.0/24 +\S+ +([\d ]+?) +\d\d:\d\d:\d\d", text)


class FrrWithPaths(Frr):
    def paths(self):
        rows = self.show(f"show bgp ipv4 unicast {PREFIX} json").get("paths", [])
        return [row["aspath"]["string"] for row in rows]


class BirdPaths:
    def paths(self):
        show = ("show", "route", "for", PREFIX, "all")
        text = self.birdc(4, *show, check=False) if isinstance(self, Bird1) else self.birdc(*show, check=False)
        return re.findall(r"BGP\.as_path: ([\d ]+)", text)


class Bird2WithPaths(BirdPaths, Bird2):
    pass


class Bird1WithPaths(BirdPaths, Bird1):
    pass


class AddPathCase(LabCase):
    kind = None
    options = {}

    @classmethod
    def build(cls, lab):
        cls.node = OurNode(lab.host("ours", OURS + "/24"), AS_OURS)
        everybody = [Neighbor(OURS, AS_OURS), Neighbor(THEIRS, AS_THEIRS)]
        cls.sources = [lab.start(Bird2(lab.host(f"source{asn}", f"{address}/24"), asn, everybody, [PREFIX]))
                       for address, asn in SOURCES.items()]
        neighbors = [Neighbor(OURS, AS_OURS), *(Neighbor(*source) for source in SOURCES.items())]
        cls.peer = lab.start(cls.kind(lab.host("theirs", THEIRS + "/24"), AS_THEIRS, neighbors, **cls.options))
        cls.node.start()
        cls.node.apply(pool_yaml("10.50.0.0/16"), peer3_yaml("theirs", THEIRS, AS_THEIRS, {"add-path": "both"}),
                       *(peer3_yaml(f"source{asn}", address, asn) for address, asn in SOURCES.items()))

    def heard_by_us(self):
        """The rest of the AS path of each path that the daemon told us; FRR tells us back what it has from us."""
        rows = self.node.json("node", "routes", PREFIX)
        paths = [tuple(map(int, re.findall(r"\d+", str(r["asPath"])))) for r in rows if r["peer"] == THEIRS]
        return sorted(path[1:] for path in paths if AS_OURS not in path)

    def heard_by_them(self):
        paths = [tuple(map(int, path.split())) for path in self.peer.paths()]
        return sorted(path[1:] for path in paths if path[0] == AS_OURS)

    def test_every_path_is_told_and_withdrawn_alone(self):
        both = sorted(BOTH)
        wait_until("they hold both paths", lambda: self.heard_by_them() == both)
        wait_until("we hold both paths", lambda: self.heard_by_us() == both)
        # Not 0 where both dialled at once: we were Established when BIRD 1.6, a message behind, chose its own connection.
        flaps = self.node.peer(THEIRS)["flaps"]
        self.sources[0].withdraw(PREFIX)
        wait_until("they hold one path", lambda: self.heard_by_them() == both[1:])
        wait_until("we hold one path", lambda: self.heard_by_us() == both[1:])
        self.sources[0].announce(PREFIX)
        wait_until("they hold both paths again", lambda: self.heard_by_them() == both)
        wait_until("we hold both paths again", lambda: self.heard_by_us() == both)
        self.assertTrue(self.node.is_established(THEIRS))
        self.assertEqual(self.node.peer(THEIRS)["flaps"], flaps)


class FrrAddPath(AddPathCase):
    kind = FrrWithPaths
    options = {"family_lines": ["neighbor {peer} addpath-tx-all-paths"]}


class Bird2AddPath(AddPathCase):
    kind = Bird2WithPaths
    options = {"family_lines": ["import all; export all; add paths on;"]}


class Bird1AddPath(AddPathCase):
    kind = Bird1WithPaths
    options = {"session_lines": ["add paths on;"]}


class GoBgpAddPath(AddPathCase):
    kind = GoBgpWithPaths


del AddPathCase
