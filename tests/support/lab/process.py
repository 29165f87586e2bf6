"""A process that we started, its log, and its end."""
import os
import signal
import subprocess

from .wait import wait_until


class Process:
    def __init__(self, command, log_path):
        self.log_path = log_path
        with open(log_path, "ab") as log:
            # A session of its own: Ctrl-C reaches the lab alone, which then ends its processes in order.
            self._popen = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                                           start_new_session=True)

    @property
    def pid(self):
        return self._popen.pid  # `ip netns exec` and `env` replace themselves by the command

    def exit_code(self):
        return self._popen.poll()

    def log(self):
        return self.log_path.read_text(errors="replace")

    def kill(self):
        """kill -9, as the machine's out-of-memory killer would."""
        self._popen.kill()
        self._popen.wait()

    def stop(self, deadline_s=3.0):
        """SIGTERM, and SIGKILL after the deadline. Returns the exit code."""
        self._popen.terminate()
        try:
            return self._popen.wait(deadline_s)
        except subprocess.TimeoutExpired:
            self.kill()
            return self._popen.returncode


def is_alive(pid):
    try:
        with open(f"/proc/{pid}/stat") as stat:
            return stat.read().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def end_all(pids):
    pids = list(pids)
    for pid in pids:
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            pass  # it ended by itself meanwhile
    wait_until("the lab's processes end", lambda: not any(map(is_alive, pids)), 5)
