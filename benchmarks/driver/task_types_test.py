# SPDX-License-Identifier: MIT
"""The compiler's flags, taken from a command that names files."""

import json
import tempfile
import unittest
from pathlib import Path

from rows.task_types import CannotMeasure, compiler_command, program_with


class CompilerCommand(unittest.TestCase):
    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.build = Path(directory.name)

    def command_of(self, **entry):
        commands = [{"file": "/x/src/other.cpp", "command": "cc other.cpp"},
                    {"file": "/x/benchmarks/rows/main.cpp", **entry}]
        (self.build / "compile_commands.json").write_text(json.dumps(commands), "ascii")
        return compiler_command(self.build)

    def test_flags_stay_and_files_go(self):
        text = "/usr/bin/g++ -I/x/include -O3 -std=c++20 -o main.o -c /x/benchmarks/rows/main.cpp"
        self.assertEqual(self.command_of(command=text), ["/usr/bin/g++", "-I/x/include", "-O3", "-std=c++20"])

    def test_files_of_dependencies_go_too(self):
        text = "g++ -MD -MT main.o -MF main.o.d '-DNAME=\"a b\"' -o main.o -c /x/benchmarks/rows/main.cpp"
        self.assertEqual(self.command_of(command=text), ["g++", '-DNAME="a b"'])

    def test_the_compiler_itself_is_measured_and_not_its_cache(self):
        words = ["/usr/bin/ccache", "clang++", "-O2", "-c", "/x/benchmarks/rows/main.cpp", "-o", "main.o"]
        self.assertEqual(self.command_of(arguments=words), ["clang++", "-O2"])

    def test_without_commands_there_is_a_reason(self):
        with self.assertRaisesRegex(CannotMeasure, "compile_commands.json is not there"):
            compiler_command(self.build)


class Program(unittest.TestCase):
    def test_has_as_many_task_types_as_asked_for(self):
        self.assertEqual(program_with(11).count("pool.submit("), 11)
        self.assertEqual(program_with(11).count("struct argument_10 {"), 1)


if __name__ == "__main__":
    unittest.main()
