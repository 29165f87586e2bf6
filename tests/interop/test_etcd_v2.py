"""Calico v2's keys in etcd (datastoreType: etcdv2): what its tools left makes our nodes peer, and we write what they wrote.

The keys are put with etcdctl as calico/node v2 and calicoctl v1 put them: an AS number is a text, an address that a node does
not have is blank and not absent.
"""
import os

from lab import Etcd, LabCase, OurNode, bin_dir, block_yaml, peer3_yaml, peer_yaml, pool_yaml, wait_until

BGP, V1, IPAM = "/calico/bgp/v1", "/calico/v1", "/calico/ipam/v2/host"
NODES = {"node1": "10.0.0.1", "node2": "10.0.0.2"}
BLOCKS = {"node1": "192.168.1.0/26", "node2": "192.168.2.0/26"}
POOL = '{"cidr":"192.168.0.0/16","ipip":"","ipip_mode":"","masquerade":false,"ipam":true,"disabled":false}'
UNSET = "10.0.0.99"  # a peer that nobody is


def left_by_calico_v2():
    keys = {f"{BGP}/global/as_num": "64512", f"{BGP}/global/node_mesh": '{"enabled":false}', f"{BGP}/global/loglevel": "info",
            f"{V1}/ipam/v4/pool/192.168.0.0-16": POOL,
            f"{BGP}/global/custom_filters/v4/none": "# nothing"}
    for node, address in NODES.items():
        keys |= {f"{V1}/host/{node}/metadata": "{}", f"{V1}/host/{node}/bird_ip": address,
                 f"{BGP}/host/{node}/ip_addr_v4": address, f"{BGP}/host/{node}/ip_addr_v6": "",
                 f"{IPAM}/{node}/ipv4/block/{BLOCKS[node].replace('/', '-')}": ""}
    for node, other in (("node1", NODES["node2"]), ("node2", NODES["node1"])):
        keys[f"{BGP}/host/{node}/peer_v4/{other}"] = f'{{"ip":"{other}","as_num":"64512"}}'
    return keys


class EtcdV2(LabCase):
    label = "etcd v2 layout"

    @classmethod
    def build(cls, lab):
        cls.etcd = Etcd(lab.host("store", "10.0.0.10/24"), "10.0.0.10")
        cls.etcd.start()
        for key, value in left_by_calico_v2().items():
            cls.etcd.put(key, value)
        cls.environment = {"DATASTORE_TYPE": "etcdv2", "ETCD_ENDPOINTS": cls.etcd.endpoint}
        cls.nodes = [lab.start(OurNode(lab.host(name, f"{address}/24"), etcd=cls.environment))
                     for name, address in NODES.items()]
        cls.node = cls.nodes[0]
        wait_until("the nodes have each other's block", cls.has_routes)

    @classmethod
    def has_routes(cls):
        return cls.node.host.routes() == {BLOCKS["node1"]: ["blackhole"], BLOCKS["node2"]: [NODES["node2"]]}

    def setUp(self):
        wait_until("etcd is followed", lambda: self.datastore()["state"] == "connected")
        self.keys, self.session = self.etcd.all("/calico/"), self.node.peer(NODES["node2"])["since"]

    def datastore(self):
        return self.node.json("node", "status")["datastore"]

    def calicoctl(self, *args, stdin=None, check=True):
        env = {"PATH": f"{bin_dir()}:{os.environ['PATH']}", **self.environment}
        return self.node.host.run("calicoctl", *args, stdin=stdin, env=env, check=check)

    def new_keys(self):
        """What is there now and was not before, and what is gone."""
        now = self.etcd.all("/calico/")
        return {k: v for k, v in now.items() if self.keys.get(k) != v}, sorted(set(self.keys) - set(now))

    def assert_as_before(self):
        self.assertEqual(self.new_keys(), ({}, []))
        self.assertEqual(self.node.peer(NODES["node2"])["since"], self.session)
        self.assertTrue(self.has_routes())

    def test_a_node_registers_with_the_keys_that_calico_v2_gave_it(self):
        self.assertEqual(self.datastore()["type"], "etcdv2")
        for node, address in NODES.items():
            self.assertEqual(
                {**self.etcd.all(f"{BGP}/host/{node}/ip_addr"), **self.etcd.all(f"{BGP}/host/{node}/network"),
                 **self.etcd.all(f"{V1}/host/{node}/")},
                {f"{BGP}/host/{node}/ip_addr_v4": address, f"{BGP}/host/{node}/ip_addr_v6": "",
                 f"{BGP}/host/{node}/network_v4": "10.0.0.0/24", f"{V1}/host/{node}/metadata": "{}",
                 f"{V1}/host/{node}/bird_ip": address})
        self.assertEqual(self.etcd.get(f"{BGP}/global/custom_filters/v4/none"), "# nothing")

    def test_calicoctl_writes_calico_v2s_keys_and_no_others(self):
        documents = peer_yaml(UNSET, 64567) + peer_yaml("fd00::99", 64568, node="node1") + pool_yaml("10.77.0.0/16")
        self.assertEqual(self.calicoctl("create", "-f", "-", stdin=documents).stdout, "Successfully created 3 resource(s)\n")
        self.assertEqual(self.new_keys(), ({
            f"{BGP}/global/peer_v4/{UNSET}": f'{{"ip":"{UNSET}","as_num":"64567"}}',
            f"{BGP}/host/node1/peer_v6/fd00::99": '{"ip":"fd00::99","as_num":"64568"}',
            f"{V1}/ipam/v4/pool/10.77.0.0-16": POOL.replace("192.168", "10.77")}, []))
        wait_until("the agent has the peer", lambda: self.node.peer(UNSET))
        self.assertIn(["global", UNSET, "64567"], [row.split() for row in self.calicoctl("get", "bgpPeer").stdout.splitlines()])
        again = self.calicoctl("create", "-f", "-", stdin=peer_yaml(UNSET, 64567), check=False)
        self.assertEqual(again.stdout, f"Failed to create 'bgpPeer' resource: resource already exists: BGPPeer(global, ip={UNSET})\n")
        self.calicoctl("delete", "-f", "-", stdin=documents)
        wait_until("the agent's peer is gone", lambda: not self.node.peer(UNSET))
        self.assert_as_before()

    def test_what_calico_v2_cannot_say_is_refused_by_name(self):
        document = peer3_yaml("10-0-0-99", UNSET, 64567, ttlSecurity=1)
        for tool in (self.calicoctl, self.node.ctl):  # at etcd itself, and through the agent
            refused = tool("apply", "-f", "-", stdin=document, check=False)
            self.assertEqual(refused.returncode, 1)
            self.assertIn("Calico v2's layout (etcdv2) has no place for spec.ttlSecurity; leave it out, or use the datastore "
                          "etcdv3\n", refused.stdout)
        self.assert_as_before()

    def test_settings_are_calico_v2s_keys(self):
        self.calicoctl("config", "set", "nodeToNodeMesh", "on")
        self.calicoctl("config", "set", "logLevel", "debug", "--node=node2")
        self.assertEqual(self.new_keys(), ({f"{BGP}/global/node_mesh": '{"enabled":true}',
                                            f"{BGP}/host/node2/loglevel": "debug"}, []))
        self.assertEqual(self.calicoctl("config", "get", "nodeToNodeMesh").stdout, "on\n")
        self.assertEqual(self.calicoctl("config", "get", "asNumber").stdout, "64512\n")
        self.assertEqual(self.calicoctl("config", "get", "as_num", "--raw=bgp").stdout, "64512\n")
        self.calicoctl("config", "set", "nodeToNodeMesh", "off")
        self.calicoctl("config", "unset", "logLevel", "--node=node2")
        self.assert_as_before()

    def test_a_deleted_node_takes_its_keys_and_blocks_along_and_leaves_its_peers(self):
        node = "---\napiVersion: v1\nkind: node\nmetadata:\n  name: node3\nspec:\n  bgp:\n    asNumber: 64999\n    ipv6Address: fd00::3\n"
        peer = peer_yaml(UNSET, 64567, node="node3")
        self.calicoctl("create", "-f", "-", stdin=node + peer + block_yaml("node3", "192.168.3.0/26"))
        left = {f"{BGP}/host/node3/peer_v4/{UNSET}": f'{{"ip":"{UNSET}","as_num":"64567"}}'}
        self.assertEqual(self.new_keys(), ({
            f"{BGP}/host/node3/ip_addr_v4": "", f"{BGP}/host/node3/ip_addr_v6": "fd00::3", f"{BGP}/host/node3/as_num": "64999",
            f"{V1}/host/node3/metadata": "{}", f"{IPAM}/node3/ipv4/block/192.168.3.0-26": "", **left}, []))
        self.calicoctl("delete", "node", "node3")
        self.assertEqual(self.new_keys(), (left, []))
        self.calicoctl("delete", "-f", "-", stdin=peer)
        self.assert_as_before()

    def test_a_value_that_is_junk_is_skipped_and_shown_and_the_old_one_stays(self):
        key = f"{BGP}/host/node1/peer_v4/{NODES['node2']}"
        self.etcd.put(key, "junk")
        skipped = wait_until("the key is shown as skipped", lambda: self.datastore()["skipped"])
        self.assertEqual([row["key"] for row in skipped], [key])
        self.assertTrue(self.node.is_established(NODES["node2"]))
        self.etcd.put(key, self.keys[key])
        wait_until("nothing is skipped", lambda: not self.datastore()["skipped"])
        self.assert_as_before()

    def test_z_a_node_that_restarts_while_etcd_is_away_remembers(self):
        self.etcd.kill()
        self.node.kill()
        self.node.start()
        self.assertEqual(self.datastore()["state"], "away")
        wait_until("the session is up", lambda: self.node.is_established(NODES["node2"]), 60)
        wait_until("the routes are there", self.has_routes)
        self.etcd.start()
        wait_until("etcd is followed", lambda: self.datastore()["state"] == "connected")
        self.assertEqual(self.new_keys(), ({}, []))
