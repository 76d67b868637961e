#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""bench.py [options] PROGRAMS: measures the raw limit, Penstock and its rivals side by side, and judges the goals.

PROGRAMS is the directory that holds bench_probes, bench_rows, bench_threads and, where it was built, bench_micro. Writes
report.json, report.md and pictures. In each repetition of a row all who take part run once, one after another, beginning with
another one each time: what the machine does meanwhile hits all of them. Ends with 1 when a program failed, not when a
goal is missed.
"""

import sys

sys.dont_write_bytecode = True

import argparse
import json
import os
import platform
import signal
import time
from pathlib import Path

from driver import plots, table
from driver.programs import Failed, Programs, run
from driver.rows import RIVALS, ROWS
from driver.series import Series, add_lines
from driver.verdict import entry_of

MICRO = "micro"


def say(text):
    print(f"bench: {text}", file=sys.stderr, flush=True)


class Run:
    """All that is measured in one run of this program."""

    def __init__(self, programs, repetitions, quick):
        self.programs = programs
        self.repetitions = repetitions
        self.quick = quick
        self.series = {}  # row: {(who, variant): Series}
        self.failures = []  # (row, who, reason)

    def participants(self, row):
        left_out = set(RIVALS) - row.needed() if self.quick else set()
        return [one for one in row.participants if one.program not in left_out]

    def measure(self, row):
        say(row.id)
        series = self.series.setdefault(row.id, {})
        given_up = set()
        for repetition in range(self.repetitions):
            participants = self.participants(row)
            first = repetition % len(participants)
            for one in participants[first:] + participants[:first]:
                if one not in given_up and not (one.once and repetition):
                    self.take(row, one, repetition, series, given_up)

    def take(self, row, participant, repetition, series, given_up):
        try:
            lines = self.programs.measure(participant)
            add_lines(series, repetition, lines)
            if all("skipped" in line for line in lines):
                given_up.add(participant)
        except Failed as failure:
            who = participant.who
            say(f"{row.id}, {who}: {failure}")
            self.failures.append((row.id, who, str(failure)))
            failed = series.setdefault((who, ""), Series())
            failed.failed, failed.skipped = True, "failed"
            if failure.late:
                given_up.add(participant)

    def micro(self, directory):
        """The table of Google Benchmark; empty when its program was not built."""
        program = directory / "bench_micro"
        if not program.exists():
            say("no micro rows: bench_micro was not built (Debian: libbenchmark-dev)")
            return []
        say(MICRO)
        least = "0.05" if self.quick else "0.5"
        try:
            command = [str(program), "--benchmark_format=json", f"--benchmark_min_time={least}"]
            found = json.loads(run(command, self.programs.deadline))["benchmarks"]
        except (Failed, ValueError) as failure:
            self.failures.append((MICRO, "Penstock", str(failure)))
            return []
        wrong = [one for one in found if one.get("error_occurred")]
        self.failures += [(MICRO, one["name"], one["error_message"]) for one in wrong]
        return [one for one in found if one not in wrong]


def machine(workers, programs, repetitions):
    release = Path("/etc/os-release").read_text("utf-8").splitlines()
    system = next((line.split("=")[1].strip('" ') for line in release if line.startswith("PRETTY_NAME=")), "Linux")
    rivals = ", ".join(version for version in programs.versions.values() if version)
    return (f"{time.strftime('%Y-%m-%d %H:%M')}, {len(os.sched_getaffinity(0))} usable CPUs ({processor()}), {system}, "
            f"Linux {platform.release()}; {workers} workers, {repetitions} repetitions; rivals: {rivals}.")


def processor():
    for line in Path("/proc/cpuinfo").read_text("utf-8", errors="replace").splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()


def remarks_on(options, load):
    if options.quick:
        yield "A quick run: enough to see whether it works, not for figures to quote."
    if load > len(os.sched_getaffinity(0)) / 4:
        yield f"The machine was busy with something else (load {load:.1f} at the start): the figures mean little."


def parse():
    parser = argparse.ArgumentParser(prog="./dev bench",
                                     description="the raw limit, Penstock and its rivals, side by side")
    parser.add_argument("--quick", action="store_true", help="less of everything: about two minutes on two CPUs")
    parser.add_argument("--only", metavar="ID", action="append", help="this row (may be repeated); or micro")
    cpus = min(4, max(2, len(os.sched_getaffinity(0))))
    parser.add_argument("--workers", metavar="N", type=int, default=cpus,
                        help=f"workers of each pool (default: the usable CPUs, but 2 to 4: here {cpus})")
    parser.add_argument("--repetitions", metavar="N", type=int, help="default: 7, or 3 with --quick")
    parser.add_argument("--out", metavar="DIRECTORY", type=Path, help="where the report goes (default: build/bench)")
    parser.add_argument("programs", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    known = [row.id for row in ROWS] + [MICRO]
    if unknown := [name for name in options.only or [] if name not in known]:
        parser.error(f"there is no row {unknown[0]}; there are {', '.join(known)}")
    if options.workers < 1 or (options.repetitions or 1) < 1:
        parser.error("--workers and --repetitions are at least 1")
    options.programs = options.programs.resolve()
    options.repetitions = options.repetitions or (3 if options.quick else 7)
    options.out = (options.out or options.programs.parent).resolve()
    return options


def write(options, report, claims, measured, micro, about, remarks):
    options.out.mkdir(parents=True, exist_ok=True)
    if reason := plots.draw_all(options.out / "plots", claims, report, measured.series):
        say(reason)
        remarks = [*remarks, reason]
    text = table.document(about, report, measured.series, measured.failures, micro, remarks)
    (options.out / "report.json").write_text(json.dumps(report, indent=2) + "\n", "utf-8")
    (options.out / "report.md").write_text(text, "utf-8")
    print(text)
    say(f"written: {options.out}/report.json, report.md and plots/")


def main():
    options = parse()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that the program that runs is ended as well
    load = os.getloadavg()[0]
    start = time.monotonic()
    programs = Programs(options.programs, options.workers, options.quick)
    measured = Run(programs, options.repetitions, options.quick)
    rows = [row for row in ROWS if not options.only or row.id in options.only]
    for row in rows:
        measured.measure(row)
    micro = measured.micro(options.programs) if not options.only or MICRO in options.only else []
    claims = [(row.id, claim) for row in rows for claim in row.claims]
    report = [entry_of(row, claim, measured.series[row]) for row, claim in claims]
    write(options, report, [claim for _, claim in claims], measured, micro,
          machine(options.workers, programs, options.repetitions), list(remarks_on(options, load)))
    say(f"took {time.monotonic() - start:.0f} s")
    for row, who, reason in measured.failures:
        say(f"FAILED: {row}, {who}: {reason}")
    return 1 if measured.failures else 0


if __name__ == "__main__":
    sys.exit(main())
