#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""task_types.py --row text|header --build DIRECTORY: what Penstock's headers cost a program that includes them.

text: the machine code and constants (`size`'s text) that one more task type adds to an object file, in KB of 1,000
bytes: of a generated file with eleven task types, less one with a single one, by ten. header: the seconds that the
compiler takes for a file that includes process_pool.hpp and nothing else. Both with the compiler and the flags that
bench_rows was built with. Prints a line of JSON for each figure.
"""

import argparse
import json
import os
import resource
import shlex
import shutil
import subprocess
import tempfile
from pathlib import Path

DEADLINE = 200.0  # seconds for one compilation
FEW, MANY = 1, 11
LAUNCHERS = ("ccache", "sccache", "distcc")

HEADER = "process_pool.hpp"
UMBRELLA = "penstock.hpp"

# A task type of its own: arguments, result and callable are types that no other task has.
TASK = """
struct argument_{n} {{
    int number = {n};
    std::string text;
    template <class Archive>
    void serialize(Archive& archive) {{ archive(number, text); }}
}};
struct result_{n} {{
    double number = 0;
    std::vector<int> list;
    template <class Archive>
    void serialize(Archive& archive) {{ archive(number, list); }}
}};
result_{n} run_{n}(const argument_{n}& argument, int factor);
result_{n} use_{n}(penstock::process_pool& pool, const argument_{n}& argument) {{
    return pool.submit(run_{n}, argument, {n}).get();
}}
"""


class CannotMeasure(Exception):
    pass


def compiler_command(build):
    """How bench_rows' main.cpp was compiled, without the names of files."""
    path = build / "compile_commands.json"
    if not path.exists():
        raise CannotMeasure(f"{path} is not there, so the compiler's flags are not known")
    commands = json.loads(path.read_text("utf-8"))
    found = next((one for one in commands if one["file"].endswith("benchmarks/rows/main.cpp")), None)
    if found is None:
        raise CannotMeasure(f"{path} does not name benchmarks/rows/main.cpp")
    words = found["arguments"] if "arguments" in found else shlex.split(found["command"])
    while os.path.basename(words[0]) in LAUNCHERS:
        words = words[1:]
    return without_files(words)


def without_files(words):
    kept, skip = [], False
    for word in words:
        with_value = word in ("-o", "-c", "-MF", "-MT", "-MQ")  # -c stands in front of the source
        if not skip and not with_value and word not in ("-MD", "-MMD"):
            kept.append(word)
        skip = with_value and not skip
    return kept


def compile_text(command, text, directory):
    """The object file and the seconds of processor time that it took."""
    source, target = directory / "generated.cpp", directory / "generated.o"
    source.write_text(text, "utf-8")
    before = cpu_time_of_children()
    done = subprocess.run([*command, "-c", str(source), "-o", str(target)], capture_output=True, text=True,
                          timeout=DEADLINE)
    took = cpu_time_of_children() - before
    if done.returncode != 0:
        raise RuntimeError(f"the generated file does not compile: {done.stderr[:2000]}")
    return target, took


def cpu_time_of_children():
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def text_bytes(target):
    if shutil.which("size") is None:
        raise CannotMeasure("the program `size` is not installed (Debian: binutils)")
    told = subprocess.run(["size", str(target)], capture_output=True, text=True, check=True, timeout=DEADLINE).stdout
    return int(told.splitlines()[1].split()[0])


def program_with(count):
    return (f"#include <penstock/{HEADER}>\n#include <string>\n#include <vector>\n"
            + "".join(TASK.format(n=n) for n in range(count)))


def measure_text(command, directory):
    few, many = (text_bytes(compile_text(command, program_with(count), directory)[0]) for count in (FEW, MANY))
    return [("text", (many - few) / (MANY - FEW) / 1000, "KB")]


def measure_header(command, directory):
    def seconds(header):
        return compile_text(command, f"#include <penstock/{header}>\n", directory)[1]

    seconds(UMBRELLA)  # so that the files are in memory
    return [("header", seconds(HEADER), "s"), ("umbrella header", seconds(UMBRELLA), "s")]


def main():
    parser = argparse.ArgumentParser(prog="task_types.py")
    parser.add_argument("--row", choices=("text", "header"), required=True)
    parser.add_argument("--build", type=Path, required=True)
    parser.add_argument("--workers", help=argparse.SUPPRESS)  # all rows are asked alike
    parser.add_argument("--quick", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    measure = measure_text if options.row == "text" else measure_header
    with tempfile.TemporaryDirectory(prefix="penstock-bench-") as directory:
        try:
            for variant, value, unit in measure(compiler_command(options.build), Path(directory)):
                print(json.dumps({"who": "Penstock", "variant": variant, "value": value, "unit": unit}))
        except CannotMeasure as reason:
            print(json.dumps({"who": "Penstock", "variant": options.row, "skipped": str(reason)}))


if __name__ == "__main__":
    main()
