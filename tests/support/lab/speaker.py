"""What every BGP daemon in the lab can be asked, whoever wrote it."""
from dataclasses import dataclass

from .network import family

AS_TRANS = 23456  # RFC 6793: what a 4-octet AS looks like to a 2-octet speaker


@dataclass(frozen=True)
class Neighbor:
    address: str
    asn: int
    is_client: bool = False  # reflected to (RFC 4456)


@dataclass(frozen=True)
class Route:
    next_hop: str
    as_path: tuple


class Speaker:
    """A foreign daemon on a host, one session per neighbour; the family of a session is that of its address.

    as4=False makes it a 2-octet speaker: it does not send capability 65. passive (BIRD only) makes it wait for our SYN.
    lines, session_lines and family_lines are in the daemon's own language (FRR and BIRD only): for the whole speaker, for
    each session (`{peer}` is the neighbour's address), and for its address family.
    """

    name = ""               # as the tests and the command line call it
    can_do_2_octets = True
    keeps_as4_path = True   # as a 2-octet speaker: FRR throws it away when the neighbour has capability 65
    passes_routes_on = True
    takes_as_trans = False  # as a 2-octet speaker: AS_TRANS is what it must be told about a 4-octet neighbour

    def __init__(self, host, asn, neighbors, announce=(), as4=True, hold_s=9, passive=False,
                 lines=(), session_lines=(), family_lines=()):
        self.host, self.asn, self.as4, self.hold_s, self.passive = host, asn, as4, hold_s, passive
        self.lines, self.session_lines, self.family_lines = list(lines), list(session_lines), list(family_lines)
        self.neighbors = list(neighbors)
        self.announced = list(announce)
        self.dir = host.dir
        self.process = None

    # ---- what each daemon says for itself
    def start(self): raise NotImplementedError
    def is_established(self, address): raise NotImplementedError
    def routes(self, version=4): raise NotImplementedError  # {prefix: Route} of everything it knows and selected
    def announce(self, prefix): raise NotImplementedError
    def withdraw(self, prefix): raise NotImplementedError

    # ---- the same for all
    def local(self, version):
        """This host's address on the segment."""
        return self.host.run("ip", f"-{version}", "-o", "addr", "show", "eth0", "scope", "global").stdout.split()[
            3].split("/")[0]

    def remote_as(self, neighbor):
        return AS_TRANS if self.takes_as_trans and not self.as4 and neighbor.asn > 65535 else neighbor.asn

    def prefixes(self, version):
        return [p for p in self.announced if family(p) == version]

    def write(self, name, text):
        path = self.dir / name
        path.write_text(text)
        return path

    def stop(self):
        self.process.stop()

    def kill(self):
        self.process.kill()

    def as_path(self, prefix):
        route = self.routes(family(prefix)).get(prefix)
        return route and route.as_path
