"""`calico-bgpd --live` and `--ready`, as a kubelet would call them: exit status and text for each state of the agent."""
import os
import signal
import time

from lab import LabCase, OurNode, ScriptedPeer, bin_dir, block_yaml, peer_yaml, pool_yaml, wait_until
from lab.scripted import UPDATE, capability, message

AS = 64512
GRACEFUL = capability(64, b"\x00\x78" + b"\x00\x01\x01\x00")  # restart time 120 s; IPv4 unicast
END_OF_RIB = message(UPDATE, bytes(4))


class Probes(LabCase):
    label = "probes"

    def setUp(self):
        self.node = OurNode(self.lab.host("node1", "10.0.0.1/24"))
        self.peers = self.lab.host("peers", "10.0.0.2/24")
        self.sessions = []

    def tearDown(self):
        for session in self.sessions:
            session.close()
        for host in (self.node.host, self.peers):
            self.lab.remove(host)

    def probe(self, *args):
        """Exit status, and what it says; within the time that a kubelet gives."""
        begin = time.monotonic()
        done = self.node.host.run(bin_dir() / "calico-bgpd", *args, "--run-dir", self.node.run_dir, check=False)
        self.assertLess(time.monotonic() - begin, 20)
        self.assertEqual(done.stderr, "")
        return done.returncode, done.stdout

    def establish(self):
        """The neighbour 10.0.0.2, which knows graceful restart and has not said End-of-RIB."""
        self.sessions.append(ScriptedPeer(self.peers, "10.0.0.2", "10.0.0.1", AS, more=GRACEFUL).establish())
        wait_until("the session is up", lambda: self.node.is_established("10.0.0.2"))
        return self.sessions[-1]

    def test_no_agent_is_neither_live_nor_ready(self):
        for word in ("live", "ready"):
            status, text = self.probe(f"--{word}")
            self.assertEqual(status, 1)
            self.assertRegex(text, rf"^calico-bgpd is not {word}: no agent answers on \S+/calico-bgp.ctl: No such file")

    def test_an_agent_without_peers_is_live_and_ready(self):
        self.node.start()
        self.assertEqual(self.probe("--live"), (0, ""))
        self.assertEqual(self.probe("--ready"), (0, ""))

    def test_a_dead_peer_blocks_inside_the_threshold_and_not_after_it(self):
        self.node.start()
        self.node.apply(peer_yaml("10.0.0.2", AS), peer_yaml("10.0.0.99", AS))
        wait_until("it was tried", lambda: " " in self.node.peer("10.0.0.99").get("info", ""), 60)
        self.establish().send(END_OF_RIB)
        status, text = self.probe("--ready", "--threshold-time", "24h")
        self.assertEqual(status, 1)
        self.assertRegex(text, r"^calico-bgpd is not ready: IPv4: BGP not established with 10\.0\.0\.99\n"
                               r"  10\.0\.0\.99 \(global\): \w+ Socket: .*\n$")
        self.assertEqual(self.probe("--ready", "--threshold-time", "24h", "--ready-without", "10.0.0.99"), (0, ""))
        self.assertEqual(self.probe("--ready", "--threshold-time", "0s"), (0, ""))
        self.sessions[0].close()
        wait_until("the session is down", lambda: not self.node.is_established("10.0.0.2"))
        status, text = self.probe("--ready", "--threshold-time", "0s")
        self.assertEqual(status, 1)
        self.assertTrue(text.startswith("calico-bgpd is not ready: IPv4: BGP not established with 10.0.0.2,10.0.0.99\n"), text)
        self.assertEqual(self.probe("--live"), (0, ""), "whatever its peers do")

    def test_a_graceful_restart_that_goes_on_is_waited_for(self):
        self.node.start()
        self.node.apply(pool_yaml("192.168.0.0/16"), block_yaml("node1", "192.168.1.0/26"), peer_yaml("10.0.0.2", AS))
        wait_until("there is a route to find again", lambda: "192.168.1.0/26" in self.node.host.routes())
        waiting = (1, "calico-bgpd is not ready: IPv4: graceful restart in progress\n")
        wait_until("a restart waits for the peer", lambda: self.restart() == waiting, 90)
        self.assertEqual(self.probe("--ready", "--threshold-time", "0s"), (0, ""))
        self.sessions[-1].send(END_OF_RIB)
        wait_until("the restart is over", lambda: self.probe("--ready", "--threshold-time", "24h") == (0, ""))

    def restart(self):
        """A peer that is up only after 5 s is not waited for: on a machine that slow, once more."""
        self.node.kill()
        self.node.start()
        self.establish()
        return self.probe("--ready", "--threshold-time", "24h")

    def test_a_process_that_stands_still_is_noticed(self):
        self.node.start()
        os.kill(self.node.process.pid, signal.SIGSTOP)
        try:
            for word in ("live", "ready"):
                status, text = self.probe(f"--{word}")
                self.assertEqual(status, 1)
                self.assertRegex(text, rf"^calico-bgpd is not {word}: the agent on \S+ does not answer; it may be stuck\n$")
        finally:
            os.kill(self.node.process.pid, signal.SIGCONT)
        wait_until("it is live again", lambda: self.probe("--live") == (0, ""))
