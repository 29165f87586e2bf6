"""A network on one machine: namespaces on a bridge, with BGP daemons inside them. Python's standard library only.

    with Lab() as lab:
        peer = lab.start(Bird2(lab.host("peer", "10.0.0.2/24"), 65001, [Neighbor("10.0.0.1", 64512)]))

tests/interop, tests/e2e and tools/demo stand on it. Needs root; leaves nothing behind.
"""
from .bird import Bird1, Bird2
from .calico_bird import CalicoBird
from .case import LabCase
from .cluster import Cluster, mesh_yaml, resource
from .etcd import Authority, Etcd
from .exabgp import ExaBgp
from .frr import Frr
from .gobgp import GoBgp
from .monitor import Echoes, Monitor
from .network import Host, Lab, family, require_root
from .node import OurNode, bin_dir, block_yaml, peer3_yaml, peer_yaml, pool_yaml
from .openbgpd import OpenBgpd
from .rack import Rack
from .scripted import ScriptedPeer
from .speaker import AS_TRANS, Neighbor, Route, Speaker
from .wait import wait_until

FOREIGN_SPEAKERS = (Frr, Bird2, Bird1, GoBgp, OpenBgpd, ExaBgp)

__all__ = ["AS_TRANS", "Authority", "Bird1", "Bird2", "CalicoBird", "Cluster", "Echoes", "Etcd", "ExaBgp", "FOREIGN_SPEAKERS",
           "Frr", "GoBgp", "Host", "Lab", "LabCase", "Monitor", "Neighbor", "OpenBgpd", "OurNode", "Rack", "Route", "ScriptedPeer",
           "Speaker", "bin_dir", "block_yaml", "family", "mesh_yaml", "peer3_yaml", "peer_yaml", "pool_yaml", "require_root",
           "resource", "wait_until"]
