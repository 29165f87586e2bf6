"""Bad input gets one clear line, exit 1, and changes nothing: neither what is stored nor a session."""
import subprocess

from desk import mesh_desk
from lab import LabCase, bin_dir


def peer(ip="192.0.2.1", metadata="  scope: global\n", spec="  asNumber: 64567\n", kind="bgpPeer"):
    return f"apiVersion: v1\nkind: {kind}\nmetadata:\n  peerIP: {ip}\n{metadata}spec:\n{spec}"


# what is wrong -> the file, and words that its one line must have
FILES = [
    ("AS number too large", peer(spec="  asNumber: 4294967296\n"), ["4294967296", "out of range"]),
    ("AS number is a word", peer(spec="  asNumber: abc\n"), ["abc"]),
    ("unknown field", peer(spec="  asNumber: 1\n  colour: red\n"), ["colour"]),
    ("duplicate key", peer(spec="  asNumber: 1\n  asNumber: 2\n"), ["asNumber"]),
    ("no address", peer(ip="192.168.0.256"), ["192.168.0.256"]),
    ("unknown kind", peer(kind="bgpFriend"), ["bgpFriend"]),
    ("kind in the wrong case", peer(kind="bgppeer"), ["bgppeer"]),
    ("unknown scope", peer(metadata="  scope: everywhere\n"), ["scope", "everywhere"]),
    ("a node with scope global", peer(metadata="  scope: global\n  node: node1\n"), ["node"]),
    ("no node with scope node", peer(metadata="  scope: node\n"), ["node"]),
    ("bad second document", peer() + "---\n" + peer(ip="x"), ["x"]),
    ("no YAML", "kind: [bgpPeer\n", []),
    ("a tab", "kind:\n\tbgpPeer\n", []),
    ("escape sequences", peer(ip='"\\e[31m"'), []),
]
COMMANDS = [
    ("calicoctl create -f missing.yaml", ["missing.yaml"]),
    ("calicoctl create -f /dev/null", []),
    ("calicoctl config set asNumber 4294967296", ["Error executing command"]),
    ("calicoctl config set asNumber abc", ["Error executing command"]),
    ("calicoctl config set nodeToNodeMesh maybe", ["Error executing command: invalid value 'maybe'"]),
    ("calicoctl config set noSuchThing on", ["Error executing command: unrecognised config name 'noSuchThing'"]),
    ("calicoctl config set asNumber 64513 --node=node1", ["--node should not be specified"]),
    ("calicoctl delete bgpPeer 192.0.2.1 --scope=global",
     ["Failed to delete 'bgpPeer' resource: resource does not exist: BGPPeer(global, ip=192.0.2.1)"]),
    ("calicoctl get bgpPeer --scope=elsewhere", ["Unrecognized scope 'elsewhere', must be one of: global, node"]),
    ("calicoctl get bgpPeer -o xml", ["unrecognized output format 'xml'"]),
    ("calicoctl get noSuchKind", ["noSuchKind"]),
    ("calicoctl node routes 10.0.0.0/33", ["10.0.0.0/33"]),
    ("calicoctl node peer 192.0.2.99", ["192.0.2.99"]),
    ("calicoctl --socket /nowhere.ctl node peer 192.0.2.1", ["Calico process is not running."]),
]
# of calico-bgpd: exit 2, and the option's name in the line
OPTIONS = [("--as", "abc"), ("--as", "4294967296"), ("--ip", "10.0.0"), ("--ip6", "10.0.0.1"), ("--router-id", "x"),
           ("--listen-port", "65536"), ("--fib", "maybe"), ("--fib-table", "x"), ("--datastore", "floppy"),
           ("--log-level", "loud"), ("--no-such-option", "x")]


class BadInput(LabCase):
    label = "bad input"

    @classmethod
    def build(cls, lab):
        cls.desk = mesh_desk(lab)

    def world(self):
        """All that must stay: the stored resources and settings, and since when the mesh's sessions are up."""
        stored = [self.desk.type(f"calicoctl get {kind} -o yaml") for kind in ("bgpPeer", "node", "ipPool", "blockAffinity")]
        settings = [self.desk.type(f"calicoctl config get {name}") for name in ("asNumber", "nodeToNodeMesh")]
        up = [(p["peerAddress"], p["since"]) for p in self.desk.node.json("node", "status")["peers"] if p["state"] == "up"]
        return stored, settings, up

    def check(self, command, words):
        text, code = self.desk.type(command)
        self.assertEqual(code, 1, text)
        self.assertEqual(text.count("\n"), 1, f"not one line: {text!r}")
        self.assertTrue(text.endswith("\n") and text.rstrip("\n").isprintable(), repr(text))
        for word in words:
            self.assertIn(word, text)

    def test_bad_files(self):
        before = self.world()
        for what, text, words in FILES:
            (self.lab.dir / "bad.yaml").write_text(text)
            for verb in ("create", "apply", "replace", "delete"):
                with self.subTest(what, verb=verb):
                    self.check(f"calicoctl {verb} -f bad.yaml", words)
        self.assertEqual(self.world(), before)

    def test_an_error_names_file_and_line(self):
        (self.lab.dir / "peers.yaml").write_text(peer(spec="  asNumber: 4294967296\n"))
        self.check("calicoctl create -f peers.yaml", [
            "peers.yaml:7: bgpPeer 192.0.2.1: asNumber 4294967296 is out of range (0..4294967295)"])

    def test_peers_that_contradict_each_other_leave_the_whole_file_out(self):
        before = self.world()
        (self.lab.dir / "two.yaml").write_text(peer("192.0.2.7") + "---\n" + peer("192.0.2.1") + "---\n" +
                                               peer("192.0.2.1", spec="  asNumber: 64568\n"))
        for verb in ("create", "apply", "replace"):
            with self.subTest(verb):
                self.check(f"calicoctl {verb} -f two.yaml", [
                    "two.yaml:17: bgpPeer 192.0.2.1: contradicts the one of line 9: asNumber is 64567 there and "
                    "64568 here; keep one of them"])
        self.assertEqual(self.world(), before)

    def test_bad_commands(self):
        before = self.world()
        for command, words in COMMANDS:
            with self.subTest(command):
                self.check(command, words)
        self.assertEqual(self.world(), before)

    def test_a_peer_that_exists_is_not_created_again(self):
        self.check("calicoctl get bgpPeer 10.20.30.40 -o yaml | calicoctl create -f -", [
            "Failed to create 'bgpPeer' resource: resource already exists: BGPPeer(global, ip=10.20.30.40)"])

    def test_the_agent_refuses_bad_options_with_one_line(self):
        for option, value in OPTIONS:
            with self.subTest(option, value=value):
                done = subprocess.run([bin_dir() / "calico-bgpd", option, value, "--run-dir", self.lab.dir, "--data-dir",
                                       self.lab.dir], capture_output=True, text=True, timeout=10)
                self.assertEqual((done.returncode, done.stdout), (2, ""), done.stderr)
                self.assertEqual(done.stderr.count("\n"), 1, done.stderr)
                self.assertIn(option, done.stderr)

    def test_a_second_agent_on_the_same_store_says_who_holds_it(self):
        node = self.desk.node
        done = node.host.run(bin_dir() / "calico-bgpd", *node.args[:2], "--run-dir", self.lab.dir, "--data-dir",
                             node.data_dir, check=False)
        self.assertEqual(done.returncode, 75, done.stderr)
        self.assertIn(str(node.process.pid), done.stderr)
