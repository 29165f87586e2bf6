"""`calico-bgpd --record`: a session with BIRD 2 over TCP-MD5 is recorded, and replays with the same outputs."""
import os
import subprocess
from pathlib import Path

from lab import Bird2, LabCase, Neighbor, OurNode, bin_dir, block_yaml, peer3_yaml, pool_yaml, wait_until

NODE_AS, PEER_AS = 64512, 65001
CANARY = "canary-8d1f"
FOREIGN, LATER = "203.0.113.0/24", "198.51.100.0/24"
REPLAY = Path(__file__).resolve().parents[2] / "tools/replay"


class Transcript(LabCase):
    label = "transcript"

    @classmethod
    def build(cls, lab):
        host = lab.host("node1", "10.0.0.1/24")
        cls.file = host.dir / "transcript"
        secret = host.dir / "secrets/bgp/password"
        secret.parent.mkdir(parents=True)
        secret.write_text(CANARY)
        cls.node = lab.start(OurNode(host, asn=NODE_AS, args=["--record", cls.file, "--secrets-dir", secret.parents[1]]))
        cls.peer = lab.start(Bird2(lab.host("peer", "10.0.0.2/24"), PEER_AS, [Neighbor("10.0.0.1", NODE_AS)], [FOREIGN],
                                   session_lines=[f'password "{CANARY}";']))
        cls.node.apply(pool_yaml("192.168.0.0/16"), block_yaml("node1", "192.168.1.0/26"),
                       peer3_yaml("bird", "10.0.0.2", PEER_AS, password={"secretKeyRef": {"name": "bgp", "key": "password"}}))

    def replay(self):
        return subprocess.run([REPLAY, self.file], capture_output=True, text=True, timeout=60,
                              env={**os.environ, "CALICO_BIN": str(bin_dir())})

    def test_what_was_recorded_replays_and_holds_no_password(self):
        wait_until("Established", lambda: self.node.is_established("10.0.0.2"), 60)
        wait_until("we have its route", lambda: FOREIGN in self.node.routes())
        self.peer.announce(LATER)
        wait_until("we have its later route", lambda: LATER in self.node.routes())
        self.peer.kill()
        wait_until("its routes are gone", lambda: LATER not in self.node.routes())
        self.peer.start()
        wait_until("we have its route again", lambda: FOREIGN in self.node.routes(), 60)
        self.assertEqual(self.node.stop(), 0)
        done = self.replay()
        self.assertEqual((done.returncode, done.stdout.splitlines()[-1:]), (0, ["identical"]), done.stdout + done.stderr)
        recorded = self.file.read_bytes()
        self.assertNotIn(CANARY.encode(), recorded)
        self.assertIn(b"session_up", recorded)
        self.assertEqual(self.file.stat().st_mode & 0o777, 0o600)
