"""OpenBGPD, the portable version."""
import json
from pathlib import Path

from .network import family
from .speaker import Route, Speaker


class OpenBgpd(Speaker):
    name = "openbgpd"

    def config(self):
        text = f'AS {self.asn}\nrouter-id {self.local(4)}\nsocket "{self.dir}/bgpd.sock"\nfib-update no\n'
        text += "connect-retry 1\n" + "".join(f"network {p}\n" for p in self.announced)
        for n in self.neighbors:
            version = family(n.address)
            lines = [f"remote-as {self.remote_as(n)}", f"local-address {self.local(version)}", f"holdtime {self.hold_s}",
                     "announce IPv4 unicast" if version == 4 else "announce IPv4 none",
                     "announce IPv6 unicast" if version == 6 else "announce IPv6 none"]
            lines += [] if self.as4 else ["announce as-4byte no"]
            lines += ["route-reflector"] if n.is_client else []
            text += f"neighbor {n.address} {{\n  " + "\n  ".join(lines) + "\n}\n"
        return text + "allow from any\nallow to any\n"

    def start(self):
        Path("/run/openbgpd").mkdir(exist_ok=True)  # it chroots there; made by its service, which is not running
        config = self.write("openbgpd.conf", self.config())
        config.chmod(0o600)
        self.process = self.host.spawn("openbgpd", "/usr/sbin/bgpd", "-d", "-f", config)

    def bgpctl(self, *args, check=True):
        return self.host.run("bgpctl", "-s", self.dir / "bgpd.sock", *args, check=check).stdout

    def show(self, *args):
        text = self.bgpctl("-j", "show", *args, check=False)
        return json.loads(text) if text.strip() else {}

    def announce(self, prefix):
        self.announced.append(prefix)
        self.bgpctl("network", "add", prefix)

    def withdraw(self, prefix):
        self.announced.remove(prefix)
        self.bgpctl("network", "delete", prefix)

    def is_established(self, address):
        return any(n["remote_addr"] == address and n["state"] == "Established"
                   for n in self.show("neighbor").get("neighbors", []))

    def routes(self, version=4):
        found = {}
        for row in self.show("rib", f"inet{'6' if version == 6 else ''}").get("rib", []):
            if not row.get("announced"):  # one of its own networks
                found[row["prefix"]] = Route(row["exit_nexthop"], tuple(map(int, row["aspath"].split())))
        return found
