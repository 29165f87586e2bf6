"""The same random updates into us, BIRD 2, FRR and GoBGP; then their tables are compared prefix by prefix.

    five scripted peers: two iBGP, two of AS 65001, one of AS 65002 --- each with a session to each of the four

All four are told to forget which path is older (BIRD does anyway), so that the same set of paths has one best path.
What still differs is explained in tests/README.md, and only that is let through (EXPLAINED). A seed replays a stream:
CALICO_DIFFERENTIAL_SEEDS="17" or "1-500".
"""
import json
import os
import random
import re
import unittest

from lab import Bird2, Frr, GoBgp, LabCase, Neighbor, OurNode, ScriptedPeer, peer_yaml, pool_yaml, wait_until
from lab.updates import (as_path, cluster_list, communities, local_pref, med, next_hop, origin, originator_id, update,
                         withdraw)

OUR_AS = 65000
PEERS = {"10.0.0.11": OUR_AS, "10.0.0.12": OUR_AS, "10.0.0.13": 65001, "10.0.0.14": 65001, "10.0.0.15": 65002}
PREFIXES = [f"10.{n}.0.0/16" for n in range(100, 116)]
EVENTS = 200


def seeds():
    text = os.environ.get("CALICO_DIFFERENTIAL_SEEDS", "1-4")
    low, _, high = text.partition("-")
    return range(int(low), int(high or low) + 1)


# ---- what is sent -----------------------------------------------------------------------------------------------------
def random_route(chance, peer):
    """{name: value} of one announcement; few values of each, so that ties and near ties are common."""
    asn = PEERS[peer]
    tail = [chance.choice((65010, 65011, 4200000001)) for _ in range(chance.randrange(3))]
    route = {"origin": chance.choice((0, 0, 0, 1, 2)), "med": chance.choice((None, None, 0, 10, 20)),
             "communities": chance.sample([(65000, 1), (65000, 2), (65001, 7)], chance.randrange(3))}
    if asn == OUR_AS:
        route["as_path"] = [chance.choice((65001, 65002, 65003)), *tail] if chance.random() < 0.8 else []
        route["local_pref"] = chance.choice((100, 100, 100, 200, 50))
        if chance.random() < 0.5:
            route["originator"] = f"10.9.0.{chance.randrange(1, 4)}"
            route["clusters"] = [f"10.8.0.{n}" for n in chance.sample(range(1, 9), chance.randrange(1, 4))]
    else:
        route["as_path"] = [asn, *tail]
    return route


def encode(prefix, peer, route):
    said = [origin(route["origin"]), as_path(*route["as_path"]), next_hop(peer)]
    said += [med(route["med"])] if route["med"] is not None else []
    said += [local_pref(route["local_pref"])] if "local_pref" in route else []
    said += [communities(*route["communities"])] if route["communities"] else []
    said += [originator_id(route["originator"]), cluster_list(*route["clusters"])] if "originator" in route else []
    return update([prefix], *said)


# ---- what each of them makes of it: {prefix: (best peer, {all peers})} ------------------------------------------------
def our_table(node):
    table = {}
    for row in node.json("node", "routes"):
        if row["peer"] == "local":
            continue
        best, peers = table.get(row["prefix"], (None, set()))
        table[row["prefix"]] = (row["peer"] if row["best"] else best, peers | {row["peer"]})
    return table


def bird_table(bird):
    table, prefix = {}, None
    addresses = [n.address for n in bird.neighbors]
    for line in bird.birdc("show", "route", "table", "master4").splitlines():
        found = re.match(r"(\S+/\d+)?\s+\S+ \[p(\d+) [^]]*\]( \*)?", line)
        if not found:
            continue
        prefix, peer = found.group(1) or prefix, addresses[int(found.group(2))]
        best, peers = table.get(prefix, (None, set()))
        table[prefix] = (peer if found.group(3) else best, peers | {peer})
    return table


def frr_table(frr):
    table = {}
    for prefix, paths in frr.show("show bgp ipv4 unicast json").get("routes", {}).items():
        table[prefix] = (next((p["peerId"] for p in paths if p.get("bestpath")), None), {p["peerId"] for p in paths})
    return table


def gobgp_table(gobgp):
    table = {}
    for prefix, paths in dict(gobgp.json("global", "rib")).items():
        peers = [p.get("neighbor-ip") or p.get("source-id") for p in paths]
        table[prefix] = (peers[0], set(peers))
    return table


class GoBgpByRouterId(GoBgp):
    def config(self):
        config = json.loads(super().config())
        config["global"]["route-selection-options"] = {"config": {"external-compare-router-id": True}}
        return json.dumps(config)


# ---- differences that have a reason (tests/README.md) -----------------------------------------------------------------
def med_goes_in_circles(paths, *_):
    """BIRD without `deterministic med`, and GoBGP, compare two paths at a time: where the MED counts between two of three,
    a beats b, b beats c and c beats a, and the order of arrival decides."""
    by_as = {}
    for route in paths.values():
        if route["as_path"]:
            by_as.setdefault(route["as_path"][0], set()).add(route["med"] or 0)
    return len(paths) > 2 and any(len(meds) > 1 for meds in by_as.values())


def no_originator_id(paths, ours, theirs):
    """GoBGP's last steps compare the peers' identifiers where RFC 4456 section 9 wants the ORIGINATOR_ID."""
    return all(PEERS[peer] == OUR_AS for peer in (ours, theirs)) and any("originator" in paths[p] for p in (ours, theirs))


EXPLAINED = {"bird2": [med_goes_in_circles], "gobgp": [med_goes_in_circles, no_originator_id]}


class Differential(LabCase):
    label = "differential"

    @classmethod
    def build(cls, lab):
        neighbors = [Neighbor(address, asn) for address, asn in PEERS.items()]
        ours = lab.start(OurNode(lab.host("ours", "10.0.0.1/24"), asn=OUR_AS, args=["--fib", "none"]))
        ours.apply(pool_yaml("10.0.0.0/8"), *[peer_yaml(n.address, n.asn) for n in neighbors])
        # Without the direct routes BIRD cannot resolve the next hops of iBGP.
        bird = lab.start(Bird2(lab.host("bird", "10.0.0.2/24"), OUR_AS, neighbors, hold_s=240, passive=True,
                               lines=["protocol direct { ipv4; }"]))
        frr = lab.start(Frr(lab.host("frr", "10.0.0.3/24"), OUR_AS, neighbors, hold_s=240,
                            lines=["bgp deterministic-med", "bgp bestpath compare-routerid"],
                            session_lines=["neighbor {peer} passive"]))
        gobgp = lab.start(GoBgpByRouterId(lab.host("gobgp", "10.0.0.4/24"), OUR_AS, neighbors, hold_s=240))
        cls.tables = {"ours": lambda: our_table(ours), "bird2": lambda: bird_table(bird),
                      "frr": lambda: frr_table(frr), "gobgp": lambda: gobgp_table(gobgp)}
        cls.ours = ours
        host = lab.host("peers", *[f"{address}/24" for address in PEERS])
        cls.sessions = {}
        for address, asn in PEERS.items():
            cls.sessions[address] = [cls.connect(host, address, f"10.0.0.{n}", asn) for n in (1, 2, 3, 4)]

    @classmethod
    def connect(cls, host, address, target, asn):
        """A speaker that is not ready yet (starting, idle hold) is tried again."""
        def attempt():
            try:
                return ScriptedPeer(host, address, target, asn).establish()
            except (OSError, AssertionError):
                return None
        session = wait_until(f"{address} is Established with {target}", attempt, 60)
        cls.addClassCleanup(session.close)
        return session

    def say(self, peer, message):
        for session in self.sessions[peer]:
            session.send(message)

    def play(self, seed):
        """Sends a stream; returns what should be there: {prefix: {peer: route}}."""
        chance, model = random.Random(seed), {}
        for _ in range(EVENTS):
            peer, prefix = chance.choice(list(PEERS)), chance.choice(PREFIXES)
            if peer in model.get(prefix, {}) and chance.random() < 0.3:
                del model[prefix][peer]
                self.say(peer, withdraw([prefix]))
            else:
                route = model.setdefault(prefix, {})[peer] = random_route(chance, peer)
                self.say(peer, encode(prefix, peer, route))
        mark = f"10.{seed % 90}.{seed // 90 % 256}.0/24"  # the last word: who has it has all that was before
        for peer, asn in PEERS.items():
            self.say(peer, encode(mark, peer, {"origin": 0, "as_path": [] if asn == OUR_AS else [asn], "med": None,
                                               "communities": [], **({"local_pref": 100} if asn == OUR_AS else {})}))
        for name, table in self.tables.items():
            wait_until(f"{name} has read the stream of seed {seed}", lambda: table().get(mark, (0, ()))[1] == set(PEERS))
        for peer in PEERS:
            self.say(peer, withdraw([mark]))
        for name, table in self.tables.items():
            wait_until(f"{name} has forgotten the mark of seed {seed}", lambda: mark not in table())
        return {prefix: paths for prefix, paths in model.items() if paths}

    def forget(self, model):
        for prefix, paths in model.items():
            for peer in paths:
                self.say(peer, withdraw([prefix]))
        for name, table in self.tables.items():
            wait_until(f"{name} is empty again", lambda: not table())

    def compare(self, seed, model):
        tables = {name: table() for name, table in self.tables.items()}
        for name, table in tables.items():
            self.assertEqual({p: peers for p, (_, peers) in table.items()}, {p: set(m) for p, m in model.items()},
                             f"seed {seed}: {name} does not have what it was told")
        unlike = 0
        for prefix, paths in model.items():
            for name in ("bird2", "frr", "gobgp"):
                ours, theirs = tables["ours"][prefix][0], tables[name][prefix][0]
                if ours == theirs:
                    continue
                unlike += 1
                if not any(reason(paths, ours, theirs) for reason in EXPLAINED.get(name, ())):
                    self.problems.append(f"seed {seed}: {prefix}: we chose {ours}, {name} {theirs} of\n"
                                          + "\n".join(f"    {p}: {r}" for p, r in paths.items()))
        return unlike

    def check_attributes(self, model):
        """Ours word for word: what a path says is what was sent last."""
        for row in self.ours.json("node", "routes"):
            route = model[row["prefix"]][row["peer"]]
            self.assertEqual(row["origin"], ("IGP", "EGP", "incomplete")[route["origin"]])
            self.assertEqual(row["asPath"], " ".join(map(str, route["as_path"])))
            self.assertEqual((row["med"], row["nextHop"]), (route["med"], row["peer"]))
            self.assertEqual(sorted(row["communities"]), sorted(f"{a}:{b}" for a, b in route["communities"]))
            if "local_pref" in route:
                self.assertEqual(row["localPref"], route["local_pref"])

    def test_four_speakers_choose_the_same_paths(self):
        self.problems, unlike, prefixes = [], 0, 0
        for seed in seeds():
            model = self.play(seed)
            self.check_attributes(model)
            unlike += self.compare(seed, model)
            prefixes += len(model)
            self.forget(model)
        print(f"measured: {prefixes} prefixes of {len(seeds())} streams in four speakers; {unlike} choices differ, "
              f"{len(self.problems)} without a known reason")
        self.assertFalse(self.problems, "\n".join(self.problems[:20]))


if __name__ == "__main__":
    unittest.main()
