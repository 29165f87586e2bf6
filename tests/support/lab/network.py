"""The lab's wires: one namespace for each host, one more with the bridge that joins them (the L2 segment).

Everything is made inside own namespaces, so nothing of the machine's network is touched, and a lab is gone when its
namespaces are. Processes end by their ids only: those that were started here, and what they forked into our namespaces.
"""
import atexit
import ipaddress
import itertools
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

from .process import Process, end_all

_numbers = itertools.count()


def family(text):
    """4 or 6, of an address or a prefix."""
    return ipaddress.ip_interface(text).version


def require_root(program):
    if os.geteuid() != 0:
        sys.exit(f"{program}: must run as root, to make network namespaces; try: sudo {program}")


def ip(*args):
    done = subprocess.run(["ip", *args], capture_output=True, text=True)
    if done.returncode != 0:
        raise AssertionError(f"ip {' '.join(args)}: {done.stderr.strip()}")
    return done.stdout


def namespaces(prefix):
    """The machine's namespaces of one lab."""
    return [row.split()[0] for row in ip("netns", "list").splitlines() if row.startswith(prefix)]


def end_strays(namespace):
    """Ends what still runs inside: only descendants of a lab's processes can."""
    end_all(int(pid) for pid in ip("netns", "pids", namespace).split())


def remove_namespace(namespace):
    end_strays(namespace)
    ip("netns", "del", namespace)


class Lab:
    """Owns all hosts and their processes. A context manager; also cleans up at exit, on SIGINT and on SIGTERM."""

    def __init__(self, prefix=None):
        self.prefix = prefix or f"lab{os.getpid()}-{next(_numbers)}-"
        self.dir = Path(tempfile.mkdtemp(prefix=self.prefix))
        self.dir.chmod(0o755)  # daemons that drop their rights read their configuration here
        self.hosts = {}
        self.speakers = []
        signal.signal(signal.SIGTERM, lambda *_: sys.exit("terminated"))
        signal.signal(signal.SIGINT, signal.default_int_handler)  # also in the background, where it came in ignored
        atexit.register(self.close)
        self._switch = self._namespace("switch")
        ip("-n", self._switch, "link", "add", "br0", "type", "bridge")
        ip("-n", self._switch, "link", "set", "br0", "up")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def _namespace(self, name):
        namespace = self.prefix + name
        ip("netns", "add", namespace)
        ip("-n", namespace, "link", "set", "lo", "up")
        settings = ["net.ipv4.ip_forward=1", "net.ipv6.conf.all.forwarding=1", "net.ipv6.conf.all.accept_dad=0",
                    "net.ipv6.conf.default.accept_dad=0"]
        subprocess.run(["ip", "netns", "exec", namespace, "sysctl", "-qw", *settings], check=True)
        return namespace

    def host(self, name, *addresses):
        """A namespace on the segment, eth0 with these addresses (with their prefix lengths)."""
        host = self.hosts[name] = Host(self._namespace(name), name, self.dir / name)
        ip("-n", self._switch, "link", "add", name, "type", "veth", "peer", "name", "eth0", "netns", host.namespace)
        ip("-n", self._switch, "link", "set", name, "master", "br0", "up")
        host.up("eth0", *addresses)
        return host

    def workload(self, host, name, *addresses):
        """A namespace behind a `cali*` veth of host, wired as Felix does it: host routes there, a default route back."""
        pod = self.hosts[name] = Host(self._namespace(name), name, self.dir / name)
        device, mac = f"cali{name}"[:15], "ee:ee:ee:ee:ee:ee"
        host.ip("link", "add", device, "address", mac, "type", "veth", "peer", "name", "eth0", "netns", pod.namespace)
        host.up(device, "fe80::1/64")
        pod.up("eth0", *addresses)
        pod.ip("neigh", "add", "169.254.1.1", "lladdr", mac, "dev", "eth0", "nud", "permanent")
        pod.ip("route", "add", "default", "via", "169.254.1.1", "dev", "eth0", "onlink")
        pod.ip("-6", "route", "add", "default", "via", "fe80::1", "dev", "eth0")
        for address in addresses:
            host.ip("route", "add", address, "dev", device)
        return pod

    def plug(self, host, is_up):
        """Pulls a host's cable out of the switch, or puts it back: the peers see silence, not an error."""
        ip("-n", self._switch, "link", "set", host.name, "up" if is_up else "down")

    def remove(self, host):
        """Ends a host, so that another may have its name. The logs stay."""
        del self.hosts[host.name]
        ip("-n", self._switch, "link", "del", host.name)  # now; with the namespace it would go at some later moment
        host.close()
        host.dir.rename(f"{host.dir}-{next(_numbers)}")

    def remove_workload(self, pod):
        """Its veth goes with its namespace."""
        del self.hosts[pod.name]
        pod.close()
        pod.dir.rename(f"{pod.dir}-{next(_numbers)}")

    def start(self, speaker):
        self.speakers.append(speaker)
        speaker.start()
        return speaker

    def logs(self, lines=15):
        """Which processes ended, and the last lines of each one's log, to show when a test fails."""
        for host in self.hosts.values():
            for process in host.processes:
                if process.exit_code() is not None:
                    yield f"--- {host.name}: {process.log_path.stem} {process.pid} ended: exit {process.exit_code()}"
        for file in sorted(self.dir.glob("*/*.log")):
            text = file.read_text(errors="replace").splitlines()[-lines:]
            yield f"--- {file.relative_to(self.dir)}\n" + "\n".join(text)

    def keep(self):
        """Leaves everything up: close() does nothing from now on."""
        atexit.unregister(self.close)
        self.close = lambda: None

    def close(self):
        for host in self.hosts.values():
            host.close()
        self.hosts.clear()
        for namespace in namespaces(self.prefix):
            remove_namespace(namespace)
        shutil.rmtree(self.dir, ignore_errors=True)
        atexit.unregister(self.close)


class Host:
    """One namespace with its own directory. All commands run inside it."""

    def __init__(self, namespace, name, directory):
        self.namespace, self.name, self.dir = namespace, name, directory
        self.dir.mkdir()
        self.processes = []
        self.cpu = None  # the number of the only one that its processes may use

    def up(self, device, *addresses):
        for address in addresses:
            nodad = ["nodad"] if family(address) == 6 else []
            self.ip("address", "add", address, "dev", device, *nodad)
        self.ip("link", "set", device, "up")

    def ip(self, *args):
        return ip("-n", self.namespace, *args)

    def command(self, args, env=None):
        settings = ["env", *(f"{k}={v}" for k, v in env.items())] if env else []
        return ["ip", "netns", "exec", self.namespace, *settings, *map(str, args)]

    def run(self, *args, stdin=None, env=None, check=True):
        """Runs to the end; returns the completed process. A failure shows what the command said."""
        done = subprocess.run(self.command(args, env), input=stdin, capture_output=True, text=True, timeout=60)
        if check and done.returncode != 0:
            raise AssertionError(f"{self.name}: {' '.join(map(str, args))}: exit {done.returncode}: "
                                 f"{done.stdout}{done.stderr}")
        return done

    def pinned(self, args):
        return list(args) if self.cpu is None else ["taskset", "-c", self.cpu, *args]

    def spawn(self, name, *args, env=None):
        process = Process(self.command(self.pinned(args), env), self.dir / f"{name}.log")
        self.processes.append(process)
        return process

    def routes(self, version=4, protocol="bird"):
        """The kernel's routes of a protocol: {prefix: [next hops, or the route's type when it has none]}."""
        rows = json.loads(self.ip("-j", "-d", f"-{version}", "route", "show", "proto", protocol) or "[]")
        found = {}
        for row in rows:
            legs = [leg.get("gateway") for leg in row.get("nexthops", [])] or [row.get("gateway") or row.get("type")]
            prefix = str(ipaddress.ip_network("::/0" if version == 6 and row["dst"] == "default" else row["dst"]))
            found.setdefault(prefix, []).extend(legs)
        return found

    def close(self):
        for process in self.processes:
            process.stop()
        remove_namespace(self.namespace)
