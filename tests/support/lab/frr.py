"""FRR: bgpd, and zebra, without which bgpd does not know its interfaces and drops link-local IPv6 next hops."""
import json
import shutil

from .network import family
from .speaker import Route, Speaker
from .wait import wait_until


class Frr(Speaker):
    name = "frr"
    keeps_as4_path = False
    bfdd_config = None  # text: bfdd runs too
    bfdd = None
    kernel_protocol = "bgp"

    def config(self):
        lines = ["log stdout", f"router bgp {self.asn}", f" bgp router-id {self.local(4)}",
                 " no bgp ebgp-requires-policy", " no bgp network import-check", " no bgp default ipv4-unicast"]
        lines += [" " + line for line in self.lines]
        for neighbor in self.neighbors:
            name = f" neighbor {neighbor.address}"
            lines += [f"{name} remote-as {self.remote_as(neighbor)}", f"{name} timers {self.hold_s // 3} {self.hold_s}",
                      f"{name} timers connect 1", f"{name} advertisement-interval 0"]
            lines += [] if self.as4 else [f"{name} dont-capability-negotiate"]
            lines += [" " + line.format(peer=neighbor.address) for line in self.session_lines]
        for version in (4, 6):
            lines += [f" address-family ipv{version} unicast"]
            lines += [f"  network {prefix}" for prefix in self.prefixes(version)]
            for neighbor in self.neighbors:
                if family(neighbor.address) == version:
                    lines += [f"  neighbor {neighbor.address} activate"]
                    lines += [f"  neighbor {neighbor.address} route-reflector-client"] if neighbor.is_client else []
                    lines += ["  " + line.format(peer=neighbor.address) for line in self.family_lines]
            lines += [" exit-address-family"]
        return "\n".join(lines) + "\n"

    def start(self):
        config = self.write("frr.conf", self.config())
        shutil.chown(self.dir, "frr", "frr")  # whom both become
        zebra_config = self.write("zebra.conf", "log stdout\n")
        self.zebra = self.daemon("zebra", zebra_config)
        wait_until("zebra listens", (self.dir / "zserv.api").exists)
        if self.bfdd_config is not None:
            self.bfdd = self.daemon("bfdd", self.write("bfdd.conf", self.bfdd_config), "--bfdctl", self.dir / "bfdd.sock")
        self.process = self.daemon("bgpd", config)

    def daemon(self, name, config, *args):
        return self.host.spawn(name, f"/usr/lib/frr/{name}", "-f", config, "-i", self.dir / f"{name}.pid",
                               "--vty_socket", self.dir, "-z", self.dir / "zserv.api", "-A", "127.0.0.1", *args)

    def stop(self):
        super().stop()
        for process in filter(None, (self.bfdd, self.zebra)):
            process.stop()

    def kill(self):
        super().kill()
        for process in filter(None, (self.bfdd, self.zebra)):
            process.kill()

    def vtysh(self, *commands, check=True, daemon="bgpd"):
        args = [word for command in commands for word in ("-c", command)]
        return self.host.run("vtysh", "-d", daemon, "--vty_socket", self.dir, *args, check=check).stdout

    def show(self, command):
        text = self.vtysh(command, check=False)
        return json.loads(text) if text.lstrip().startswith("{") else {}

    def edit(self, prefix, command):
        self.vtysh("configure terminal", f"router bgp {self.asn}", f"address-family ipv{family(prefix)} unicast",
                   command)

    def announce(self, prefix):
        self.announced.append(prefix)
        self.edit(prefix, f"network {prefix}")

    def withdraw(self, prefix):
        self.announced.remove(prefix)
        self.edit(prefix, f"no network {prefix}")

    def is_established(self, address):
        peers = self.show("show bgp summary json").get(f"ipv{family(address)}Unicast", {}).get("peers", {})
        return peers.get(address, {}).get("state") == "Established"

    def candidates(self, version=4):
        """{prefix: [(is it the best, Route)]} of all that neighbours sent."""
        found = {}
        for prefix, paths in self.show(f"show bgp ipv{version} unicast json").get("routes", {}).items():
            for path in paths:
                if path.get("peerId") != "(unspec)":
                    next_hop = next(h["ip"] for h in path["nexthops"] if h.get("scope") != "link-local")
                    route = Route(next_hop, tuple(int(a) for a in path["path"].split() if a.isdigit()))
                    found.setdefault(prefix, []).append((path.get("bestpath", False), route))
        return found

    def routes(self, version=4):
        return {prefix: route for prefix, routes in self.candidates(version).items() for is_best, route in routes if is_best}
