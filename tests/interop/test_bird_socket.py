"""BIRD 1.6's control sockets: its own birdc, the exporter for it, and what upstream's calicoctl reads, against ours.

    peer (BIRD 1.6) --- node1 (ours)
          `------------ twin (BIRD 1.6): the same session, so that both must show it the same way
"""
import re

from lab import LabCase, Neighbor, OurNode, block_yaml, peer_yaml, pool_yaml, wait_until
from lab.bird import UNPACKED, Bird1

AS = 64512
EXPORTER = UNPACKED.parents[2] / "prometheus-bird-exporter/usr/bin/prometheus-bird-exporter"
PEER = "Global_10_0_0_2"
PREFIXES = ["192.168.2.0/26", "192.168.2.64/26"]


def calico_peers(text, separator):
    """What `calicoctl node status` of upstream makes of the answer to `show protocols`."""
    peers = []
    for line in text.splitlines():
        if line.startswith(("0000", "0001")):
            continue
        if line.startswith("2002"):
            assert line[5:].split() == ["name", "proto", "table", "state", "since", "info"], line
            continue
        assert line.startswith((" ", "1002")), line
        columns = line[5 if line.startswith("1002") else 1:].split()
        match = re.match(r"^(Global|Node|Mesh)_(.+)$", columns[0])
        if len(columns) < 6 or columns[1] != "BGP" or not match:
            continue
        peers.append((match[2].replace("_", separator), match[1], columns[3], " ".join(columns[5:])))
    return peers


def shape(text):
    """The answer without what two daemons rightly differ in: names, times, numbers; columns keep their width."""
    lines = []
    for line in text.splitlines():
        line = re.sub(r"\b(Global_10_0_0_2|p0 +(?=BGP )|p0)\b *", "NAME ", line)
        line = re.sub(r"\d\d:\d\d:\d\d|\d{4}-\d\d-\d\d", "TIME", line)
        line = re.sub(r"(Neighbor caps|Session|Source address|filter):( +).*", r"\1:\2WORDS", line)
        line = re.sub(r"(?<=[ /])(-(?=/)|---|\d+)(?=[ ,/\])]|$)", lambda m: "#".rjust(len(m[0]), "#"), line)
        line = re.sub(r" +#+", lambda m: f"<{len(m[0])}>" if len(m[0]) > 9 else " #", line)
        lines.append(re.sub(r"#+", "#", line))
    return lines


class BirdSocket(LabCase):
    label = "BIRD's control socket"

    @classmethod
    def build(cls, lab):
        node_host = lab.host("node1", "10.0.0.1/24", "fd00::1/64")
        cls.node = lab.start(OurNode(node_host, asn=AS))
        cls.peer = lab.start(Bird1(lab.host("peer", "10.0.0.2/24"), AS, [Neighbor("10.0.0.1", AS), Neighbor("10.0.0.3", AS)]))
        cls.twin = lab.start(Bird1(lab.host("twin", "10.0.0.3/24"), AS, [Neighbor("10.0.0.2", AS)],
                                   lines=["protocol direct {}"]))
        cls.node.apply(pool_yaml("192.168.0.0/16"), block_yaml("node1", "192.168.1.0/26"), peer_yaml("10.0.0.2", AS),
                       peer_yaml("10.0.0.99", 64513, node="node1"), peer_yaml("fd00::99", AS))
        for prefix in PREFIXES:
            cls.peer.announce(prefix)
        wait_until("node1 has the routes", lambda: all(p in cls.node.routes() for p in PREFIXES), 60)
        wait_until("the twin has the routes", lambda: all(p in cls.twin.routes(4) for p in PREFIXES), 60)
        wait_until("the dead peer was tried", lambda: len(cls.node.peer("10.0.0.99").get("info", "").split()) > 1)

    def birdc(self, *command, version=4):
        suffix = "6" if version == 6 else ""
        return self.node.host.run(UNPACKED / f"birdc{suffix}", "-v", "-s", self.node.run_dir / f"bird{suffix}.ctl",
                                  *command).stdout

    def of_twin(self, *command):
        return self.twin.host.run(UNPACKED / "birdc", "-v", "-s", self.twin.dir / "bird.ctl", *command).stdout

    def test_upstreams_calicoctl_finds_the_peers(self):
        peers = {address: rest for address, *rest in calico_peers(self.birdc("show", "protocols"), ".")}
        self.assertEqual(peers["10.0.0.2"], ["Global", "up", "Established"])
        kind, state, info = peers["10.0.0.99"]
        self.assertEqual((kind, state), ("Node", "start"))
        self.assertRegex(info, r"^(Idle|Connect|Active) Socket: ")
        self.assertEqual([p[:3] for p in calico_peers(self.birdc("show", "protocols", version=6), ":")],
                         [("fd00::99", "Global", "start")])

    def test_probes_of_calico_find_it_ready(self):
        lines = self.birdc("show", "status").splitlines()
        self.assertRegex(lines[0], r"^0001 BIRD v.* ready\.$")
        self.assertRegex(lines[1], r"^1000-BIRD v")
        self.assertEqual(lines[2], "1011-Router ID is 10.0.0.1")
        self.assertEqual(lines[-1], "0013 Daemon is up and running")

    def test_a_session_looks_as_it_does_in_bird(self):
        for all_of_it in ([], ["all"]):
            ours = shape(self.birdc("show", "protocols", *all_of_it, PEER))[1:]
            self.assertEqual(ours, shape(self.of_twin("show", "protocols", *all_of_it, "p0"))[1:])

    def test_a_route_looks_as_it_does_in_bird(self):
        for command in (["show", "route", "protocol", "{}"], ["show", "route", "for", "192.168.2.65", "all"],
                        ["show", "route", PREFIXES[0]], ["show", "route", "protocol", "{}", "count"],
                        ["show", "route", "for", "203.0.113.1"], ["show", "route", "primary", "protocol", "{}", "all"]):
            ours = shape(self.birdc(*[word.format(PEER) for word in command]))[1:]
            theirs = shape(self.of_twin(*[word.format("p0") for word in command]))[1:]
            self.assertEqual(sorted(ours), sorted(theirs), command)

    def test_our_own_block_is_a_static_route(self):
        self.assertRegex(self.birdc("show", "route", "192.168.1.0/26"),
                         r"1007-192\.168\.1\.0/26     blackhole \[static1 [\d:]+\] \* \(200\)\n")

    def test_nothing_can_be_changed(self):
        for command in (["configure"], ["disable", "all"], ["down"]):
            self.assertIn("8007 Access denied", self.birdc(*command))
        self.assertTrue(self.node.is_established("10.0.0.2"))

    def test_the_exporter_for_bird_has_its_metrics(self):
        self.node.host.spawn("exporter", EXPORTER, "-bird.v2=false", "-format.new=true", "-bird.ipv6=true",
                             "-bird.socket", self.node.run_dir / "bird.ctl", "-bird.socket6", self.node.run_dir / "bird6.ctl",
                             "-web.listen-address", "127.0.0.1:9324")
        fetch = "import urllib.request as u; print(u.urlopen('http://127.0.0.1:9324/metrics').read().decode())"
        text = wait_until("it answers", lambda: self.node.host.run("/usr/bin/python3", "-c", fetch, check=False).stdout)
        metrics = {}
        for name, labels, value in re.findall(r"^(bird_\w+)\{(.*)\} (\S+)$", text, re.M):
            found = dict(re.findall(r'(\w+)="([^"]*)"', labels))
            metrics[name, found.get("name"), found.get("ip_version")] = float(value)
        self.assertEqual(metrics["bird_protocol_up", PEER, "4"], 1)
        self.assertEqual(metrics["bird_protocol_up", "Node_10_0_0_99", "4"], 0)
        self.assertEqual(metrics["bird_protocol_prefix_import_count", PEER, "4"], 2)
        self.assertEqual(metrics["bird_protocol_prefix_export_count", PEER, "4"], 1)
        self.assertEqual(metrics["bird_protocol_prefix_preferred_count", PEER, "4"], 2)
        self.assertEqual(metrics["bird_protocol_changes_update_import_receive_count", PEER, "4"], 2)
        self.assertEqual(metrics["bird_protocol_up", "Global_fd00__99", "6"], 0)
