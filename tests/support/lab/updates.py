"""UPDATE messages for a ScriptedPeer, from named attributes:

    peer.send(update(["10.1.0.0/24"], origin(0), as_path(65001), next_hop("10.0.0.11")), withdraw(["10.2.0.0/24"]))
"""
import ipaddress
import socket
import struct

from .scripted import UPDATE, message


def attribute(flags, code, value):
    return struct.pack("!BBH", flags | 0x10, code, len(value)) + value


def origin(code): return attribute(0x40, 1, bytes([code]))
def next_hop(address): return attribute(0x40, 3, socket.inet_aton(address))
def med(value): return attribute(0x80, 4, struct.pack("!I", value))
def local_pref(value): return attribute(0x40, 5, struct.pack("!I", value))
def communities(*pairs): return attribute(0xc0, 8, b"".join(struct.pack("!HH", *pair) for pair in pairs))
def originator_id(identifier): return attribute(0x80, 9, socket.inet_aton(identifier))
def cluster_list(*identifiers): return attribute(0x80, 10, b"".join(map(socket.inet_aton, identifiers)))


def as_path(*asns):
    """One AS_SEQUENCE of 4-octet numbers; none makes the empty path."""
    segment = struct.pack(f"!BB{len(asns)}I", 2, len(asns), *asns) if asns else b""
    return attribute(0x40, 2, segment)


def nlri(prefixes):
    networks = map(ipaddress.ip_network, prefixes)
    return b"".join(bytes([n.prefixlen]) + n.network_address.packed[:(n.prefixlen + 7) // 8] for n in networks)


def update(prefixes, *attributes, withdrawn=()):
    gone, said = nlri(withdrawn), b"".join(attributes)
    return message(UPDATE, struct.pack("!H", len(gone)) + gone + struct.pack("!H", len(said)) + said + nlri(prefixes))


def withdraw(prefixes):
    return update([], withdrawn=prefixes)
