#!/usr/bin/env python3
"""The manual names plays that prove what it promises: there are such plays."""

import os
import re
import subprocess
import sys
import unittest
from pathlib import Path

TESTS = Path(__file__).resolve().parent


class Promises(unittest.TestCase):
    """The table of what survives what."""

    def test_every_play_that_the_manual_names_exists(self):
        """By the titles that run.py gives them."""
        manual = (TESTS.parent / "src" / "picket.8").read_text()
        named = re.findall(r"^\.D1 (\w+: \w+)$", manual, re.MULTILINE)
        listed = subprocess.run([sys.executable, TESTS / "e2e" / "run.py", "--list"],
                                capture_output=True, text=True, check=True).stdout.splitlines()
        self.assertTrue(named)
        self.assertEqual([], [title for title in named if title not in listed])

    def test_what_the_manual_runs_can_be_run(self):
        """As a program of its own, for it stands there without python3."""
        manual = (TESTS.parent / "src" / "picket.8").read_text()
        named = re.findall(r"^\.(?:Dq|Pa) (tests/\S+)", manual, re.MULTILINE)
        self.assertTrue(named)
        for path in named:
            self.assertTrue(os.access(TESTS.parent / path, os.X_OK), path)


if __name__ == "__main__":
    unittest.main()
