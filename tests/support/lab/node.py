"""Our own agent on a host, asked and told through calicoctl as a user would."""
import json
import os
import re
import socket
from pathlib import Path

from .network import family
from .wait import wait_until

SOURCE = Path(__file__).resolve().parents[3]

# What every agent of a lab inherits: the tests make the pools they need, and no lab leaves a name on its machine.
os.environ.setdefault("NO_DEFAULT_POOLS", "true")
os.environ.setdefault("CALICO_NODENAME_FILE", "/nonexistent/nodename")


def bin_dir():
    """Where the programs under test are; CALICO_BIN names another build."""
    return Path(os.environ.get("CALICO_BIN", SOURCE / "build/release/bin")).resolve()


def peer_yaml(address, asn, node=None):
    scope = f"scope: node\n  node: {node}" if node else "scope: global"
    return (f"---\napiVersion: v1\nkind: bgpPeer\nmetadata:\n  peerIP: {address}\n  {scope}\n"
            f"spec:\n  asNumber: {asn}\n")


def peer3_yaml(name, address, asn, annotations=None, **spec):
    """A BGPPeer in projectcalico.org/v3 clothes; JSON is YAML. Annotations are named without their "calico-bgp/"."""
    return "---\n" + json.dumps({
        "apiVersion": "projectcalico.org/v3", "kind": "BGPPeer",
        "metadata": {"name": name, "annotations": {f"calico-bgp/{key}": value for key, value in (annotations or {}).items()}},
        "spec": {**({"peerIP": address} if address else {}), "asNumber": asn, **spec}}) + "\n"


def pool_yaml(cidr):
    return f"---\napiVersion: v1\nkind: ipPool\nmetadata:\n  cidr: {cidr}\n"


def block_yaml(node, cidr, state="confirmed"):
    return (f"---\napiVersion: v1\nkind: blockAffinity\nmetadata:\n  node: {node}\n  cidr: {cidr}\n"
            f"spec:\n  state: {state}\n")


class OurNode:
    """shared_with: another OurNode of this machine, whose store this one uses through its control socket.
    etcd: environment that names etcd; it is then the datastore, and calicoctl still goes through the agent.
    env: more of the agent's environment; a variable that is empty is one that is not set.
    is_addressed: --ip and --ip6 say what eth0 has; else the agent looks for itself."""

    def __init__(self, host, asn=None, shared_with=None, args=(), etcd=None, env=None, is_addressed=True):
        self.host, self.name = host, host.name
        self.run_dir, self.data_dir = host.dir / "run", host.dir / "data"
        self.socket = self.run_dir / "calico-bgp.ctl"
        datastore = f"unix:{shared_with.socket}" if shared_with else etcd.get("DATASTORE_TYPE", "etcdv3") if etcd else "embedded"
        self.agent_env = {**(etcd or {}), **(env or {})}
        addresses = self._address_args() if is_addressed else []
        self.args = ["--node-name", self.name, "--run-dir", self.run_dir, "--data-dir", self.data_dir,
                     "--datastore", datastore, *addresses, *(["--as", asn] if asn else []), *args]
        self.env = {"CALICO_BGP_SOCKET": str(self.socket), "CALICO_BGP_DATA_DIR": str(self.data_dir),
                    "PATH": f"{bin_dir()}:{os.environ['PATH']}"}
        self.process = None

    def _address_args(self):
        rows = self.host.run("ip", "-o", "addr", "show", "eth0", "scope", "global").stdout.splitlines()
        addresses = [row.split()[3] for row in rows]
        first = {version: next((a for a in addresses if family(a) == version), None) for version in (4, 6)}
        return [*(["--ip", first[4]] if first[4] else []), *(["--ip6", first[6]] if first[6] else [])]

    # ---- life
    def spawn(self):
        self.run_dir.mkdir(exist_ok=True)
        self.data_dir.mkdir(exist_ok=True)
        self.process = self.host.spawn("calico-bgpd", bin_dir() / "calico-bgpd", *self.args, env=self.agent_env)

    def start(self):
        self.spawn()
        wait_until(f"{self.name} answers", self.answers)

    def answers(self):
        if self.process.exit_code() is not None:
            raise AssertionError(f"{self.name}: calico-bgpd exited {self.process.exit_code()}: {self.process.log()}")
        try:
            return self.call("version")
        except OSError:
            return None  # no socket there yet

    def stop(self):
        return self.process.stop()

    def kill(self):
        self.process.kill()

    # ---- asking
    def call(self, method, **params):
        """One call on the control socket itself: for measuring, without a process in between."""
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(10)
            connection.connect(str(self.socket))
            request = {"jsonrpc": "2.0", "id": 1, "method": method, "params": params}
            connection.sendall(json.dumps(request).encode() + b"\n")
            with connection.makefile() as answer:
                return json.loads(answer.readline()).get("result")

    def ctl(self, *args, stdin=None, check=True):
        return self.host.run("calicoctl", *args, stdin=stdin, env=self.env, check=check)

    def json(self, *args):
        return json.loads(self.ctl(*args, "-o", "json").stdout)

    def peer(self, address):
        return next((p for p in self.json("node", "status")["peers"] if p["peerAddress"] == address), {})

    def is_established(self, address):
        return self.peer(address).get("info") == "Established"

    def detail(self, address):
        return json.loads(self.ctl("node", "peer", address, "-o", "json").stdout)

    def routes(self):
        """{prefix: the best candidate} of the Loc-RIB."""
        return {r["prefix"]: r for r in self.json("node", "routes") if r["best"]}

    def as_path(self, prefix):
        route = self.routes().get(prefix)
        return route and tuple(map(int, re.findall(r"\d+", str(route["asPath"]))))

    # ---- telling
    def apply(self, *documents):
        return self.ctl("apply", "-f", "-", stdin="".join(documents))

    def delete(self, *documents):
        return self.ctl("delete", "-f", "-", stdin="".join(documents))
