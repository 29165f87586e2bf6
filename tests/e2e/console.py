"""Reads ```console blocks, types their commands, and compares what comes out.

A command begins with `$ ` and goes on to the end of its here-document or after a trailing backslash; what follows, up to
the next command, is its output. What differs from run to run is replaced on both sides (VARYING).
"""
import re
from dataclasses import dataclass

VARYING = [
    (r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)", "TIMESTAMP"),
    (r"\b\d\d:\d\d:\d\d\b", "HH:MM:SS"),
    (r"(Build date: +|Git commit: +)\S+", r"\1VARIES"),
    (r"\d+(\.\d+)? ?ms\b|(\d+\.\d+/){3}\d+\.\d+ ms", "TIME ms"),
]


@dataclass(frozen=True)
class Step:
    command: str
    output: str


@dataclass(frozen=True)
class Block:
    line: int
    lab: str
    steps: tuple


def normalised(text):
    """Also without blanks at line ends, which editors eat, and without an empty line at the end, which hides in a page."""
    for pattern, name in VARYING:
        text = re.sub(pattern, name, text)
    return "\n".join(line.rstrip() for line in text.rstrip().split("\n"))


def steps_of(lines):
    steps, i = [], 0
    while i < len(lines):
        command = [lines[i].removeprefix("$ ")]
        end = re.search(r"<<-? *['\"]?(\w+)", command[0])
        while i + 1 < len(lines) and (command[-1].endswith("\\") or (end and command[-1].strip() != end.group(1))):
            i += 1
            command.append(lines[i])
        i += 1
        output = []
        while i < len(lines) and not lines[i].startswith("$ "):
            output.append(lines[i])
            i += 1
        steps.append(Step("\n".join(command), "\n".join(output)))
    return tuple(steps)


def blocks_of(markdown):
    """Every console block; `<!-- lab: NAME -->` on a line of its own chooses the lab for the block after it."""
    blocks, lab, lines, start = [], "node", None, 0
    for number, line in enumerate(markdown.split("\n"), 1):
        comment = re.fullmatch(r"<!-- lab: (\w+) -->", line.strip())
        if comment:
            lab = comment.group(1)
        elif lines is None and line.startswith("```console"):
            lines, start = [], number
        elif lines is not None and line.startswith("```"):
            blocks.append(Block(start, lab, steps_of(lines)))
            lab, lines = "node", None
        elif lines is not None:
            lines.append(line)
    return blocks
