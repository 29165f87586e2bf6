"""The user's page "Configuring BGP Peers": every command on it, in its order, with the exact bytes it prints."""
import re

from console import normalised
from desk import mesh_desk, node_desk
from lab import LabCase, peer_yaml, wait_until


def create(peer):
    return f"cat << EOF | calicoctl create -f -\n{peer}EOF"


GLOBAL_PEER = """apiVersion: v1
kind: bgpPeer
metadata:
  peerIP: 192.20.30.40
  scope: global
spec:
  asNumber: 64567
"""
NODE_PEER = """apiVersion: v1
kind: bgpPeer
metadata:
  peerIP: aa:bb::ff
  scope: node
  node: node1
spec:
  asNumber: 64514
"""
CREATED = "Successfully created 1 'bgpPeer' resource(s)\n"
DELETED = "Successfully deleted 1 'bgpPeer' resource(s)\n"
# The page lists a peer after it deleted it, so it is made once more in between. Tables are padded at the right and end
# with an empty line, as calicoctl's tabwriter leaves them.
PAGE = [
    ("calicoctl config get asNumber", "64512\n"),
    ("calicoctl config set asNumber 64513", ""),
    ("calicoctl config get asNumber", "64513\n"),
    ("calicoctl config set nodeToNodeMesh off", ""),
    ("calicoctl config get nodeToNodeMesh", "off\n"),
    ("calicoctl config set nodeToNodeMesh on", ""),
    ("calicoctl config get nodeToNodeMesh", "on\n"),
    (create(GLOBAL_PEER), CREATED),
    ("calicoctl delete bgpPeer 192.20.30.40 --scope=global", DELETED),
    ("calicoctl get bgpPeer --scope=global", "SCOPE   PEERIP   NODE   ASN   \n\n"),
    (create(GLOBAL_PEER), CREATED),
    ("calicoctl get bgpPeer --scope=global",
     "SCOPE    PEERIP         NODE   ASN     \nglobal   192.20.30.40          64567   \n\n"),
    (create(NODE_PEER), CREATED),
    ("calicoctl delete bgpPeer aa:bb::ff --scope=node --node=node1", DELETED),
    (create(NODE_PEER), CREATED),
    ("calicoctl get bgpPeer --node=node1",
     "SCOPE   PEERIP      NODE    ASN     \nnode    aa:bb::ff   node1   64514   \n\n"),
]
HEALTHY = """Calico process is running.

IPv4 BGP status
+--------------+-------------------+-------+----------+-------------+
| PEER ADDRESS |     PEER TYPE     | STATE |  SINCE   |    INFO     |
+--------------+-------------------+-------+----------+-------------+
| 172.17.8.102 | node-to-node mesh | up    | HH:MM:SS | Established |
| 172.17.8.103 | node-to-node mesh | up    | HH:MM:SS | Established |
+--------------+-------------------+-------+----------+-------------+

IPv6 BGP status
+--------------+-------------------+-------+----------+-------------+
| PEER ADDRESS |     PEER TYPE     | STATE |  SINCE   |    INFO     |
+--------------+-------------------+-------+----------+-------------+
| fd00:8::102  | node-to-node mesh | up    | HH:MM:SS | Established |
| fd00:8::103  | node-to-node mesh | up    | HH:MM:SS | Established |
+--------------+-------------------+-------+----------+-------------+

"""


class UserPage(LabCase):
    label = "user's page"

    @classmethod
    def build(cls, lab):
        cls.desk = node_desk(lab)

    def test_every_command_in_order_prints_exactly_this(self):
        for command, expected in PAGE:
            with self.subTest(command):
                self.assertEqual(self.desk.type(command), (expected, 0))


class StatusOfAMesh(LabCase):
    label = "node status of a mesh of three"

    @classmethod
    def build(cls, lab):
        cls.desk = mesh_desk(lab)

    def status(self):
        text, code = self.desk.type("sudo calicoctl node status")
        self.assertEqual(code, 0)
        return text

    def rows(self, section=0):
        """The cells of a table, lines of a wrapped cell joined."""
        table = re.findall(r"(?:^[+|].*\n)+", self.status(), re.M)[section]
        rows = []
        for line in table.splitlines()[3:-1]:
            cells = [cell.strip() for cell in line.strip("|").split("|")]
            if cells[0]:
                rows.append(cells)
            else:
                rows[-1] = [f"{old} {more}".strip() for old, more in zip(rows[-1], cells)]
        return rows

    def test_healthy_sessions_look_exactly_like_the_page(self):
        self.desk.node.ctl("delete", "bgpPeer", "10.20.30.40", "--scope=global")
        self.addCleanup(self.desk.node.apply, peer_yaml("10.20.30.40", 64567))
        wait_until("the dead peer is gone", lambda: not self.desk.node.peer("10.20.30.40"))
        self.assertEqual(re.sub(r"\d\d:\d\d:\d\d", "HH:MM:SS", self.status()), HEALTHY)

    def test_a_dead_global_peer_starts_and_says_why(self):
        wait_until("the dead peer has a row with a reason", lambda: re.fullmatch(
            r"(Connect|Active)\b.*", {row[0]: row[4] for row in self.rows()}.get("10.20.30.40", "")))
        rows = self.rows()
        self.assertEqual([row[:3] for row in rows], [["172.17.8.102", "node-to-node mesh", "up"],
                                                     ["172.17.8.103", "node-to-node mesh", "up"],
                                                     ["10.20.30.40", "global", "start"]])

    def test_all_lines_of_a_table_are_of_one_width(self):
        for table in re.findall(r"(?:^[+|].*\n)+", self.status(), re.M):
            self.assertEqual(len({len(line) for line in table.splitlines()}), 1, table)

    def test_json_and_yaml_say_the_same(self):
        peers = self.desk.node.json("node", "status")["peers"]
        self.assertEqual([p["peerAddress"] for p in peers if p["state"] == "up"],
                         ["172.17.8.102", "172.17.8.103", "fd00:8::102", "fd00:8::103"])
        yaml = self.desk.type("calicoctl node status -o yaml")[0]
        for peer in peers:
            self.assertIn(peer["peerAddress"], yaml)

    def test_the_socket_may_be_named_on_the_command_line(self):
        socket = self.desk.node.socket
        text, code = self.desk.type(f"env -u CALICO_BGP_SOCKET calicoctl --socket {socket} node status")
        self.assertEqual((normalised(text).split("\n")[0], code), ("Calico process is running.", 0))
