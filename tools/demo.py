"""The scenes of tools/demo, which installs and builds first."""
import os
import re
import shutil
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests/support"))
from lab import Lab, Rack, bin_dir, block_yaml, peer_yaml, pool_yaml, require_root, wait_until  # noqa: E402
from lab.network import namespaces, remove_namespace  # noqa: E402
from lab.rack import BEYOND, POOLS, RR, TOR, TOR_AS  # noqa: E402

PREFIX = "calico-demo-"
PICTURE = """
  w1          w2          w3        workloads, 192.168.N.2 and fd00:10:0:N::2
   |           |           |        cali* veth
 node1       node2       node3      calico-bgpd, 172.17.8.101 to .103, one store (node1's)
   |           |           |
 ==+=====+=====+=====+=====+==      a bridge
         |           |
        tor          rr             FRR 172.17.8.2 AS 65000, BIRD 2 172.17.8.3 AS 64513
"""


class Stage:
    """Types commands on hosts, shows them with what they really print, and remembers what was wrong."""

    def __init__(self):
        self.wrong = []

    def scene(self, title):
        print(f"\n## {title}\n", flush=True)

    def type(self, node, command, expect=""):
        print(f"{node.name}$ {command}", flush=True)
        done = node.host.run("bash", "-c", f"exec 2>&1\n{command}", env=node.env, check=False)
        print(done.stdout, end="", flush=True)
        if done.returncode != 0 or not re.search(expect, done.stdout):
            self.wrong.append(f"{node.name}$ {command}: exit {done.returncode}, expected {expect!r}")

    def create(self, node, *documents, verb="create"):
        text = "".join(documents).removeprefix("---\n")
        self.type(node, f"cat << EOF | calicoctl {verb} -f -\n{text}EOF", "^Successfully")

    def expect(self, what, probe):
        try:
            wait_until(what, probe, 60)
        except AssertionError as missed:
            self.wrong.append(str(missed))


def users_page(stage, node):
    stage.scene("The default AS number")
    stage.type(node, "calicoctl config get asNumber", "^64512$")
    stage.type(node, "calicoctl config set asNumber 64513")
    stage.type(node, "calicoctl config get asNumber", "^64513$")
    stage.scene("The full node-to-node mesh")
    for word in ("off", "on"):
        stage.type(node, f"calicoctl config set nodeToNodeMesh {word}")
        stage.type(node, "calicoctl config get nodeToNodeMesh", f"^{word}$")
    stage.scene("A global BGP peer")
    stage.create(node, peer_yaml("192.20.30.40", 64567))
    stage.type(node, "calicoctl get bgpPeer --scope=global", "global +192.20.30.40 +64567")
    stage.type(node, "calicoctl delete bgpPeer 192.20.30.40 --scope=global", "^Successfully deleted")
    stage.scene("A node-specific BGP peer")
    stage.create(node, peer_yaml("aa:bb::ff", 64514, node="node1"))
    stage.type(node, "calicoctl get bgpPeer --node=node1", "node +aa:bb::ff +node1 +64514")
    stage.type(node, "calicoctl delete bgpPeer aa:bb::ff --scope=node --node=node1", "^Successfully deleted")


def connect(stage, rack):
    node = rack.nodes[0]
    stage.scene("The ToR and the route reflector of this rack, as global peers")
    stage.create(node, peer_yaml(TOR, TOR_AS), peer_yaml("fd00:8::2", TOR_AS), peer_yaml(RR, 64513))
    stage.scene("What Calico's IPAM writes: pools, and a block for each node")
    stage.create(node, *map(pool_yaml, POOLS), *[block_yaml(f"node{n}", rack.block(n, v)) for n in (1, 2, 3)
                                                 for v in (4, 6)], verb="apply")
    stage.expect("the mesh is up", rack.mesh_is_up)
    stage.expect("ToR and reflector are Established", lambda: rack.all_established(TOR, "fd00:8::2", RR))
    for v in (4, 6):
        tor = TOR if v == 4 else "fd00:8::2"
        wanted = {n: {rack.block(m, v): rack.node_address(m, v) for m in {1, 2, 3} - {n}} | {BEYOND[v // 6]: tor}
                  for n in (1, 2, 3)}
        for n, routes in wanted.items():
            host = rack.nodes[n - 1].host
            stage.expect(f"node{n}'s kernel has {routes}", lambda: all(
                via in host.routes(v).get(prefix, []) for prefix, via in routes.items()))


def look(stage, rack):
    stage.scene("The status of the BGP peers")
    for node in rack.nodes:
        stage.type(node, "calicoctl node status", "Established")
    stage.scene("The kernels' routes")
    for node in rack.nodes:
        stage.type(node, "ip route show proto bird", "via")
        stage.type(node, "ip -6 route show proto bird", "via")
    stage.scene("What the ToR learned")
    print("tor$ vtysh -c 'show bgp ipv4 unicast'")
    print(rack.tor.vtysh("show bgp ipv4 unicast"), flush=True)
    for n in (1, 2, 3):
        stage.expect(f"the ToR has {rack.block(n)}", lambda: rack.block(n) in rack.tor.routes(4))
    stage.scene("Pings between workloads on different nodes")
    for n, m, v in ((1, 2, 4), (2, 3, 4), (3, 1, 6)):
        print(f"w{n}$ ping -c 3 {rack.workload_address(m, v)}", flush=True)
        done = rack.ping(n, m, v)
        print(done.stdout + done.stderr, flush=True)
        if " 0% packet loss" not in done.stdout:
            stage.wrong.append(f"a ping from w{n} to w{m} was lost")


def take_down():
    for namespace in namespaces(PREFIX):
        remove_namespace(namespace)
    for folder in Path(tempfile.gettempdir()).glob(PREFIX + "*"):
        shutil.rmtree(folder)


def say_how_to_enter(lab, node):
    settings = " ".join(f"{k}={v}" for k, v in node.env.items() if k != "PATH")
    lab.keep()
    print(f"\nThe demo stays up. Enter node1:  sudo ip netns exec {node.host.namespace} env {settings} "
          f"PATH={bin_dir()}:$PATH bash\nTake it down:  sudo tools/demo --down")


def main():
    require_root("tools/demo")
    if "--down" in sys.argv:
        return take_down()
    if namespaces(PREFIX):
        return "tools/demo: a demo is up already; take it down first: sudo tools/demo --down"
    stage = Stage()
    with Lab(PREFIX) as lab:
        print(PICTURE)
        rack = Rack(lab, node_as=64513)
        rack.add_workloads()
        users_page(stage, rack.nodes[0])
        connect(stage, rack)
        look(stage, rack)
        if "--keep" in sys.argv:
            say_how_to_enter(lab, rack.nodes[0])
        if stage.wrong:
            print("\n".join(lab.logs()), file=sys.stderr)
    if stage.wrong:
        return "\ntools/demo: not as it should be:\n" + "\n".join(stage.wrong)
    print("\nEverything shown was checked: sessions Established, routes in the kernels, no ping lost.")
    return 0


if __name__ == "__main__":
    os.environ.pop("CALICO_BIN", None)
    sys.exit(main())
