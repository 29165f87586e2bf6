"""A neighbour that is nothing but bytes: it opens a session with our agent, says exactly what a test tells it to, and keeps
what it hears. It answers nothing by itself but the agent's KEEPALIVE."""
import ctypes
import os
import socket
import struct
import threading
from concurrent.futures import ThreadPoolExecutor

from .wait import wait_until

OPEN, UPDATE, NOTIFICATION, KEEPALIVE, ROUTE_REFRESH = 1, 2, 3, 4, 5
_CLONE_NEWNET = 0x40000000


def in_namespace(namespace, work):
    """work() in a thread that lives inside the namespace: the sockets it makes stay there."""
    def enter():
        with open(f"/run/netns/{namespace}") as file:
            if ctypes.CDLL(None, use_errno=True).setns(file.fileno(), _CLONE_NEWNET) != 0:
                raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
        return work()
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(enter).result()


def message(kind, body=b""):
    return b"\xff" * 16 + struct.pack("!HB", 19 + len(body), kind) + body


def capability(code, value=b""):
    return bytes([code, len(value)]) + value


def families(*pairs):
    return b"".join(capability(1, struct.pack("!HBB", afi, 0, safi)) for afi, safi in pairs)


def open_message(asn, identifier, four_octet_as=True, more=b"", hold_s=180):
    """Both unicast families, route refresh, and capability 65 unless told otherwise. more: further capabilities."""
    caps = families((1, 1), (2, 1)) + capability(2) + (capability(65, struct.pack("!I", asn)) if four_octet_as else b"") + more
    parameters = bytes([2, len(caps)]) + caps
    two_octets = asn if asn < 65536 else 23456
    return message(OPEN, struct.pack("!BHH4sB", 4, two_octets, hold_s, socket.inet_aton(identifier),
                                     len(parameters)) + parameters)


class ScriptedPeer:
    """One connection from `address` (of `host`) to an agent at `target`."""

    def __init__(self, host, address, target, asn, four_octet_as=True, more=b""):
        self.address, self.asn, self.four_octet_as = address, asn, four_octet_as
        self.open = open_message(asn, address if ":" not in address else "0.0.0.77", four_octet_as, more)
        self.received = []  # (type, body) of whole messages
        self.is_closed = False
        self._socket = in_namespace(host.namespace, lambda: socket.create_connection((target, 179), 10, (address, 0)))
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._thread.start()

    def establish(self):
        self.send(self.open, message(KEEPALIVE))
        wait_until(f"{self.address} hears a KEEPALIVE", lambda: self.heard(KEEPALIVE) or self.is_closed)
        if self.is_closed:
            raise AssertionError(f"{self.address}: the session did not come up: {self.received}")
        return self

    def send(self, *messages):
        try:
            self._socket.sendall(b"".join(messages))
        except OSError:
            pass  # the agent has closed already; what it said is in `received`

    def update(self, body):
        self.send(message(UPDATE, body))

    def heard(self, kind):
        return [body for type, body in list(self.received) if type == kind]

    def close(self):
        try:
            self._socket.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        self._socket.close()

    def _listen(self):
        buffer = b""
        self._socket.settimeout(None)
        while True:
            try:
                chunk = self._socket.recv(65536)
            except OSError:
                chunk = b""
            if not chunk:
                break
            buffer += chunk
            while len(buffer) >= 19 and len(buffer) >= int.from_bytes(buffer[16:18], "big"):
                length = int.from_bytes(buffer[16:18], "big")
                self.received.append((buffer[18], buffer[19:length]))
                if buffer[18] == KEEPALIVE:
                    self.send(message(KEEPALIVE))
                buffer = buffer[length:]
        self.is_closed = True
