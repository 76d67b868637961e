# SPDX-License-Identifier: MIT
"""The programs that measure, each with a deadline and in a session of its own, so that all of it can be ended."""

import json
import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

from driver.rows import RIVALS

HERE = Path(__file__).resolve().parent.parent


class Failed(Exception):
    """A program gave a wrong result, died or was late. `late`: it is not worth another try."""

    def __init__(self, reason, late=False):
        super().__init__(reason)
        self.late = late


def run(command, deadline):
    """What it prints. Through files, as a pipe would stay open for as long as any process that it left behind."""
    with text_file() as output, text_file() as errors:
        program = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=output, stderr=errors,
                                   start_new_session=True)
        try:
            program.wait(deadline)
        except subprocess.TimeoutExpired:
            raise Failed(f"no answer within {deadline:g} s", late=True) from None
        finally:
            end_session(program)
        output.seek(0)
        errors.seek(0)
        if program.returncode != 0:
            raise Failed(f"ended with {program.returncode}: {errors.read().strip()[-2000:]}")
        return output.read()


def text_file():
    return tempfile.TemporaryFile("w+", errors="replace")


def end_session(program):
    """Ends what is left of it, whether or not its first process is."""
    try:
        os.killpg(program.pid, signal.SIGKILL)
    except ProcessLookupError:
        pass
    program.wait()


class Programs:
    """Knows where each program is, which rivals there are, and how to ask for a row."""

    def __init__(self, directory, workers, quick):
        self.directory = directory
        self.deadline = 60.0 if quick else 240.0
        self.amount = ["--workers", str(workers), *(["--quick"] if quick else [])]
        self.versions = {rival: self.version_of(rival) for rival in RIVALS}

    def version_of(self, rival):
        """Its version, or None when it is not installed."""
        try:
            return run([sys.executable, "-B", str(HERE / "rivals/rivals.py"), rival], self.deadline).strip()
        except Failed:
            return None

    def command(self, program):
        if program == "task_types":
            return [sys.executable, "-B", str(HERE / "rows/task_types.py"), "--build", str(self.directory.parent)]
        if program in RIVALS:
            return [sys.executable, "-B", str(HERE / "rivals/rivals.py"), program]
        return [str(self.directory / f"bench_{program}")]

    def measure(self, participant):
        """The lines that it prints for one repetition."""
        who = participant.who
        if participant.program in RIVALS and self.versions[participant.program] is None:
            return [{"who": who, "skipped": "not installed"}]
        output = run([*self.command(participant.program), "--row", participant.row, *self.amount], self.deadline)
        try:
            return [{"who": who, **json.loads(line)} for line in output.splitlines()]
        except ValueError:
            raise Failed(f"printed something else than JSON: {output[:200]}") from None
