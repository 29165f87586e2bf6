"""etcd as the shared store: Calico's own keys, and every way in which etcd goes away, comes back or is not the same.

In each, two nodes of a mesh keep their session and their kernel's routes: what etcd does must never touch them.
"""
import base64
import json
import os
import time

from lab import Authority, Etcd, LabCase, OurNode, bin_dir, block_yaml, peer_yaml, pool_yaml, wait_until

CALICO = "/calico/resources/v3/projectcalico.org"
NODES = {"node1": "10.0.0.1", "node2": "10.0.0.2"}
BLOCKS = {"node1": "192.168.1.0/26", "node2": "192.168.2.0/26"}
UNSET = "10.0.0.99"  # a peer that nobody is, to see configuration arrive


def upstream_peer(name, ip):
    """As upstream's calicoctl stores it."""
    return json.dumps({"kind": "BGPPeer", "apiVersion": "projectcalico.org/v3",
                       "metadata": {"name": name, "uid": "5c5a2b5e-0b0f-4a3b-9d1a-6a3b7f6f7d11",
                                    "creationTimestamp": "2026-11-01T10:00:00Z"},
                       "spec": {"peerIP": ip, "asNumber": 64567}})


class _EtcdCase(LabCase):
    """Two nodes on an etcd, with a session and each other's block."""

    @classmethod
    def environment(cls):
        return {"ETCD_ENDPOINTS": ",".join(member.endpoint for member in cls.members)}

    @classmethod
    def start_nodes(cls, lab):
        cls.nodes = [lab.start(OurNode(lab.host(name, f"{address}/24"), etcd=cls.environment()))
                     for name, address in NODES.items()]
        cls.node = cls.nodes[0]
        cls.nodes[0].apply(pool_yaml("192.168.0.0/16"), *(block_yaml(*row) for row in BLOCKS.items()))
        cls.expected = {BLOCKS["node1"]: ["blackhole"], BLOCKS["node2"]: [NODES["node2"]]}
        wait_until("the nodes have each other's block", cls.has_routes)

    @classmethod
    def has_routes(cls):
        return cls.node.host.routes() == cls.expected

    def setUp(self):
        self.wait_for_state("connected")
        self.before = self.node.peer(NODES["node2"])

    def assert_untouched(self):
        """The session and the routes are those from before the test."""
        peer = self.node.peer(NODES["node2"])
        self.assertEqual([peer[k] for k in ("info", "flaps", "since")], [self.before[k] for k in ("info", "flaps", "since")])
        self.assertEqual(self.node.host.routes(), self.expected)

    def datastore(self, node=None):
        return (node or self.node).json("node", "status")["datastore"]

    def wait_for_state(self, state, deadline_s=30.0):
        for node in self.nodes:
            wait_until(f"{node.name}'s datastore is {state}", lambda: self.datastore(node)["state"] == state, deadline_s)

    def wait_for_peer(self, address, is_there=True):
        wait_until(f"peer {address} is {'there' if is_there else 'gone'}",
                   lambda: bool(self.node.peer(address)) == is_there)

    def calicoctl(self, *args, stdin=None, check=True, **environment):
        """Without an agent: etcd itself."""
        env = {"DATASTORE_TYPE": "etcdv3", "PATH": f"{bin_dir()}:{os.environ['PATH']}", **self.environment(), **environment}
        return self.node.host.run("calicoctl", *args, stdin=stdin, env=env, check=check)


class OneEtcd(_EtcdCase):
    label = "etcd one"

    @classmethod
    def build(cls, lab):
        cls.etcd = Etcd(lab.host("store", "10.0.0.10/24"), "10.0.0.10")
        cls.members = [cls.etcd]
        cls.etcd.start()
        cls.start_nodes(lab)

    def test_upstreams_tools_see_what_we_write_and_we_what_they_write(self):
        key = f"{CALICO}/bgppeers/10-0-0-99"
        self.assertEqual(self.calicoctl("create", "-f", "-", stdin=peer_yaml(UNSET, 64567)).stdout,
                         "Successfully created 1 'bgpPeer' resource(s)\n")
        stored = json.loads(self.etcd.get(key))
        self.assertEqual((stored["kind"], stored["apiVersion"], stored["metadata"]["name"], stored["spec"]),
                         ("BGPPeer", "projectcalico.org/v3", "10-0-0-99", {"peerIP": UNSET, "asNumber": 64567}))
        self.wait_for_peer(UNSET)
        again = self.calicoctl("create", "-f", "-", stdin=peer_yaml(UNSET, 64567), check=False)
        self.assertEqual(again.stdout, f"Failed to create 'bgpPeer' resource: resource already exists: BGPPeer(global, ip={UNSET})\n")
        self.etcd.put(key, upstream_peer("10-0-0-99", "10.0.0.98"))
        self.wait_for_peer("10.0.0.98")
        self.wait_for_peer(UNSET, False)
        self.etcd.ctl("del", key)
        self.wait_for_peer("10.0.0.98", False)
        self.assertEqual(json.loads(self.etcd.get(f"{CALICO}/nodes/node1"))["spec"]["bgp"]["ipv4Address"], "10.0.0.1/24")
        self.assertTrue(json.loads(self.etcd.get(f"{CALICO}/clusterinformations/default"))["spec"]["clusterGUID"])
        self.assert_untouched()

    def test_calicoctl_reads_the_datastore_from_its_configuration_file(self):
        for api, kind in (("v1", "calicoApiConfig"), ("projectcalico.org/v3", "CalicoAPIConfig")):
            file = self.node.host.dir / "calicoctl.cfg"
            file.write_text(f"apiVersion: {api}\nkind: {kind}\nmetadata:\nspec:\n  datastoreType: etcdv3\n"
                            f"  etcdEndpoints: {self.etcd.endpoint}\n")
            shown = self.calicoctl("get", "nodes", "-c", file, DATASTORE_TYPE="embedded", ETCD_ENDPOINTS="http://127.0.0.1:1")
            self.assertEqual(shown.stdout.split(), ["NAME", "node1", "node2"])

    def test_what_happened_while_we_were_away_and_is_compacted_is_read_again(self):
        listings = self.node.process.log().count("event=datastore_listed")
        self.etcd.kill()
        self.wait_for_state("away")
        self.etcd.start(port=2399)  # where the nodes do not look
        for address in ("10.0.0.98", UNSET):  # two revisions, of which the first is then lost
            self.etcd.put(f"{CALICO}/bgppeers/away", upstream_peer("away", address))
        self.etcd.ctl("compact", str(self.etcd.revision()))
        self.etcd.kill()
        self.etcd.start()
        self.wait_for_peer(UNSET)
        self.assertEqual(self.node.process.log().count("event=datastore_listed"), listings + 1)
        self.etcd.ctl("del", f"{CALICO}/bgppeers/away")
        self.wait_for_peer(UNSET, False)
        self.assert_untouched()

    def test_an_unusable_value_is_skipped_and_shown_and_the_old_one_stays(self):
        key = f"{CALICO}/bgppeers/mine"
        self.etcd.put(key, upstream_peer("mine", UNSET))
        self.wait_for_peer(UNSET)
        for bad in ("junk", upstream_peer("mine", "10.0.0.256"), upstream_peer("mine", UNSET) + " " * ((2 << 20) - 1024)):
            revision = self.etcd.revision()
            self.etcd.put(key, bad)
            skipped = wait_until("the key is shown as skipped", lambda: self.datastore()["revision"] > revision
                                 and self.datastore()["skipped"])
            self.assertEqual([row["key"] for row in skipped], [key])
            self.assertTrue(self.node.peer(UNSET))
        self.assertEqual(self.node.process.log().count("event=datastore_entry_skipped"), 3)
        self.etcd.ctl("del", key)
        self.wait_for_peer(UNSET, False)
        self.assertEqual(self.datastore()["skipped"], [])
        self.assert_untouched()

    def test_a_write_whose_answer_does_not_come_is_unknown_and_may_be_repeated(self):
        self.etcd.pause()
        lost = self.node.ctl("apply", "-f", "-", stdin=peer_yaml(UNSET, 64567), check=False)
        self.etcd.resume()
        self.assertEqual(lost.returncode, 1)
        self.assertIn("whether the change was made is unknown", lost.stdout)
        wait_until("etcd answers again", lambda: self.calicoctl("apply", "-f", "-", stdin=peer_yaml(UNSET, 64567),
                                                                check=False).returncode == 0)
        self.wait_for_peer(UNSET)
        self.calicoctl("delete", "bgpPeer", UNSET, "--scope=global")
        self.wait_for_peer(UNSET, False)
        self.assert_untouched()

    def test_a_node_restarted_while_etcd_is_down_comes_up_from_what_it_remembers(self):
        self.etcd.kill()
        self.node.kill()
        self.assertEqual(self.node.host.routes(), self.expected)
        self.node.start()
        wait_until("the session is back", lambda: self.node.is_established(NODES["node2"]))
        wait_until("the routes are there", self.has_routes)
        self.assertEqual((self.datastore()["degraded"], self.datastore()["state"]), (True, "away"))
        self.assertIn("event=datastore_lost", self.node.process.log())
        refused = self.node.ctl("apply", "-f", "-", stdin=peer_yaml(UNSET, 64567), check=False)
        self.assertIn("etcd is not in use, nothing was written", refused.stdout)
        self.etcd.start()
        self.wait_for_state("connected", 5)
        self.node.apply(peer_yaml(UNSET, 64567))
        self.wait_for_peer(UNSET)
        self.node.delete(peer_yaml(UNSET, 64567))
        self.assertEqual(self.node.host.routes(), self.expected)

    def test_an_emptied_etcd_is_refused_and_the_right_one_taken_up_again(self):
        self.etcd.kill()
        right = self.etcd.data_dir.rename(self.etcd.data_dir.with_name("kept"))
        self.etcd.start()  # the same flags, so the same cluster id
        self.wait_for_state("refused")
        self.assertIn("event=datastore_refused", self.node.process.log())
        self.assertIn("this etcd was emptied", self.datastore()["reason"])
        self.assertTrue(self.datastore()["degraded"])
        self.assert_untouched()
        self.etcd.kill()
        self.etcd.wipe()
        right.rename(self.etcd.data_dir)
        self.etcd.start()
        self.wait_for_state("connected", 60)
        self.assert_untouched()

    def test_a_datastore_that_somebody_deletes_is_refused_even_across_a_restart(self):
        saved = json.loads(self.etcd.ctl("get", "--prefix", "/calico/", "-w", "json").stdout)["kvs"]
        self.etcd.ctl("del", "--prefix", "/calico/")
        self.wait_for_state("refused")
        self.assert_untouched()
        self.node.kill()
        self.node.start()
        wait_until("the session is back", lambda: self.node.is_established(NODES["node2"]))
        self.assertEqual(self.datastore()["state"], "refused")
        wait_until("the routes are there", self.has_routes)
        for row in sorted(saved, key=lambda r: b"clusterinformations" in base64.b64decode(r["key"])):
            self.etcd.put(base64.b64decode(row["key"]).decode(), base64.b64decode(row.get("value", "")).decode())
        self.wait_for_state("connected", 60)
        self.assertEqual(self.node.host.routes(), self.expected)

    def test_the_seam_keeps_its_contract_over_etcd(self):
        """The C++ contract of every store, run against an etcd of its own."""
        host = self.lab.host("bench", "10.0.0.20/24")
        etcd = Etcd(host, "10.0.0.20")
        etcd.start()
        done = host.run(bin_dir() / "config_etcd_test", "--no-skip", "-tc=live:*", env={"CALICO_TEST_ETCD": etcd.endpoint},
                        check=False)
        self.lab.remove(host)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertRegex(done.stdout, r"test cases: +4 \| +4 passed")


class ThreeEtcds(_EtcdCase):
    label = "etcd three"

    @classmethod
    def build(cls, lab):
        cluster = {f"store{n}": f"10.0.0.1{n}" for n in (1, 2, 3)}
        cls.members = [Etcd(lab.host(name, f"{address}/24"), address, cluster) for name, address in cluster.items()]
        for member in cls.members:
            member.spawn()
        for member in cls.members:
            member.wait_until_healthy()
        cls.start_nodes(lab)

    def test_a_killed_leader_is_followed_by_the_next(self):
        leader = next(member for member in self.members if member.is_leader())
        other = next(member for member in self.members if member is not leader)
        leader.kill()
        other.wait_until_healthy()
        other.put(f"{CALICO}/bgppeers/now", upstream_peer("now", UNSET))
        self.wait_for_peer(UNSET)
        self.wait_for_state("connected")
        other.ctl("del", f"{CALICO}/bgppeers/now")
        self.wait_for_peer(UNSET, False)
        self.assert_untouched()
        leader.start()

    def test_without_a_quorum_all_stays_as_it_is_and_within_five_seconds_of_its_return_we_are_level(self):
        *gone, left = self.members
        for member in gone:
            member.kill()
        # Until it misses them, the one that is left takes a node's watch, which is connected then for a moment.
        wait_until("etcd has no leader", lambda: left.leader() == 0)
        self.wait_for_state("away")
        self.assertTrue(self.datastore()["degraded"])
        self.assert_untouched()
        lost = self.calicoctl("create", "-f", "-", stdin=peer_yaml(UNSET, 64567), check=False)
        self.assertEqual(lost.returncode, 1)
        self.assertIn("no leader", lost.stdout)
        gone[0].spawn()  # two of three are a quorum
        self.wait_for_quorum(gone[0], left)
        self.wait_for_state("connected", 5)
        gone[1].start()
        self.wait_for_quorum(*self.members)
        left.put(f"{CALICO}/bgppeers/now", upstream_peer("now", UNSET))
        self.wait_for_peer(UNSET)
        left.ctl("del", f"{CALICO}/bgppeers/now")
        self.wait_for_peer(UNSET, False)
        self.assert_untouched()

    def wait_for_quorum(self, *members):
        """All of them answer a linearizable read, under one leader: whoever asked for votes meanwhile has come to rest."""
        for member in members:
            member.wait_until_healthy()
        wait_until("they have one leader", lambda: members[0].leader() and len({member.leader() for member in members}) == 1)

    def test_a_node_cut_off_from_etcd_notices_and_is_level_within_five_seconds_of_the_mending(self):
        for member in self.members:
            self.lab.plug(member.host, False)
        self.wait_for_state("away")
        self.assert_untouched()
        for member in self.members:
            self.lab.plug(member.host, True)
        start = time.monotonic()
        self.members[0].wait_until_healthy()
        self.wait_for_state("connected", 5)
        self.assertLess(time.monotonic() - start, 10)
        self.assert_untouched()


class SecuredEtcd(_EtcdCase):
    label = "etcd secured"

    @classmethod
    def build(cls, lab):
        host = lab.host("store", "10.0.0.10/24")
        cls.authority = Authority(host, host.dir / "tls", "10.0.0.10")
        cls.etcd = Etcd(host, "10.0.0.10", tls=cls.authority)
        cls.members = [cls.etcd]
        cls.etcd.start()
        for words in ("role add calico", "role grant-permission calico readwrite /calico/ --prefix=true", "user add root:rootpw",
                      "user add calico:CANARY1", "user grant-role calico calico", "user grant-role root root", "auth enable"):
            cls.etcd.ctl(*words.split())
        cls.etcd.user = "root:rootpw"
        cls.start_nodes(lab)

    @classmethod
    def environment(cls):
        return {**super().environment(), **cls.authority.environment(), "ETCD_USERNAME": "calico", "ETCD_PASSWORD": "CANARY1"}

    def restart(self):
        self.etcd.kill()
        self.etcd.start()

    def write_and_see(self):
        self.node.apply(peer_yaml(UNSET, 64567))
        self.wait_for_peer(UNSET)
        self.node.delete(peer_yaml(UNSET, 64567))
        self.wait_for_peer(UNSET, False)

    def test_a_token_that_etcd_has_forgotten_is_renewed(self):
        self.write_and_see()
        self.restart()  # its tokens are in its memory alone
        self.wait_for_state("connected", 10)
        self.write_and_see()
        self.assert_untouched()

    def test_a_changed_password_is_an_error_that_says_so_and_never_shows_it(self):
        self.etcd.ctl("user", "passwd", "calico", "--interactive=false", stdin="CANARY2\n")
        self.restart()
        self.wait_for_state("away")
        wait_until("the reason is the password", lambda: "authentication failed" in self.datastore()["reason"])
        wrong = self.calicoctl("get", "nodes", check=False)
        self.assertEqual(wrong.returncode, 1)
        self.assertIn("authentication failed", wrong.stdout)
        self.assertNotIn("CANARY", wrong.stdout + self.node.process.log() + json.dumps(self.datastore()))
        self.assert_untouched()
        self.etcd.ctl("user", "passwd", "calico", "--interactive=false", stdin="CANARY1\n")
        self.wait_for_state("connected", 10)
        self.assert_untouched()

    def test_what_the_user_may_not_see_is_an_error_that_says_so(self):
        self.etcd.ctl("user", "add", "guest:guestpw")
        denied = self.calicoctl("get", "nodes", check=False, ETCD_USERNAME="guest", ETCD_PASSWORD="guestpw")
        self.assertEqual(denied.returncode, 1)
        self.assertIn("permission denied", denied.stdout)

    def test_replaced_certificates_are_read_from_disk_and_a_wrong_authority_is_refused(self):
        old = self.authority.path("old-ca.pem")
        old.write_bytes(self.authority.path("ca.pem").read_bytes())
        self.authority.renew()
        self.restart()
        self.wait_for_state("connected", 10)
        self.write_and_see()
        wrong = self.calicoctl("get", "nodes", check=False, ETCD_CA_CERT_FILE=old)
        self.assertEqual(wrong.returncode, 1)
        self.assertIn(f"TLS failed (CA {old}", wrong.stdout)
        missing = self.calicoctl("get", "nodes", check=False, ETCD_CA_CERT_FILE="/nowhere.pem")
        self.assertIn("cannot use /nowhere.pem", missing.stdout)
        self.assert_untouched()
