# SPDX-License-Identifier: MIT
"""A program that hangs, dies or talks nonsense costs its own figure, and nothing is left of it."""

import os
import sys
import tempfile
import time
import unittest
from pathlib import Path

from driver.programs import Failed, Programs, run
from driver.rows import Participant

LEAVES_A_CHILD = """
import subprocess, sys, time
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(1000)"], stdout=subprocess.DEVNULL)
print(child.pid, file=open(sys.argv[1], "w"), flush=True)
time.sleep(float(sys.argv[2]))
"""


def is_gone(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text("ascii", errors="replace").rpartition(")")[2].split()[0] == "Z"
    except (FileNotFoundError, ProcessLookupError):
        return True


def wait_until_gone(pid):
    end = time.monotonic() + 30
    while not is_gone(pid) and time.monotonic() < end:
        time.sleep(0.01)
    return is_gone(pid)


class Run(unittest.TestCase):
    def test_gives_what_was_printed(self):
        self.assertEqual(run([sys.executable, "-c", "print(5)"], 60), "5\n")

    def test_a_program_that_fails_says_why(self):
        with self.assertRaisesRegex(Failed, "ended with 3: because"):
            run([sys.executable, "-c", "import sys; print('because', file=sys.stderr); sys.exit(3)"], 60)

    def test_a_program_that_hangs_is_ended_with_its_children(self):
        with tempfile.NamedTemporaryFile() as file:
            with self.assertRaises(Failed) as caught:
                run([sys.executable, "-c", LEAVES_A_CHILD, file.name, "1000"], 5)
            self.assertTrue(caught.exception.late)
            self.assertTrue(wait_until_gone(int(Path(file.name).read_text())))

    def test_nothing_is_left_of_a_program_that_ends(self):
        with tempfile.NamedTemporaryFile() as file:
            run([sys.executable, "-c", LEAVES_A_CHILD, file.name, "0"], 60)
            self.assertTrue(wait_until_gone(int(Path(file.name).read_text())))


class Measure(unittest.TestCase):
    def setUp(self):
        self.directory = tempfile.TemporaryDirectory()
        self.addCleanup(self.directory.cleanup)
        self.programs = Programs(Path(self.directory.name), 2, True)

    def print_from_rows(self, text):
        path = Path(self.directory.name) / "bench_rows"
        path.write_text(f"#!/bin/sh\necho '{text}'\n", "ascii")
        os.chmod(path, 0o755)
        return self.programs.measure(Participant("rows", "x"))

    def test_takes_lines_of_json(self):
        lines = self.print_from_rows('{"who": "a", "value": 1, "unit": "us"}')
        self.assertEqual(lines, [{"who": "a", "value": 1, "unit": "us"}])

    def test_a_row_that_is_skipped_counts_for_who_was_asked(self):
        self.assertEqual(self.print_from_rows('{"skipped": "why"}'), [{"who": "Penstock", "skipped": "why"}])

    def test_anything_else_is_a_failure(self):
        with self.assertRaisesRegex(Failed, "something else than JSON"):
            self.print_from_rows("hello")

    def test_a_rival_that_is_not_installed_is_skipped(self):
        self.programs.versions["loky"] = None
        lines = self.programs.measure(Participant("loky", "fire_all"))
        self.assertEqual(lines, [{"who": "loky", "skipped": "not installed"}])


if __name__ == "__main__":
    unittest.main()
