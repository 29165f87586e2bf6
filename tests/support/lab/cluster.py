"""A cluster as Calico makes it: an etcd, nodes that share it, and resources written into it with calicoctl."""
import json
import os

from .etcd import Etcd
from .node import OurNode, bin_dir, block_yaml
from .wait import wait_until


def resource(kind, name, spec, labels=None):
    """A resource in projectcalico.org/v3 clothes; JSON is YAML."""
    return "---\n" + json.dumps({"apiVersion": "projectcalico.org/v3", "kind": kind,
                                 "metadata": {"name": name, **({"labels": labels} if labels else {})}, "spec": spec}) + "\n"


def mesh_yaml(is_on, **more):
    return resource("BGPConfiguration", "default", {"nodeToNodeMeshEnabled": is_on, **more})


def number_of(name):
    return int("".join(filter(str.isdigit, name)))


class Cluster:
    """Nodes get their resource before they start, as labels and AS numbers are written by operators, not by agents."""

    def __init__(self, lab, etcd_host, etcd_address):
        self.lab, self.nodes, self.pods = lab, {}, {}
        self.etcd = Etcd(etcd_host, etcd_address)
        self.etcd.start()
        self.environment = {"ETCD_ENDPOINTS": self.etcd.endpoint}

    def calicoctl(self, *args, stdin=None, check=True):
        """On etcd itself, from the machine that it runs on: no agent is asked."""
        env = {"DATASTORE_TYPE": "etcdv3", "PATH": f"{bin_dir()}:{os.environ['PATH']}", **self.environment}
        return self.etcd.host.run("calicoctl", *args, stdin=stdin, env=env, check=check)

    def apply(self, *documents):
        return self.calicoctl("apply", "-f", "-", stdin="".join(documents))

    def delete(self, *documents):
        return self.calicoctl("delete", "-f", "-", stdin="".join(documents))

    @staticmethod
    def node_document(name, labels, **bgp):
        return resource("Node", name, {"bgp": bgp}, labels)

    def start_node(self, host, args=()):
        node = self.nodes[host.name] = self.lab.start(OurNode(host, etcd=self.environment, args=args))
        return node

    @staticmethod
    def block(name):
        return f"192.168.{number_of(name)}.0/26"

    @staticmethod
    def pod_address(name):
        return f"192.168.{number_of(name)}.2"

    def add_blocks(self):
        """A block for each node, as IPAM would write it, and a workload in it."""
        self.apply(*(block_yaml(name, self.block(name)) for name in self.nodes))
        for name, node in self.nodes.items():
            self.pods[name] = self.lab.workload(node.host, f"w{number_of(name)}", self.pod_address(name) + "/32")

    def wait_for_routes(self, expected, deadline_s=60):
        """{node: {prefix: next hops}}: what the kernels have of ours, no more and no less."""
        for name, routes in expected.items():
            host = self.nodes[name].host
            wait_until(f"{name}'s kernel has {routes}", lambda: host.routes() == routes, deadline_s)

    def ping(self, a, b):
        return self.pods[a].run("ping", "-c", "3", "-i", "0.2", "-W", "2", self.pod_address(b), check=False).stdout
