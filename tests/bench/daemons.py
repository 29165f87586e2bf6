"""Each daemon as the benchmark wants it: passive, no filters but who sends and who receives, no kernel unless asked for."""
import json
import re
import shutil
import socket
from dataclasses import dataclass

from lab import Bird1, Bird2, Frr, GoBgp, Neighbor, OpenBgpd, OurNode, block_yaml, peer3_yaml, pool_yaml, wait_until

SPEAKER, SPEAKER_NET = "10.0.0.1", "10.0.0.1/16"
SPEAKER_AS = 4200000001  # in no path of a recorded feed
HOLD_S = 90
SENDER, RECEIVER, CLIENT, MESH = "sender", "receiver", "client", "mesh"


@dataclass(frozen=True)
class Peer(Neighbor):
    """role: a sender is told nothing, a receiver says nothing, a client (of a reflector) and a node of the mesh do both."""
    role: str = SENDER
    is_dialled: bool = False  # by the daemon; all others wait for the peer


class Foreign:
    """What the lab's speakers need to become contestants; mixed in before one of them. `uses_kernel`: routes go there too."""

    def __init__(self, host, peers, blocks=(), uses_kernel=False):
        self.peers, self.uses_kernel = list(peers), uses_kernel
        super().__init__(host, SPEAKER_AS, peers, blocks, hold_s=HOLD_S, passive=True)

    def local(self, version):  # asked for every session
        return SPEAKER

    def add(self, peer):
        """A peer that the daemon itself dials, by the way a person would add it."""
        self.peers.append(peer)
        self.neighbors.append(peer)
        self.reconfigure()

    def addresses(self, *roles):
        return [peer.address for peer in self.peers if peer.role in roles]


class BirdRoles(Foreign):
    CHANNEL = {SENDER: "import all; export none;", RECEIVER: "import none; export all;", CLIENT: "import all; export all;",
               MESH: "import all; export all;"}

    def session(self, number, neighbor, body):
        self.passive = not neighbor.is_dialled
        return super().session(number, neighbor, body.replace("import all; export all;", self.CHANNEL[neighbor.role]))


    def start_again(self):
        self.start()

    def answers(self):
        """Its control socket greets."""
        with socket.socket(socket.AF_UNIX) as connection:
            connection.connect(str(self.dir / "bird.ctl"))
            return connection.recv(4096)


class BenchBird2(BirdRoles, Bird2):
    def config(self):
        return super().config() + ("protocol kernel { ipv4 { export all; }; }\n" if self.uses_kernel else "")


class BenchBird1(BirdRoles, Bird1):
    name = "bird1"

    def config(self, version):
        return super().config(version) + ("protocol kernel { export all; }\n" if self.uses_kernel else "")


class BenchFrr(Foreign, Frr):
    def config(self):
        # coalesce-time: a new session's first routes would wait for others, up to 10 s with many peers
        roles = [f"  neighbor {a} route-map none out" for a in self.addresses(SENDER)]
        roles += [f"  neighbor {a} route-map none in" for a in self.addresses(RECEIVER)]
        passive = [f" neighbor {peer.address} passive" for peer in self.peers]
        return super().config() + "\n".join(["route-map none deny 10", f"router bgp {self.asn}", " coalesce-time 0", *passive,
                                             " address-family ipv4 unicast", *roles, " exit-address-family"]) + "\n"

    def start(self):
        if self.uses_kernel:
            return super().start()
        config = self.write("frr.conf", self.config())
        shutil.chown(self.dir, "frr", "frr")
        self.process = self.zebra = self.daemon("bgpd", config, "-n", "-Z")


class BenchOpenBgpd(Foreign, OpenBgpd):
    def config(self):
        text = re.sub(r"(remote-as \d+)", r"\1\n  passive", super().config())
        if self.uses_kernel:
            text = text.replace("fib-update no", "fib-update yes")
        return text + "".join(f"deny to {a}\n" for a in self.addresses(SENDER))


class BenchGoBgp(Foreign, GoBgp):
    def config(self):
        config = json.loads(super().config())
        for neighbor in config["neighbors"]:
            neighbor["transport"]["config"]["passive-mode"] = True
        if senders := self.addresses(SENDER):
            config["defined-sets"] = {"neighbor-sets": [{"neighbor-set-name": "senders", "neighbor-info-list": senders}]}
            config["policy-definitions"] = [{"name": "tell-no-sender", "statements": [{
                "name": "one", "conditions": {"match-neighbor-set": {"neighbor-set": "senders"}},
                "actions": {"route-disposition": "reject-route"}}]}]
            config["global"]["apply-policy"] = {"config": {
                "export-policy-list": ["tell-no-sender"], "default-export-policy": "accept-route"}}
        return json.dumps(config)


def resource(kind, name, spec):
    return "---\n" + json.dumps({"apiVersion": "projectcalico.org/v3", "kind": kind, "metadata": {"name": name}, "spec": spec}) + "\n"


def bgp_filter(role, import_action, export_action):
    return resource("BGPFilter", role, {"importV4": [{"action": import_action}], "exportV4": [{"action": export_action}]})


class Us(OurNode):
    """The agent with an embedded store, told through calicoctl. A mesh is a BGPPeer for each node, with Calico's own export rules."""

    FILTERS = {SENDER: ("Accept", "Reject"), RECEIVER: ("Reject", "Accept"), CLIENT: ("Accept", "Accept")}
    name = "us"

    def __init__(self, host, peers, blocks=(), uses_kernel=False):
        super().__init__(host, SPEAKER_AS, args=["--fib", "kernel" if uses_kernel else "none", "--log-level", "warning"])
        self.peers, self.blocks = peers, blocks

    def peer_document(self, peer):
        return peer3_yaml("p" + peer.address.replace(".", "-"), peer.address, peer.asn, {} if peer.is_dialled else {"passive": "true"},
                          **({"filters": [peer.role]} if peer.role in self.FILTERS else {}))

    def start(self):
        super().start()
        documents = [bgp_filter(role, *actions) for role, actions in self.FILTERS.items()]
        documents += [pool_yaml("10.128.0.0/9")] + [block_yaml(self.name, block) for block in self.blocks]
        if any(peer.is_client for peer in self.peers):
            documents.append(resource("Node", self.name, {"bgp": {
                "asNumber": SPEAKER_AS, "ipv4Address": SPEAKER_NET, "routeReflectorClusterID": "10.0.0.1"}}))
        self.apply(*documents, *map(self.peer_document, self.peers))
        wait_until("the agent has its peers", lambda: len(self.call("node.status")["peers"]) == len(self.peers))

    def add(self, peer):
        self.apply(self.peer_document(peer))

    def start_again(self):
        self.spawn()


DAEMONS = {"us": Us, "bird2": BenchBird2, "bird1": BenchBird1, "frr": BenchFrr, "openbgpd": BenchOpenBgpd, "gobgp": BenchGoBgp}
