"""ExaBGP: commands in through a FIFO, sessions and updates out as JSON lines."""
import json
import os

from .network import end_strays, family
from .speaker import Route, Speaker


class ExaBgp(Speaker):
    name = "exabgp"
    takes_as_trans = True
    passes_routes_on = False

    def config(self):
        pipe = self.write("pipe", f"#!/bin/sh\nexec 3<&0\ncat <&3 >>{self.dir}/events.json &\nexec cat <>{self.dir}/commands\n")
        pipe.chmod(0o755)
        text = f"process lab {{\n  run {pipe};\n  encoder json;\n}}\n"
        for n in self.neighbors:
            version = family(n.address)
            routes = "".join(f"    route {p} next-hop self;\n" for p in self.prefixes(version))
            text += (f"neighbor {n.address} {{\n  router-id {self.local(4)};\n  local-address {self.local(version)};\n"
                     f"  local-as {self.asn};\n  peer-as {self.remote_as(n)};\n  hold-time {self.hold_s};\n"
                     f"  capability {{ asn4 {'enable' if self.as4 else 'disable'}; }}\n"
                     f"  family {{ ipv{version} unicast; }}\n  static {{\n{routes}  }}\n"
                     "  api { processes [ lab ]; neighbor-changes; receive { parsed; update; } }\n}\n")
        return text

    def start(self):
        if not (self.dir / "commands").exists():
            os.mkfifo(self.dir / "commands")
        self.write("events.json", "")
        config = self.write("exabgp.conf", self.config())
        settings = {"exabgp.daemon.user": "root", "exabgp.daemon.drop": "false", "exabgp.api.cli": "false",
                    "exabgp.api.ack": "false", "exabgp.log.destination": "stdout"}
        self.process = self.host.spawn("exabgp", "exabgp", config, env=settings)

    def kill(self):
        super().kill()
        end_strays(self.host.namespace)  # its helper would go on reading the FIFO of the next ExaBGP

    def command(self, text):
        fifo = os.open(self.dir / "commands", os.O_RDWR)  # read-write: never blocks, never breaks
        os.write(fifo, (text + "\n").encode())
        os.close(fifo)

    def announce(self, prefix):
        self.announced.append(prefix)
        self.command(f"announce route {prefix} next-hop self")

    def withdraw(self, prefix):
        self.announced.remove(prefix)
        self.command(f"withdraw route {prefix} next-hop self")

    def events(self):
        lines = (self.dir / "events.json").read_text().splitlines(keepends=True)
        return [json.loads(line)["neighbor"] for line in lines if line.endswith("\n") and '"neighbor"' in line]

    def is_established(self, address):
        states = [e["state"] for e in self.events() if e["address"]["peer"] == address and "state" in e]
        return states[-1:] == ["up"]

    def routes(self, version=4):
        found = {}
        for event in self.events():
            if event.get("state") == "down":
                found.clear()
            update = event.get("message", {}).get("update", {})
            for prefixes in update.get("withdraw", {}).values():
                for row in prefixes:
                    found.pop(row["nlri"], None)
            as_path = tuple(update.get("attribute", {}).get("as-path", []))
            for by_next_hop in update.get("announce", {}).values():
                for next_hop, prefixes in by_next_hop.items():
                    for row in prefixes:
                        if not next_hop.startswith("fe80:") and "nlri" in row:  # the second half of a 32-octet one
                            found[row["nlri"]] = Route(next_hop, as_path)
        return {p: r for p, r in found.items() if family(p) == version}
