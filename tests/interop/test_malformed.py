"""Bad input over real sessions: every row of the RFC 7606 table and of the CVE table goes to the running daemon.

A scripted neighbour (tests/support/lab/scripted.py) says the octets; the agent and a second neighbour, the observer, say
what became of them. Rows that reset a session have a peer of their own, so that no back-off is waited for. A session
carries the family of its addresses: rows about IPv6 go over IPv6, where the IPv4 routes beside them are not looked at.
"""
import collections
import os

from lab import LabCase, OurNode, ScriptedPeer, family, peer_yaml, pool_yaml, wait_until
from lab.case_table import octets_of, plain_body, read_cases, update_body
from lab.scripted import KEEPALIVE, NOTIFICATION, OPEN, UPDATE, capability, message

OURS, EXTERNAL, OBSERVER = 65000, 65001, 65009
OBSERVER_ADDRESS = "10.0.0.250"
MARKER = 0xffff  # the last prefix of a session: when it is there, all before it has been read


def nlri(session, number):
    return bytes([32, 10, 64 + session, number >> 8, number & 255])


def prefix(session, number):
    return f"10.{64 + session}.{number >> 8}.{number & 255}/32"


def attributes_of(body):
    """({type: (flags, value)}, [prefix]) of an UPDATE's body that announces IPv4 routes; of another, no prefixes."""
    withdrawn = int.from_bytes(body[:2], "big")
    at = 4 + withdrawn
    end = at + int.from_bytes(body[at - 2:at], "big")
    found = {}
    while at < end:
        flags, kind = body[at], body[at + 1]
        wide = 2 if flags & 0x10 else 1
        length = int.from_bytes(body[at + 2:at + 2 + wide], "big")
        at += 2 + wide + length
        found[kind] = (flags, body[at - length:at])
    prefixes = []
    while at < len(body):
        octets = (body[at] + 7) // 8
        address = body[at + 1:at + 1 + octets] + bytes(4 - octets)
        prefixes.append(".".join(map(str, address)) + f"/{body[at]}")
        at += 1 + octets
    return found, prefixes


def values_of(octets):
    """(type, flags, value) of one attribute."""
    found, _ = attributes_of(bytes(2) + len(octets).to_bytes(2, "big") + octets)
    return next((kind, flags, value) for kind, (flags, value) in found.items())


class _Scripted(LabCase):
    @classmethod
    def build(cls, lab):
        host = lab.host("node1", "10.0.0.1/16", "192.0.2.254/24", "fd00::1/64")  # the next hops are behind 192.0.2.254
        cls.peers = lab.host("peers", f"{OBSERVER_ADDRESS}/16")
        cls.node = lab.start(OurNode(host, asn=OURS))
        cls.node.apply(pool_yaml("10.64.0.0/10"), peer_yaml(OBSERVER_ADDRESS, OBSERVER))
        cls.observer = cls.peer(OBSERVER_ADDRESS, OBSERVER).establish()

    @classmethod
    def add_peers(cls, peers):
        """[(address, AS)]"""
        for address, _ in peers:
            cls.peers.up("eth0", f"{address}/{16 if family(address) == 4 else 64}")
        cls.node.apply(*(peer_yaml(address, asn) for address, asn in peers))
        known = lambda: {p["peerAddress"] for p in cls.node.call("node.status")["peers"]}
        wait_until("the agent knows its peers", lambda: {address for address, _ in peers} <= known())

    @classmethod
    def peer(cls, address, asn, **how):
        return ScriptedPeer(cls.peers, address, "10.0.0.1" if family(address) == 4 else "fd00::1", asn, **how)

    @classmethod
    def routes(cls):
        return {(r["prefix"], r["peer"]) for r in cls.node.json("node", "routes")}

    @classmethod
    def malformed(cls, address):
        return cls.node.call("node.peer", address=address)["malformed"]

    @classmethod
    def say_marker(cls, peer, session, is_internal):
        peer.update(plain_body(is_internal, peer.four_octet_as, nlri(session, MARKER)))


class Rfc7606(_Scripted):
    label = "RFC 7606 over real sessions"

    @classmethod
    def build(cls, lab):
        super().build(lab)
        cls.cases = read_cases("rfc7606.txt")
        cls.addresses = ["10.0.0.10", "10.0.0.11", "10.0.0.12", "10.0.0.13", "fd00::14", "fd00::15"]
        asns = [cls.asn(session) for session in range(6)]
        cls.add_peers(list(zip(cls.addresses, asns)))
        cls.sessions = [cls.peer(address, asn, four_octet_as=n not in (2, 3)).establish()
                        for n, (address, asn) in enumerate(zip(cls.addresses, asns))]
        for session, peer in enumerate(cls.sessions):
            internal = cls.is_internal(session)
            for number, case in cls.rows(session):
                peer.update(plain_body(internal, peer.four_octet_as, nlri(session, number)))
                peer.update(update_body(case, internal, nlri(session, number)))
            cls.say_marker(peer, session, internal)
        markers = {prefix(session, MARKER) for session in range(4)}
        wait_until("the observer has the markers", lambda: markers <= set(cls.observed()), 60)
        wait_until("IPv6 has been read", lambda: all(cls.updates_read(a) == len(cls.rows(4 + n)) * 2 + 1
                                                     for n, a in enumerate(cls.addresses[4:])))

    # Sessions 0 to 5: external and internal, of 4-octet and of 2-octet AS numbers, and over IPv6.
    @classmethod
    def is_internal(cls, session):
        return session % 2 == 1

    @classmethod
    def asn(cls, session):
        return OURS if cls.is_internal(session) else EXTERNAL

    @classmethod
    def updates_read(cls, address):
        return cls.node.call("node.peer", address=address)["messages"]["received"]["update"]

    @classmethod
    def rows(cls, session, resetting=False):
        """[(number, case)] that this kind of session is for."""
        wants = session // 2
        return [(number, case) for number, case in enumerate(cls.cases)
                if (2 if case.is_about_ipv6() else 0 if case.four_octet_as else 1) == wants
                and case.verdict(cls.is_internal(session)) != "-"
                and ("/" in case.verdict(cls.is_internal(session))) == resetting]

    @classmethod
    def observed(cls):
        """{prefix: attributes} as the observer was told them."""
        found = {}
        for body in cls.observer.heard(UPDATE):
            attributes, prefixes = attributes_of(body)
            found.update({p: attributes for p in prefixes})
        return found

    def test_no_session_was_reset(self):
        for address, peer in zip(self.addresses, self.sessions):
            self.assertEqual((peer.heard(NOTIFICATION), peer.is_closed), ([], False), address)
            self.assertEqual(self.node.peer(address)["flaps"], 0)

    def test_routes_are_there_or_withdrawn_as_the_table_says(self):
        routes = self.routes()
        for session, address in enumerate(self.addresses[:4]):
            for number, case in self.rows(session):
                verdict = case.verdict(self.is_internal(session))
                with self.subTest(case.name, peer=address):
                    self.assertEqual((prefix(session, number), address) in routes, verdict in ("kept", "gone", "D"))

    def test_faults_are_counted_by_peer_and_attribute(self):
        for session, address in enumerate(self.addresses):
            expected = {"W": collections.Counter(), "D": collections.Counter()}
            for _, case in self.rows(session):
                expected.get(case.verdict(self.is_internal(session)), collections.Counter()).update(case.faults())
            malformed = self.malformed(address)
            with self.subTest(peer=address):
                for key, verdict in (("treatAsWithdraw", "W"), ("attributeDiscard", "D")):
                    found = {row["type"]: row[key] for row in malformed["attributes"] if row[key]}
                    self.assertEqual(found, self.strongest(expected, verdict, session), key)
                    self.assertEqual(malformed[key], sum(found.values()))
                self.assertEqual(malformed["sessionReset"], 0)

    def strongest(self, expected, verdict, session):
        """A row whose verdict is W may have attributes that are only discarded: AGGREGATOR in `body:1,7`."""
        moved = collections.Counter(7 for _, case in self.rows(session)
                                    if case.verdict(self.is_internal(session)) == "W" and case.where == "body:1,7")
        counts = expected[verdict].copy()
        counts.update(moved) if verdict == "D" else counts.subtract(moved)
        return {kind: n for kind, n in counts.items() if n}

    def test_what_is_passed_on_is_what_the_table_keeps(self):
        observed = self.observed()
        for session in (0, 1):
            for number, case in self.rows(session):
                verdict = case.verdict(self.is_internal(session))
                if case.type is None or case.type in (1, 2, 3, 14, 15) or case.octets == "-" or verdict == "W":
                    continue
                kind, flags, value = values_of(octets_of(case.octets))
                told = observed[prefix(session, number)].get(kind)
                with self.subTest(case.name, peer=self.addresses[session]):
                    if verdict == "kept" and flags & 0xc0 == 0xc0:
                        self.assertEqual(told and told[1], value)
                    elif verdict in ("gone", "D"):
                        self.assertIsNone(told)

    def test_unknown_attributes_are_passed_on_as_partial_and_with_clean_flags(self):
        unknown = [number for number, case in self.rows(0) if case.type == 99 and case.external == "kept"]
        self.assertGreater(len(unknown), 3)
        for number in unknown:
            flags, _ = self.observed()[prefix(0, number)][99]
            self.assertEqual(flags & 0xef, 0xe0)

    def test_what_resets_is_answered_and_its_routes_go(self):
        todo = [(session, number, case) for session in (0, 1, 4, 5) for number, case in self.rows(session, resetting=True)]
        addresses = [f"10.0.1.{n}" if session < 4 else f"fd00::1:{n}" for n, (session, _, _) in enumerate(todo, 1)]
        self.add_peers([(a, self.asn(session)) for a, (session, _, _) in zip(addresses, todo)])
        for address, (session, number, case) in zip(addresses, todo):
            with self.subTest(case.name, peer=address):
                self.check_reset(address, session, case, nlri(session, number))
        left = {peer for _, peer in self.routes()}
        self.assertEqual(left & set(addresses), set())
        self.test_no_session_was_reset()

    def check_reset(self, address, session, case, destination):
        peer = self.peer(address, self.asn(session)).establish()
        peer.update(plain_body(self.is_internal(session), True, destination))
        peer.update(update_body(case, self.is_internal(session), destination))
        wait_until(f"{case.name}: the session is closed", lambda: peer.is_closed, 10)
        code, subcode = map(int, case.verdict(self.is_internal(session)).split("/"))
        data = octets_of(case.octets) if (code, subcode) == (3, 9) else b""
        self.assertEqual(peer.heard(NOTIFICATION), [bytes([code, subcode]) + data])
        malformed = self.malformed(address)
        self.assertEqual(malformed["sessionReset"], 1)
        self.assertEqual([row["type"] for row in malformed["attributes"]], [case.type if data else 0])

    def test_ten_thousand_a_second_cost_neither_the_session_nor_the_log(self):  # fault 15
        address, asn, messages = "10.0.100.1", EXTERNAL, 20_000
        self.add_peers([(address, asn)])
        peer = self.peer(address, asn).establish()
        bad = next(c for c in self.cases if c.name == "COMMUNITIES of three octets")
        octets, before = update_body(bad, False, nlri(5, 1)), self.cpu_seconds()
        for _ in range(messages // 100):
            peer.send(*[message(UPDATE, octets)] * 100)
        self.say_marker(peer, 5, False)
        wait_until("all have been read", lambda: (prefix(5, MARKER), address) in self.routes(), 60)
        self.assertEqual(self.malformed(address)["treatAsWithdraw"], messages)
        self.assertLess(self.cpu_seconds() - before, messages / 10_000)
        lines = [line for line in self.node.process.log().splitlines() if "malformed_update" in line and address in line]
        seconds = {line.split()[0][:19] for line in lines}
        self.assertLessEqual(len(lines), len(seconds) + 1)
        self.assertFalse(peer.is_closed)

    def cpu_seconds(self):
        with open(f"/proc/{self.node.process.pid}/stat") as file:
            fields = file.read().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


class Cves(_Scripted):
    label = "CVEs over real sessions"

    @classmethod
    def build(cls, lab):
        super().build(lab)
        cls.rows = [(case, internal) for case in read_cases("cves.txt") for internal in (False, True)
                    if case.verdict(internal) != "-"]
        cls.addresses = [f"10.0.{2 + n // 200}.{1 + n % 200}" if not case.is_about_ipv6() else f"fd00::2:{n}"
                         for n, (case, _) in enumerate(cls.rows)]
        cls.add_peers([(a, OURS if internal else EXTERNAL) for a, (_, internal) in zip(cls.addresses, cls.rows)])

    def test_each_does_what_the_table_says_and_nothing_else(self):
        for n, (address, (case, internal)) in enumerate(zip(self.addresses, self.rows)):
            with self.subTest(case.name, peer=address):
                peer = self.peer(address, OURS if internal else EXTERNAL, four_octet_as=case.four_octet_as)
                self.check_open(peer, case) if case.where == "open" else self.check(peer, n, case, internal)
                peer.close()
        self.assertFalse(self.observer.is_closed)  # all the while

    def check_open(self, peer, case):
        peer.send(message(OPEN, octets_of(case.octets)), message(KEEPALIVE))
        wait_until("there is an answer", lambda: peer.heard(KEEPALIVE) or peer.is_closed)
        self.check_answer(peer, case.external)

    def check(self, peer, n, case, internal):
        verdict, destination = case.verdict(internal), nlri(n // 250, n % 250)
        peer.establish()
        peer.update(plain_body(internal, case.four_octet_as, destination))
        if case.where == "message":
            peer.send(b"\xff" * 16 + octets_of(case.octets))
        else:
            peer.update(update_body(case, internal, destination))
        if "/" in verdict or verdict == "closed":
            wait_until("the session is closed", lambda: peer.is_closed, 10)
        else:
            peer.update(plain_body(internal, case.four_octet_as, nlri(5, n)))
            wait_until("all has been read", lambda: (prefix(5, n), peer.address) in self.routes() or case.is_about_ipv6())
            is_there = (prefix(n // 250, n % 250), peer.address) in self.routes()
            self.assertEqual(is_there, verdict in ("kept", "gone", "D") and not case.is_about_ipv6())
        self.check_answer(peer, verdict)

    def check_answer(self, peer, verdict):
        answers = [f"{body[0]}/{body[1]}" for body in peer.heard(NOTIFICATION)]
        self.assertEqual(answers, [verdict] if "/" in verdict else [])
        self.assertEqual(peer.is_closed, "/" in verdict or verdict == "closed")

    def test_a_peer_that_leaves_while_it_is_told_why(self):  # CVE-2022-37035
        address, bad = "10.0.200.1", b"\xff" * 16 + octets_of("0017 02 ffff 0000")
        self.add_peers([(address, EXTERNAL)])
        peer = self.peer(address, EXTERNAL).establish()
        peer.send(bad * 100)
        peer.close()
        wait_until("the session is over", lambda: self.node.peer(address)["flaps"] == 1)
        self.assertIsNone(self.node.process.exit_code())
        self.assertFalse(self.observer.is_closed)


class HostileCapabilities(_Scripted):
    label = "hostile capabilities"  # fault 41

    def test_what_a_peer_calls_itself_steers_no_terminal_no_json_and_no_log(self):
        evil = b"\x1b]0;owned\x07\r\nforged=line <script>\"'\\\x9b31m\xff"
        fqdn = capability(73, bytes([len(evil)]) + evil + bytes([len(evil)]) + evil)
        address = "10.0.0.10"
        self.add_peers([(address, EXTERNAL)])
        peer = self.peer(address, EXTERNAL, more=fqdn + capability(75, bytes([len(evil)]) + evil) + capability(77, evil))
        peer.establish()
        wait_until("the agent says Established", lambda: self.node.is_established(address))
        peer.send(message(NOTIFICATION, b"\x06\x02" + bytes([len(evil)]) + evil))
        wait_until("the session is over", lambda: not self.node.is_established(address))
        text = self.node.ctl("node", "peer", address).stdout + self.node.ctl("node", "status").stdout
        log = self.node.process.log()
        self.assertIn("owned", log)  # it is shown, harmless
        for shown in (text, self.node.ctl("node", "peer", address, "-o", "json").stdout, log):
            self.assertEqual([c for c in shown if ord(c) < 32 and c != "\n" or 127 <= ord(c) < 160], [])
            self.assertFalse(any(line.lstrip().startswith("forged") for line in shown.splitlines()))
