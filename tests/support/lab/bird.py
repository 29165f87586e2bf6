"""BIRD 2 (one process, both families) and BIRD 1.6 (bird and bird6, the daemon that Calico forked)."""
import re
from pathlib import Path

from .network import family
from .speaker import Route, Speaker

UNPACKED = Path(__file__).resolve().parents[3] / "build/unpacked/bird/usr/sbin"


def parse_routes(text):
    """`show route all` of either version; the selected route of each prefix."""
    found, prefix, facts, is_best = {}, None, {}, False

    def keep():
        if prefix and is_best and "next_hop" in facts:
            found[prefix] = Route(facts["next_hop"].split()[0], tuple(map(int, facts.get("as_path", "").split())))
    for line in text.splitlines():
        if line[:1].strip() or re.match(r" +(via|unicast|blackhole)\b", line):
            keep()
            prefix = line.split()[0] if "/" in line.split()[0] else prefix
            facts, is_best = {}, "* (" in line
        attribute = re.match(r"\tBGP\.(\w+): *(.*)", line)
        if attribute:
            facts[attribute.group(1)] = attribute.group(2)
    keep()
    return found


class Bird(Speaker):
    """The configuration is rewritten and re-read for every change, as people do it."""

    kernel_protocol = "bird"
    args = ()  # of the command line; -R: it comes back from a graceful restart

    def session(self, number, neighbor, body):
        version = family(neighbor.address)
        lines = [f"local {self.local(version)} as {self.asn};",
                 f"neighbor {neighbor.address} {self.neighbor_as(neighbor)};",
                 f"hold time {self.hold_s}; connect delay time 1; connect retry time 1; error wait time 1, 2;",
                 "" if self.as4 else "enable as4 off;", "rr client;" if neighbor.is_client else "",
                 "passive on;" if self.passive else "", *self.session_lines, body]
        return f"protocol bgp p{number} {{\n  " + "\n  ".join(filter(None, lines)) + "\n}\n"

    def neighbor_as(self, neighbor):
        return f"as {self.remote_as(neighbor)}"

    def channel(self):
        return " ".join(self.family_lines or ["import all; export all;"])

    def announce(self, prefix):
        self.announced.append(prefix)
        self.reconfigure()

    def withdraw(self, prefix):
        self.announced.remove(prefix)
        self.reconfigure()

    def row(self, address, protocols):
        """The columns of a neighbour in `show protocols`."""
        name = f"p{[n.address for n in self.neighbors].index(address)}"
        return next((row.split() for row in protocols.splitlines() if row.split()[:1] == [name]), [])


class Bird2(Bird):
    name = "bird2"

    def neighbor_as(self, neighbor):  # as a 2-octet speaker it rejects the neighbour's AS as well as AS_TRANS
        return super().neighbor_as(neighbor) if self.as4 else "external"

    def config(self):
        text = f"log stderr all;\nrouter id {self.local(4)};\nprotocol device {{}}\n" + "\n".join(self.lines) + "\n"
        for version in (4, 6):
            routes = "".join(f"  route {p} blackhole;\n" for p in self.prefixes(version))
            text += f"protocol static static{version} {{\n  ipv{version};\n{routes}}}\n"
        for number, neighbor in enumerate(self.neighbors):
            text += self.session(number, neighbor,
                                 f"ipv{family(neighbor.address)} {{ {self.channel()} }};")
        return text

    def start(self):
        config = self.write("bird.conf", self.config())
        self.process = self.host.spawn("bird", "/usr/sbin/bird", "-f", "-c", config, "-s", self.dir / "bird.ctl",
                                       *self.args)

    def birdc(self, *command, check=True):
        return self.host.run("/usr/sbin/birdc", "-r" if command[0] == "show" else "-v", "-s", self.dir / "bird.ctl",
                             *command, check=check).stdout

    def reconfigure(self):
        self.write("bird.conf", self.config())
        self.birdc("configure")

    def is_established(self, address):
        return self.row(address, self.birdc("show", "protocols", check=False))[-1:] == ["Established"]

    def routes(self, version=4):
        return parse_routes(self.birdc("show", "route", "table", f"master{version}", "all"))


class Bird1(Bird):
    name = "bird1.6"
    takes_as_trans = True

    def config(self, version):
        text = f"log stderr all;\nrouter id {self.local(4)};\nprotocol device {{}}\n" + "\n".join(self.lines) + "\n"
        text += "protocol static {\n" + "".join(f"  route {p} blackhole;\n" for p in self.prefixes(version)) + "}\n"
        for number, neighbor in enumerate(self.neighbors):
            if family(neighbor.address) == version:
                text += self.session(number, neighbor, self.channel())
        return text

    @staticmethod
    def suffix(version):
        return "6" if version == 6 else ""

    def start(self):
        self.by_family = {}
        for version in sorted({family(n.address) for n in self.neighbors}):
            bird = "bird" + self.suffix(version)
            config = self.write(bird + ".conf", self.config(version))
            self.by_family[version] = self.host.spawn(bird, UNPACKED / bird, "-f", "-c", config, "-s",
                                                      self.dir / f"{bird}.ctl", *self.args)

    def birdc(self, version, *command, check=True):
        suffix = self.suffix(version)
        return self.host.run(UNPACKED / f"birdc{suffix}", "-s", self.dir / f"bird{suffix}.ctl", *command,
                             check=check).stdout

    def reconfigure(self):
        for version in self.by_family:
            self.write(f"bird{self.suffix(version)}.conf", self.config(version))
            self.birdc(version, "configure")

    def is_established(self, address):
        return self.row(address, self.birdc(family(address), "show", "protocols", check=False))[-1:] == ["Established"]

    def routes(self, version=4):
        return parse_routes(self.birdc(version, "show", "route", "all"))

    def stop(self):
        for process in self.by_family.values():
            process.stop()

    def kill(self):
        for process in self.by_family.values():
            process.kill()
