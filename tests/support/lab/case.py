"""unittest's TestCase with a lab for the class, whose logs are shown when a test fails."""
import unittest

from .network import Lab


class LabCase(unittest.TestCase):
    """Subclasses build their hosts in `build`; `lab` is gone after the last test of the class."""

    label = None     # how the runner calls and finds the class; default: the class's name
    alone = False    # no other class runs meanwhile: it measures
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        cls.lab = Lab()
        cls.addClassCleanup(cls.lab.close)
        try:
            cls.build(cls.lab)
        except BaseException:
            print("\n".join(cls.lab.logs()))
            raise

    @classmethod
    def build(cls, lab):
        pass

    def run(self, result=None):
        bad = len(result.failures) + len(result.errors)
        super().run(result)
        if len(result.failures) + len(result.errors) > bad:
            print("\n".join(self.lab.logs()))
        return result
