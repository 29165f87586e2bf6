"""Every ```console block of every README is typed as it stands and must print what it says. See tests/README.md."""
import re
import unittest
from pathlib import Path

from console import blocks_of, normalised
from desk import DESKS
from lab import LabCase, wait_until

SOURCE = Path(__file__).resolve().parents[2]
SETTLES = re.compile(r"(sudo )?(calicoctl (get|node|config get)|ip|birdcl|ping)\b")


class _ReadmeCase(LabCase):
    """One file and one lab: its blocks in their order, since a later one may build on an earlier one."""

    path, desk_name, blocks = None, None, ()

    @classmethod
    def build(cls, lab):
        cls.desk = DESKS[cls.desk_name](lab)

    def check(self, line, step):
        where = f"{self.path}:{line}: $ {step.command}"
        seen = []

        def matches():
            seen[:] = [self.desk.type(step.command)[0]]
            return normalised(seen[0]) == normalised(step.output)
        try:  # a command that only looks may be typed again until the lab has settled; any other has one try
            wait_until(where, matches, 20 if SETTLES.match(step.command) else 0)
        except AssertionError:
            self.assertMultiLineEqual(normalised(step.output), normalised(seen[0]), where)

    def test_blocks(self):
        for block in self.blocks:
            for step in block.steps:
                with self.subTest(line=block.line, command=step.command):
                    self.check(block.line, step)


def make_cases():
    for path in sorted(SOURCE.rglob("README.md")):
        name = path.relative_to(SOURCE).as_posix()
        if name.startswith(("build/", ".")):
            continue
        blocks = blocks_of(path.read_text())
        for desk in sorted({block.lab for block in blocks}):
            label = f"{name} on desk {desk}"
            yield label, type(label, (_ReadmeCase,), {
                "label": label, "path": name, "desk_name": desk, "blocks": [b for b in blocks if b.lab == desk]})


globals().update(make_cases())


class Parser(unittest.TestCase):
    label = "console blocks parser"

    def test_a_block_is_commands_each_with_its_output(self):
        [block] = blocks_of("x\n<!-- lab: mesh -->\n```console\n$ cat << EOF | wc -l\na\nEOF\n1\n$ true\n$ echo a \\\n  b\na b\n```\n")
        self.assertEqual((block.line, block.lab), (3, "mesh"))
        self.assertEqual([(s.command, s.output) for s in block.steps],
                         [("cat << EOF | wc -l\na\nEOF", "1"), ("true", ""), ("echo a \\\n  b", "a b")])

    def test_only_console_blocks_are_typed(self):
        self.assertEqual(blocks_of("```sh\n$ rm -rf /\n```\n"), [])

    def test_times_are_no_difference_but_words_are(self):
        self.assertEqual(normalised("| up | 23:30:04 |  \n\n"), normalised("| up | 01:02:03 |"))
        self.assertNotEqual(normalised("up 23:30:04"), normalised("start 23:30:04"))
