"""The rows of tests/golden/rfc7606.txt and cves.txt, whose heads describe their columns, as bytes to send."""
from dataclasses import dataclass
from pathlib import Path

GOLDEN = Path(__file__).resolve().parents[2] / "golden"

ORIGIN, NEXT_HOP, LOCAL_PREF = "40010100", "400304c0000201", "40050400000064"


@dataclass(frozen=True)
class Case:
    name: str
    four_octet_as: bool
    where: str
    octets: str
    external: str
    internal: str
    why: str

    @property
    def kind(self):
        return self.where.split(":")[0]

    @property
    def type(self):
        """The attribute's type code, or None."""
        return int(self.where) if self.where.isdigit() else None

    def is_about_ipv6(self):
        """Of the family itself: MP_REACH_NLRI or MP_UNREACH_NLRI of AFI 2 and SAFI 1."""
        first = octets_of(self.octets) if self.type in (14, 15) else b""
        header = 4 if first[:1] and first[0] & 0x10 else 3
        return first[header:header + 3] == bytes([0, 2, 1])

    def verdict(self, is_internal):
        return self.internal if is_internal else self.external

    def faults(self):
        """The attributes under which its faults are counted."""
        if self.type is not None:
            return [self.type]
        return [int(t) for t in self.where.partition(":")[2].split(",") if t] or [0]


def read_cases(name):
    rows = [line.split(" | ") for line in (GOLDEN / name).read_text().splitlines() if line and line[0] != "#"]
    return [Case(name, width == "4", *rest) for name, width, *rest in rows]


def octets_of(text, words=None):
    """'0a {nlri} 00*3' -> bytes."""
    out = b""
    for word in text.split():
        value, _, times = word.partition("*")
        out += (words[value] if value.startswith("{") else bytes.fromhex(value)) * int(times or 1)
    return out


def good_attributes(is_internal, four_octet_as):
    """{type: octets} of what a correct peer would send."""
    path = "400200" if is_internal else "4002060201" + "0000fde9" if four_octet_as else "4002040201fde9"
    found = {1: ORIGIN, 2: path, 3: NEXT_HOP}
    return {t: bytes.fromhex(v) for t, v in {**found, **({5: LOCAL_PREF} if is_internal else {})}.items()}


def with_length(attributes):
    return len(attributes).to_bytes(2, "big") + attributes


def update_body(case, is_internal, nlri):
    good = good_attributes(is_internal, case.four_octet_as)
    if case.kind == "frame":
        return bytes(2) + with_length(b"".join(good.values()) + octets_of(case.octets)) + nlri
    if case.kind == "body":
        return octets_of(case.octets, {"{nlri}": nlri, "{attributes}": with_length(b"".join(good.values()))})
    good[case.type] = b"" if case.octets == "-" else octets_of(case.octets)
    return bytes(2) + with_length(b"".join(good[t] for t in sorted(good))) + nlri


def plain_body(is_internal, four_octet_as, nlri):
    return bytes(2) + with_length(b"".join(good_attributes(is_internal, four_octet_as).values())) + nlri
