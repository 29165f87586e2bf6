"""The session and its sockets against FRR and BIRD 2: TCP-MD5, TCP-AO, GTSM, passive, ports, capabilities, dynamic neighbours."""
import errno
import os
import signal
import socket
import time

from lab import Bird2, Frr, LabCase, Neighbor, OurNode, block_yaml, peer3_yaml, pool_yaml, wait_until
from lab.scripted import in_namespace, open_message

NODE_AS, PEER_AS = 64512, 65001
OURS, THEIRS = "10.0.0.1", "10.0.0.2"
PREFIX = "203.0.113.0/24"
BLOCK = "192.168.1.0/26"
PATIENCE = {"hold-time": "9s", "connect-retry": "1s"}
CANARY = "CANARY-one", "CANARY-two"


class _Case(LabCase):
    """node1 and one foreign speaker; subclasses say how both are configured."""
    daemon, speaker, annotations, spec, node_args = None, {}, {}, {}, ()

    @classmethod
    def build(cls, lab):
        host = lab.host("node1", OURS + "/24")
        cls.secrets = host.dir / "secrets"
        cls.node = lab.start(OurNode(host, asn=NODE_AS, args=["--secrets-dir", cls.secrets, *cls.node_args]))
        cls.peer_host = lab.host("peer", THEIRS + "/24")
        cls.peer = lab.start(cls.daemon(cls.peer_host, PEER_AS, [Neighbor(OURS, NODE_AS)], [PREFIX],
                                        **cls.speaker_for(cls.daemon)))
        cls.tell()

    @classmethod
    def speaker_for(cls, daemon):
        return dict(cls.speaker.get(daemon.name, {}))

    @classmethod
    def tell(cls, annotations=None, address=THEIRS, **spec):
        cls.node.apply(peer3_yaml("peer", address, PEER_AS, PATIENCE | cls.annotations | (annotations or {}),
                                  **(cls.spec | spec)))

    def wait_established(self, patience_s=60):
        wait_until("Established, as both see it",
                   lambda: self.node.is_established(THEIRS) and self.peer.is_established(OURS), patience_s)

    def wait_down(self):
        wait_until("the session is down", lambda: not self.node.is_established(THEIRS), 30)

    def detail(self):
        return self.node.json("node", "peer", THEIRS)


def each_daemon(case, *daemons):
    """A class for each daemon, as the runner finds them."""
    for daemon in daemons or (Frr, Bird2):
        name = case.__name__.strip("_") + daemon.__name__
        globals()[name] = type(name, (case,), {"label": f"{case.label}, {daemon.name}", "daemon": daemon})


# ---- authentication and distance ------------------------------------------------------------------------------------

class _Md5(_Case):
    label = "TCP-MD5 and its rotation"
    speaker = {"frr": {"session_lines": [f"neighbor {{peer}} password {CANARY[0]}"]},
               "bird2": {"session_lines": [f'password "{CANARY[0]}";']}}
    spec = {"password": {"secretKeyRef": {"name": "bgp", "key": "peer"}}}

    @classmethod
    def build(cls, lab):
        super().build(lab)
        cls.write_secret(CANARY[0])

    @classmethod
    def write_secret(cls, text):
        (cls.secrets / "bgp").mkdir(parents=True, exist_ok=True)
        (cls.secrets / "bgp" / "peer").write_text(text)

    def give_peer(self, text):
        if self.daemon is Frr:
            self.peer.vtysh("configure terminal", f"router bgp {PEER_AS}", f"neighbor {OURS} password {text}")
        else:
            self.peer.session_lines = [f'password "{text}";']
            self.peer.reconfigure()

    def test_a_key_that_changes_on_one_side_ends_the_session_and_on_both_brings_it_back(self):
        self.wait_established()
        self.write_secret(CANARY[1])
        self.wait_down()
        wait_until("the hint", lambda: "TCP-MD5" in str(self.node.peer(THEIRS).get("lastError")), 60)
        self.assertIn("because=password", self.node.process.log())
        self.give_peer(CANARY[1])
        began = time.monotonic()
        self.wait_established()
        self.assertLess(time.monotonic() - began, 15)
        self.assertNotIn("CANARY", self.node.process.log())
        self.assertNotIn("CANARY", str(self.detail()))

    def test_a_peer_without_the_key_does_not_get_in(self):
        self.wait_established()
        self.write_secret("")
        self.wait_down()
        self.write_secret(CANARY[1])
        self.give_peer(CANARY[1])
        self.wait_established()


class _Gtsm(_Case):
    label = "GTSM"
    speaker = {"frr": {"session_lines": ["neighbor {peer} ttl-security hops 1"]},
               "bird2": {"session_lines": ["ttl security on;"]}}
    spec = {"ttlSecurity": 1}

    def test_a_neighbour_is_heard_and_who_is_one_router_away_is_not(self):
        self.wait_established()
        self.assertEqual(self.connect_from_peer(ttl=254), "timed out")
        self.assertEqual(self.connect_from_peer(ttl=255), "connected")
        self.assertTrue(self.node.is_established(THEIRS))

    def connect_from_peer(self, ttl):
        script = ("import socket,sys\ns=socket.socket()\ns.settimeout(2)\n"
                  f"s.setsockopt(socket.IPPROTO_IP,socket.IP_TTL,{ttl})\n"
                  f"try:\n s.connect(('{OURS}',179)); print('connected')\n"
                  "except TimeoutError: print('timed out')\nexcept OSError as e: print(e)\n")
        return self.peer_host.run("python3", "-c", script).stdout.strip()


class GtsmOfSome(LabCase):
    """GTSM for one peer of a family, beside one without: the listening socket hears everybody, and a router is between."""

    label = "GTSM of some peers"
    OURS, FAR = {4: "10.9.1.1", 6: "fd09:1::1"}, {4: "10.9.2.2", 6: "fd09:2::2"}

    @classmethod
    def build(cls, lab):
        lab.host("router", "10.9.1.254/24", "10.9.2.254/24", "fd09:1::254/64", "fd09:2::254/64")
        host = lab.host("node", "10.9.1.1/24", "fd09:1::1/64")
        cls.far = lab.host("far", "10.9.2.2/24", "fd09:2::2/64")
        for end, number in ((host, 1), (cls.far, 2)):
            end.ip("route", "add", "default", "via", f"10.9.{number}.254")
            end.ip("-6", "route", "add", "default", "via", f"fd09:{number}::254")
        cls.node = lab.start(OurNode(host, NODE_AS))
        cls.node.apply(*(peer3_yaml(f"other{v}", address, PEER_AS, {"passive": "true"})
                         for v, address in ((4, "10.9.1.5"), (6, "fd09:1::5"))))

    def setUp(self):
        self.node.host.run("sysctl", "-qw", "net.ipv4.tcp_syncookies=1")

    def tell(self, hops):
        """Both families; answers when the agent has it, which it logs."""
        spec = {"ttlSecurity": hops} if hops else {}
        self.node.apply(*(peer3_yaml(f"far{v}", address, PEER_AS, {"passive": "true"}, **spec)
                          for v, address in self.FAR.items()))
        wait_until("both are there", lambda: all(self.node.peer(address) for address in self.FAR.values()))

    def dial(self, version, says_open=True):
        """With TTL 255, and an OPEN that is there before the agent can accept. What comes back: "OPEN", "nothing"."""
        os.kill(self.node.process.pid, signal.SIGSTOP)
        try:
            family = socket.AF_INET if version == 4 else socket.AF_INET6
            peer = in_namespace(self.far.namespace, lambda: socket.socket(family))
            peer.settimeout(20)
            level, ttl = ((socket.IPPROTO_IP, socket.IP_TTL) if version == 4 else
                          (socket.IPPROTO_IPV6, socket.IPV6_UNICAST_HOPS))
            peer.setsockopt(level, ttl, 255)
            peer.connect((self.OURS[version], 179))
            if says_open:
                peer.sendall(open_message(PEER_AS, "10.9.2.2"))
        finally:
            os.kill(self.node.process.pid, signal.SIGCONT)
        with peer:
            try:
                return "OPEN" if peer.recv(19)[18:19] == b"\x01" else "nothing"
            except ConnectionError:
                return "nothing"

    def test_1_who_is_too_far_away_is_not_heard_though_his_open_came_with_the_handshake(self):
        self.tell(1)
        for version in (4, 6):
            self.assertEqual(self.dial(version), "nothing")
            self.assertEqual(self.node.peer(self.FAR[version])["messages"]["received"]["open"], 0)
        self.assertIn("it came from farther away than GTSM allows", self.node.process.log())

    def test_2_who_is_near_enough_is(self):
        self.tell(2)
        for version in (4, 6):
            self.assertEqual(self.dial(version), "OPEN")

    def test_3_with_syn_cookies_only_who_has_said_nothing_yet(self):
        self.node.host.run("sysctl", "-qw", "net.ipv4.tcp_syncookies=2")
        self.tell(2)
        for version in (4, 6):
            self.assertEqual(self.dial(version), "nothing")
            self.assertEqual(self.dial(version, says_open=False), "OPEN")


NO_AO = "TCP-AO: this kernel has none; it needs Linux 6.7 or later with CONFIG_TCP_AO"


def kernel_has_ao():
    with socket.socket() as probe:
        try:
            probe.setsockopt(socket.IPPROTO_TCP, 39, bytes(144))  # TCP_AO_DEL_KEY, of a key that is not there
        except OSError as error:
            return error.errno != errno.ENOPROTOOPT
    return True


class _AoCase(LabCase):
    """Two nodes of ours, for none of the other daemons of this Debian knows TCP-AO."""

    @classmethod
    def build(cls, lab):
        cls.nodes = []
        for number in (1, 2):
            host = lab.host(f"node{number}", f"10.0.0.{number}/24")
            (host.dir / "secrets/bgp").mkdir(parents=True)
            for key in (1, 2):
                (host.dir / f"secrets/bgp/key-{key}").write_text(f"CANARY-{key}")
            cls.nodes.append(lab.start(OurNode(host, NODE_AS + number, args=["--secrets-dir", host.dir / "secrets"])))

    def tell(self, node, value, **more):
        other = 2 - self.nodes.index(node)
        return node.host.run("calicoctl", "apply", "-f", "-", env=node.env, check=False,
                             stdin=peer3_yaml("peer", f"10.0.0.{other}", NODE_AS + other, PATIENCE | {"tcp-ao": value}, **more))

    def is_established(self):
        return self.nodes[0].is_established("10.0.0.2") and self.nodes[1].is_established("10.0.0.1")


class AoHeld(_AoCase):
    label = "TCP-AO, on a kernel without"

    def setUp(self):
        if kernel_has_ao():
            self.skipTest("this kernel has TCP-AO")

    def test_1_a_peer_that_is_to_have_it_is_held_and_everybody_says_why(self):
        node, other = self.nodes
        self.assertEqual(self.tell(node, "1 hmac-sha-1-96 bgp/key-1").returncode, 0)
        wait_until("it is held", lambda: NO_AO in node.peer("10.0.0.2").get("info", ""))
        self.assertIn("CONFIG_TCP_AO", node.ctl("node", "status").stdout)
        self.assertIn(NO_AO, node.ctl("node", "peer", "10.0.0.2").stdout)
        self.assertIn(NO_AO, node.process.log())
        self.assertNotIn("CANARY", node.process.log())
        # Who comes without it does not get in.
        other.apply(peer3_yaml("peer", "10.0.0.1", NODE_AS + 1, PATIENCE))
        wait_until("it was turned away", lambda: other.peer("10.0.0.1").get("lastError"))
        self.assertEqual(node.peer("10.0.0.2")["messages"]["received"]["open"], 0)

    def test_2_together_with_a_password_it_is_refused(self):
        done = self.tell(self.nodes[0], "1 hmac-sha-1-96 bgp/key-1", password={"secretKeyRef": {"name": "bgp", "key": "key-1"}})
        self.assertEqual(done.returncode, 1)
        self.assertIn("password and calico-bgp/tcp-ao exclude each other", done.stdout + done.stderr)

    def test_3_without_it_the_session_comes_up(self):
        for number, node in enumerate(self.nodes):
            node.apply(peer3_yaml("peer", f"10.0.0.{2 - number}", NODE_AS + 2 - number, PATIENCE))
        wait_until("Established", self.is_established, 60)


class AoLive(_AoCase):
    label = "TCP-AO and its rotation"

    def setUp(self):
        if not kernel_has_ao():
            self.skipTest(NO_AO)

    def tell_both(self, value):
        for node in self.nodes:
            self.assertEqual(self.tell(node, value).returncode, 0)

    def test_keys_roll_over_without_a_flap_and_a_wrong_one_is_told(self):
        one, two = "1 hmac-sha-1-96 bgp/key-1", "2 hmac-sha-1-96 bgp/key-2"
        self.tell_both(one)
        wait_until("Established", self.is_established, 60)
        for count, chain in enumerate((f"{one}, {two}", f"{two}, {one}", two), start=1):
            self.tell_both(chain)
            wait_until("it is told", lambda: all(node.process.log().count("session=kept") == count for node in self.nodes))
        self.assertEqual([p["flaps"] for node in self.nodes for p in node.json("node", "status")["peers"]], [0, 0])
        self.assertEqual(self.tell(self.nodes[0], "2 hmac-sha-1-96 bgp/key-1").returncode, 0)
        wait_until("the hint", lambda: "TCP-AO" in str(self.nodes[0].peer("10.0.0.2").get("lastError")), 60)
        self.assertIn('because="TCP-AO keys"', self.nodes[0].process.log())


# ---- who dials whom, and where --------------------------------------------------------------------------------------

class _Passive(_Case):
    label = "passive"
    annotations = {"passive": "true"}

    def test_only_the_other_side_dials(self):
        self.wait_established()
        ours = self.node.host.run("ss", "-Htn", "state", "established").stdout.split()
        self.assertIn(f"{OURS}:179", ours)
        self.assertNotIn(f"{THEIRS}:179", ours)


class _Port(_Case):
    label = "a peer's own port"
    speaker = {"bird2": {"session_lines": ["local port 1790;"], "passive": True}}

    @classmethod
    def tell(cls, *_):
        super().tell(address=THEIRS + ":1790")

    def test_we_dial_it_there(self):
        self.wait_established()
        self.assertIn(f"{THEIRS}:1790", self.node.host.run("ss", "-Htn", "state", "established").stdout.split())


class _Dynamic(_Case):
    label = "dynamic neighbours"
    annotations = {"dynamic": "10.0.0.0/24", "dynamic-max": "1"}

    @classmethod
    def tell(cls, *_):
        super().tell(address=None)

    def test_whoever_comes_from_the_range_is_a_peer_while_he_is_there(self):
        self.wait_established()
        wait_until("his route", lambda: PREFIX in self.node.routes())
        self.peer.stop()
        wait_until("he is forgotten", lambda: not self.node.peer(THEIRS), 30)
        self.assertNotIn(PREFIX, self.node.routes())
        self.lab.start(self.peer)
        self.wait_established()


# ---- what an OPEN says ----------------------------------------------------------------------------------------------

class _Capabilities(_Case):
    label = "capabilities"
    speaker = {"bird2": {"session_lines": ["advertise hostname on;", "enable extended messages on;",
                                           "local role provider;", "enable route refresh on;"]},
               "frr": {"session_lines": ["neighbor {peer} local-role provider"]}}
    annotations = {"role": "customer", "role-strict": "true", "software-version": "true", "long-lived-stale-time": "60s"}

    def test_both_sides_show_what_the_other_said(self):
        self.wait_established()
        capabilities = self.detail()["capabilities"]
        theirs, agreed = "; ".join(capabilities["theirs"]), "; ".join(capabilities["agreed"])
        for word in ("Extended messages", "Hostname ", "Role provider", "Graceful restart", "Enhanced route refresh"):
            self.assertIn(word, theirs)
        self.assertIn("xtended messages", agreed)
        self.assertIn("Software version calico-bgp", "; ".join(capabilities["ours"]))
        if self.daemon is Frr:
            shown = self.peer.show(f"show bgp neighbors {OURS} json")[OURS]
            self.assertEqual(shown["hostname"], "node1")
            self.assertEqual(shown["remoteRole"], "customer")
        else:
            shown = self.peer.birdc("show", "protocols", "all", "p0")
            for word in ("Hostname: node1", "Role: customer", "Extended message", "Long-lived graceful restart"):
                self.assertIn(word, shown)

    def test_roles_that_do_not_pair_are_refused_with_2_11(self):
        self.wait_established()
        self.tell({"role": "provider"})
        wait_until("Role mismatch", lambda: "Role mismatch" in str(self.node.peer(THEIRS).get("lastError")), 60)
        self.tell()
        self.wait_established()


class _Farewell(_Case):
    label = "shutdown communication (RFC 9003)"
    node_args = ("--on-stop", "shutdown")

    def test_we_show_theirs_and_they_show_ours(self):
        self.wait_established()
        if self.daemon is Frr:
            self.peer.vtysh("configure terminal", f"router bgp {PEER_AS}", f"neighbor {OURS} shutdown message back at noon")
        else:
            self.peer.birdc("disable", "p0", '"back at noon"')
        wait_until("their words", lambda: "back at noon" in str(self.detail()["lastNotificationReceived"]), 30)
        if self.daemon is Frr:
            self.peer.vtysh("configure terminal", f"router bgp {PEER_AS}", f"no neighbor {OURS} shutdown")
        else:
            self.peer.birdc("enable", "p0")
        self.wait_established()
        self.node.stop()
        if self.daemon is Frr:
            wait_until("our words", lambda: "shutting down" in str(self.peer.show(f"show bgp neighbors {OURS} json")), 30)
        else:
            wait_until("our words", lambda: "shutting down" in self.peer.process.log(), 30)
        self.lab.start(self.node)
        self.wait_established()


class _OnStop(_Case):
    label = "SIGTERM with --on-stop restart"
    node_args = ("--on-stop", "restart")

    def test_they_keep_our_routes_while_we_restart(self):
        self.node.apply(pool_yaml("192.168.0.0/16"), block_yaml("node1", BLOCK))
        self.wait_established()
        wait_until("they have our block", lambda: BLOCK in self.peer.routes())
        self.node.stop()
        wait_until("they know that we are gone", lambda: not self.peer.is_established(OURS), 30)
        self.assertIn(BLOCK, self.peer.routes())
        self.lab.start(self.node)
        self.wait_established()
        self.assertIn(BLOCK, self.peer.routes())


# ---- floods ---------------------------------------------------------------------------------------------------------

class Floods(_Case):
    label = "connections of strangers, and no descriptors left"
    daemon = Bird2

    def descriptors(self):
        return len(os.listdir(f"/proc/{self.node.process.pid}/fd"))

    def lowest_free_descriptor(self):
        taken = {int(name) for name in os.listdir(f"/proc/{self.node.process.pid}/fd")}
        return next(n for n in range(1024) if n not in taken)

    def has_backlog(self):
        return self.node.host.run("ss", "-Hltn", "sport", "=", ":179").stdout.split()[1] != "0"

    def flood(self, seconds, address="10.0.0.9"):
        script = ("import socket,time\nend=time.monotonic()+%d\nn=closed=0\n"
                  "while time.monotonic()<end:\n"
                  " s=socket.socket(); s.settimeout(0.2)\n"
                  " try:\n  s.bind(('%s',0)); s.connect(('%s',179)); n+=1; closed+=s.recv(1)==b''\n"
                  " except ConnectionError: closed+=1\n except OSError: pass\n s.close()\n"
                  "print(n,closed)\n") % (seconds, address, OURS)
        return self.stranger.run("python3", "-c", script).stdout.split()

    @classmethod
    def build(cls, lab):
        super().build(lab)
        cls.stranger = lab.host("stranger", "10.0.0.9/24")

    def test_strangers_cost_no_descriptor_and_no_session(self):
        self.wait_established()
        before, flaps = self.descriptors(), self.node.peer(THEIRS)["flaps"]
        connected, closed = map(int, self.flood(5))
        self.assertGreater(connected, 100)
        wait_until("all are closed", lambda: self.descriptors() <= before + 1)
        self.assertEqual(self.node.peer(THEIRS)["flaps"], flaps)
        self.assertTrue(self.node.is_established(THEIRS))
        lines = [line for line in self.node.process.log().splitlines() if "connection_turned_away" in line]
        self.assertIn(len(lines), (1, 2))

    def test_without_descriptors_who_waits_is_closed_and_the_listener_recovers(self):
        self.wait_established()
        wait_until("nobody waits", lambda: not self.has_backlog(), 60)
        pid = str(self.node.process.pid)
        self.node.host.run("prlimit", "--pid", pid, f"--nofile={self.lowest_free_descriptor()}:")
        connected, closed = map(int, self.flood(2))
        self.assertGreater(closed, 0)
        lines = [line for line in self.node.process.log().splitlines() if "out_of_descriptors" in line]
        self.assertEqual(len(lines), 1)
        self.node.host.run("prlimit", "--pid", pid, "--nofile=1024:")
        self.assertTrue(self.node.is_established(THEIRS))
        self.peer.stop()
        self.wait_down()
        self.lab.start(self.peer)
        self.wait_established()


each_daemon(_Md5)
each_daemon(_Gtsm)
each_daemon(_Passive)
each_daemon(_Port, Bird2)
each_daemon(_Dynamic)
each_daemon(_Capabilities)
each_daemon(_Farewell)
each_daemon(_OnStop)
