"""The embedded store's disk: full, read-only, broken; its files damaged, torn or gone. Two agents and their session: the
store costs commits, never routing."""
import errno
import os
import subprocess

from lab import bin_dir, block_yaml, peer_yaml, wait_until
from test_faults import BLOCK, Pair, Preloaded

NEW = peer_yaml("192.0.2.99", 64567)


class _Disk(Pair):
    """node1's data directory is a mount of its own; node1 keeps its session whatever happens to it."""

    def setUp(self):
        super().setUp()
        self.one.data_dir.mkdir()

    def tearDown(self):
        if self.one.process:
            self.one.kill()
        while os.path.ismount(self.one.data_dir):
            subprocess.run(["umount", "-l", self.one.data_dir], check=True)
        super().tearDown()

    def mount(self, *args):
        subprocess.run(["mount", *args, self.one.data_dir], check=True)

    def apply_new(self):
        return self.one.ctl("apply", "-f", "-", stdin=NEW, check=False)

    def check_refused(self, done, *words):
        self.assertEqual((done.returncode, done.stdout.count("\n")), (1, 1), done.stdout)
        for word in (str(self.one.data_dir), *words):
            self.assertIn(word, done.stdout)

    def wait_for_route(self):
        super().wait_for_route()
        self.since = self.one.peer("10.0.0.2")["since"]

    def check_routing(self):
        """The session is the one from before, and what node2 says is followed."""
        self.assertEqual(self.one.peer("10.0.0.2")["since"], self.since)
        self.two.delete(block_yaml("node2", BLOCK))
        wait_until("the withdrawal arrives", lambda: BLOCK not in self.one.host.routes())
        self.two.apply(block_yaml("node2", BLOCK))
        self.wait_for_route()

    def check_taken(self):
        """Commits go on, and survive."""
        done = self.apply_new()
        self.assertEqual(done.returncode, 0, done.stdout)
        self.one.kill()
        self.one.start()
        self.assertIn("192.0.2.99", self.one.ctl("get", "bgpPeer").stdout)
        self.wait_for_route()


class FullDisk(_Disk):
    label = "faults store full"

    def test_a_full_disk_costs_commits_until_there_is_room_again(self):
        self.mount("-t", "tmpfs", "-o", "size=4m", "tmpfs")
        self.one.start()
        self.configure_one()
        room = self.fill()
        self.check_refused(self.apply_until_refused(), "the store takes no more changes", "No space left on device",
                           "make room")
        self.check_routing()
        self.check_restart_while_full()
        room.unlink()
        self.check_taken()

    def check_restart_while_full(self):
        self.one.kill()
        self.one.start()
        self.wait_for_route()
        self.assertIn("event=datastore_read_only", self.one.process.log())
        self.check_refused(self.apply_new(), "No space left on device", "make room")

    def fill(self):
        room = self.one.data_dir / "room"
        with open(room, "wb", buffering=0) as file:
            try:
                while True:
                    file.write(b"x" * 4096)
            except OSError as full:
                self.assertEqual(full.errno, errno.ENOSPC)
        return room

    def apply_until_refused(self):
        """A log has room of its own beforehand: about a megabyte."""
        for n in range(200):
            text = "".join(peer_yaml(f"198.51.100.{i}", 64000 + n) for i in range(1, 101))
            done = self.one.ctl("apply", "-f", "-", stdin=text, check=False)
            if done.returncode != 0:
                return done
        self.fail("a full disk took everything")


class ReadOnlyDisk(_Disk):
    label = "faults store read-only"

    def test_a_node_that_starts_on_a_read_only_disk_does_what_is_stored_there(self):
        self.one.start()
        self.configure_one()
        self.one.kill()
        self.mount("--bind", self.one.data_dir)
        self.mount("-o", "remount,bind,ro")
        self.one.start()
        self.wait_for_route()
        self.assertIn("event=datastore_read_only", self.one.process.log())
        self.check_refused(self.apply_new(), "Read-only file system")
        self.check_routing()
        self.one.kill()
        subprocess.run(["umount", self.one.data_dir], check=True)
        self.one.start()
        self.check_taken()

    def test_there_is_nothing_to_start_from_on_a_read_only_disk_without_a_store(self):
        self.mount("--bind", self.one.data_dir)
        self.mount("-o", "remount,bind,ro")
        self.one.spawn()
        wait_until("node1 gives up", lambda: self.one.process.exit_code() is not None)
        self.assertEqual(self.one.process.exit_code(), 1)
        self.assertIn("Read-only file system", self.one.process.log())


class BrokenDisk(Preloaded, _Disk):
    label = "faults store broken"
    SHIM = "failing_disk.c"

    def test_errors_of_a_disk_while_the_agent_runs(self):
        """EIO, and EROFS: the kernel mounts read-only what has errors."""
        fault = self.one.host.dir / "fault"
        fault.write_text("0")
        self.spawn_preloaded(FAULT_FILE=fault, FAULT_DIR=self.one.data_dir)
        self.configure_one()
        for error, words in ((errno.EIO, "Input/output error"), (errno.EROFS, "Read-only file system")):
            with self.subTest(words):
                fault.write_text(str(error))
                for _ in range(2):
                    self.check_refused(self.apply_new(), words, "mend the disk")
                self.check_routing()
                fault.write_text("0")
                self.assertEqual(self.apply_new().returncode, 0)
                self.one.delete(NEW)
        self.check_taken()


class DamagedStore(Pair):
    label = "faults store damaged"

    def setUp(self):
        super().setUp()
        self.one.start()
        self.configure_one()
        for n in range(1, 11):
            self.one.apply(peer_yaml(f"192.0.2.{n}", 64567))
        self.one.kill()

    def largest(self, suffix):
        return max((self.one.data_dir / "db").glob(f"*{suffix}"), key=lambda file: len(file.read_bytes().rstrip(b"\0")))

    def files(self):
        return {file: file.read_bytes() for file in self.one.data_dir.rglob("*") if file.is_file()}

    def flip(self, file, at):
        bytes_ = bytearray(file.read_bytes())
        bytes_[at] ^= 0x40
        file.write_bytes(bytes_)

    def check_refused(self):
        """Exit 1, one line that says what to do; no file was replaced, and no route is gone."""
        before = self.files()
        self.one.spawn()
        wait_until("node1 gives up", lambda: self.one.process.exit_code() is not None)
        last = self.one.process.log().rstrip("\n").split("\n")[-1]
        self.assertEqual(self.one.process.exit_code(), 1, last)
        self.assertTrue(last.startswith(f"calico-bgpd: {self.one.data_dir}: the store is damaged: "), last)
        self.assertIn("restore a copy of the directory", last)
        seen = self.one.ctl("get", "bgpPeer", check=False)
        self.assertEqual(seen.returncode, 1, seen.stdout)
        self.assertIn("the store is damaged", seen.stdout)
        self.assertEqual(self.files(), before)
        self.assertIn(BLOCK, self.one.host.routes())

    def test_a_torn_tail_costs_the_last_commit_alone(self):
        log = self.largest(".log")
        log.write_bytes(log.read_bytes().rstrip(b"\0")[:-5])
        self.one.start()
        self.wait_for_route()
        stored = self.one.ctl("get", "bgpPeer").stdout
        self.assertEqual([n for n in range(1, 11) if f"192.0.2.{n} " in stored], list(range(1, 10)))

    def test_a_flipped_bit_in_the_middle_of_the_log(self):
        log = self.largest(".log")
        self.flip(log, len(log.read_bytes().rstrip(b"\0")) // 2)
        self.check_refused()

    def test_a_flipped_bit_in_a_table(self):
        self.one.start()  # moves the log into a table
        self.one.kill()
        self.flip(self.largest(".sst"), 100)
        self.check_refused()

    def test_a_manifest_that_is_missing(self):
        self.largest("MANIFEST-*").unlink()
        self.check_refused()

    def test_a_second_agent_on_the_same_store(self):
        self.one.start()
        other = self.two.host.run(bin_dir() / "calico-bgpd", "--node-name", "other", "--ip", "10.0.0.2/24", "--run-dir",
                                  self.lab.dir, "--data-dir", self.one.data_dir, check=False)
        self.assertEqual(other.returncode, 75, other.stderr)
        self.assertIn(f"another daemon (pid {self.one.process.pid}) holds the store", other.stderr)
        self.wait_for_route()
