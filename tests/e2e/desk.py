"""Where a test types: a shell on a host of a lab, with our programs in its PATH."""
from lab import OurNode, Rack, block_yaml, peer_yaml, pool_yaml, wait_until

DEAD_PEER = peer_yaml("10.20.30.40", 64567)


class Desk:
    """agent=False: no agent runs; calicoctl opens the store itself."""

    def __init__(self, lab, node, agent=True):
        self.lab, self.node = lab, node
        shim = lab.dir / "bin"
        shim.mkdir()
        (shim / "sudo").write_text('#!/bin/sh\nexec "$@"\n')  # we are root already; the page's `sudo` loses our PATH
        (shim / "sudo").chmod(0o755)
        self.env = {**node.env, "PATH": f"{shim}:{node.env['PATH']}"}
        if agent:
            lab.start(node)
        else:
            node.data_dir.mkdir()

    def type(self, command):
        """What a terminal would show, and the exit code."""
        done = self.node.host.run("bash", "-c", f"cd {self.lab.dir} && exec 2>&1\n{command}", env=self.env, check=False)
        return done.stdout, done.returncode


FRESH = {"NO_DEFAULT_POOLS": ""}  # as a user's node starts: what the pages show must hold with the default pools


def node_desk(lab):
    return Desk(lab, OurNode(lab.host("node1", "172.17.8.101/24", "fd00:8::101/64"), env=FRESH))


def none_desk(lab):
    return Desk(lab, OurNode(lab.host("node1", "172.17.8.101/24")), agent=False)


def mesh_desk(lab):
    """node1 of three nodes, everything Established but one global peer that does not exist; blocks exchanged."""
    desk = node_desk(lab)
    for n in (2, 3):
        lab.start(OurNode(lab.host(f"node{n}", f"172.17.8.10{n}/24", f"fd00:8::10{n}/64"), shared_with=desk.node))
    blocks = [block_yaml(f"node{n}", Rack.block(n)) for n in (1, 2, 3)]
    desk.node.apply(pool_yaml("192.168.0.0/16"), *blocks, DEAD_PEER)
    mesh = [address for n in (2, 3) for address in (f"172.17.8.10{n}", f"fd00:8::10{n}")]
    wait_until("the mesh is up", lambda: all(map(desk.node.is_established, mesh)), 60)
    wait_until("node1 has the others' blocks", lambda: {Rack.block(2), Rack.block(3)} <= desk.node.routes().keys())
    return desk


DESKS = {"node": node_desk, "none": none_desk, "mesh": mesh_desk}
