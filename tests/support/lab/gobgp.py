"""GoBGP, with its own command line over gRPC on the namespace's loopback."""
import json

from .network import family
from .speaker import Route, Speaker
from .wait import wait_until

ESTABLISHED = 6  # of gobgp's session_state
AS_PATH, NEXT_HOP, MP_REACH = 2, 3, 14


class GoBgp(Speaker):
    name = "gobgp"
    can_do_2_octets = False  # it has no switch for that
    restart = None           # of "graceful-restart", as its configuration has it; then of the family as well
    long_lived_s = 0
    args = ()                # of the command line; -r: it comes back from a graceful restart

    def config(self):
        neighbors = [{
            "config": {"neighbor-address": n.address, "peer-as": n.asn},
            "timers": {"config": {"hold-time": self.hold_s, "keepalive-interval": self.hold_s // 3, "connect-retry": 1,
                                  "idle-hold-time-after-reset": 1}},
            "transport": {"config": {"local-address": self.local(family(n.address))}},
            "afi-safis": [{"config": {"afi-safi-name": f"ipv{family(n.address)}-unicast"}, **self.restart_of_family()}],
            **({"graceful-restart": {"config": self.restart}} if self.restart else {}),
            "route-reflector": {"config": {"route-reflector-client": n.is_client,
                                           "route-reflector-cluster-id": self.local(4)}},
        } for n in self.neighbors]
        return json.dumps({"global": {"config": {"as": self.asn, "router-id": self.local(4)}}, "neighbors": neighbors})

    def restart_of_family(self):
        if not self.restart:
            return {}
        return {"mp-graceful-restart": {"config": {"enabled": True}},
                **({"long-lived-graceful-restart": {"config": {"enabled": True, "restart-time": self.long_lived_s}}}
                   if self.long_lived_s else {})}

    def start(self):
        config = self.write("gobgp.json", self.config())
        self.process = self.host.spawn("gobgpd", "gobgpd", "-t", "json", "-f", config, *self.args)
        for prefix in self.announced:
            self.edit("add", prefix, until_ready=True)

    def gobgp(self, *args, check=True):
        return self.host.run("gobgp", *args, check=check)

    def edit(self, verb, prefix, until_ready=False):
        def accepted():
            return self.gobgp("global", "rib", verb, prefix, "-a", f"ipv{family(prefix)}",
                              check=not until_ready).returncode == 0
        wait_until(f"gobgp takes {verb} {prefix}", accepted)

    def announce(self, prefix):
        self.announced.append(prefix)
        self.edit("add", prefix)

    def withdraw(self, prefix):
        self.announced.remove(prefix)
        self.edit("del", prefix)

    def json(self, *args):
        done = self.gobgp(*args, "-j", check=False)
        return json.loads(done.stdout) if done.returncode == 0 and done.stdout.strip() else []

    def is_established(self, address):
        return any(n["state"].get("neighbor_address") == address and n["state"].get("session_state") == ESTABLISHED
                   for n in self.json("neighbor"))

    def routes(self, version=4):
        found = {}
        for prefix, paths in dict(self.json("global", "rib", "-a", f"ipv{version}")).items():
            attributes = {a["type"]: a for a in paths[0]["attrs"]}
            next_hop = attributes.get(NEXT_HOP, attributes.get(MP_REACH, {})).get("nexthop")
            segments = attributes.get(AS_PATH, {}).get("as_paths", [])
            if next_hop not in ("0.0.0.0", "::"):  # its own
                found[prefix] = Route(next_hop, tuple(asn for s in segments for asn in s["asns"]))
        return found
