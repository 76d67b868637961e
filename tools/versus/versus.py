#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""versus.py [options] VERSUS_PENSTOCK: the same five accidents on Penstock and on other pools, as a table.

Ends with 1 when Penstock did not come through all of them.

Each accident on each pool is a program of its own with a deadline, so that a pool that hangs is a verdict and not a
command that hangs. All processes of such a program carry a mark in their environment: what still lives when the program
has ended was left behind by it. Those, and only those, are killed here.
"""

import argparse
import json
import os
import platform
import signal
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

HERE = Path(__file__).resolve().parent
DEADLINE = 20.0  # seconds for a verdict; the programs wait for the half of it
TIME_TO_END = 2.0  # seconds for a program to end after its verdict, and for its workers to be gone
MARK = "PENSTOCK_VERSUS_RUN"

ACCIDENTS = {
    "result": "a worker is killed inside its 400 MB result",
    "idle": "an idle worker is killed",
    "undecodable": "a result cannot be decoded",
    "exit": "a task calls _exit(0)",
    "parent": "the program itself is killed (SIGKILL)",
}
POOLS = {
    "penstock": "Penstock",
    "concurrent.futures": "ProcessPoolExecutor",
    "loky": "loky",
    "pebble": "Pebble",
}


# ---- one accident on one pool ----


def marked(mark):
    """The living processes that carry the mark."""
    found = []
    for entry in os.listdir("/proc"):
        if not entry.isdigit():
            continue
        try:
            environment = Path(f"/proc/{entry}/environ").read_bytes()  # empty of a zombie
        except OSError:
            continue
        if f"{MARK}={mark}".encode() in environment.split(b"\0"):
            found.append(int(entry))
    return found


def wait_until(condition, limit):
    end = time.monotonic() + limit
    while not condition() and time.monotonic() < end:
        time.sleep(0.01)
    return condition()


def read_verdict(program, lines):
    """What the program prints, or None when it says nothing in time."""
    reader = ThreadPoolExecutor(1)
    line = reader.submit(lines.readline)
    reader.shutdown(wait=False)
    try:
        return json.loads(line.result(DEADLINE))
    except ValueError:
        return {"broken": f"ended without a verdict ({program.wait()})"}  # the line was empty
    except Exception:
        return None


def kill_parent(program, report):
    """The fifth accident, from outside."""
    workers = report["workers"]
    alive = [pid for pid in workers if os.path.exists(f"/proc/{pid}")]
    program.kill()
    report["injected"] = len(alive) == 4 and program.wait() == -signal.SIGKILL
    report["proof"] = "pid gone, had 4 workers"


def run(command, accident):
    """One accident on one pool. On a busy machine the kill may come when all of the result is there: then once more."""
    for _ in range(3):
        report = run_once(command, accident)
        if report.get("injected", True):
            break
    return report


def run_once(command, accident):
    """The report of one program, with what became of it and of its processes."""
    with tempfile.TemporaryDirectory(prefix="penstock-versus-") as directory:
        mark = os.path.basename(directory)
        program = subprocess.Popen([*command, accident, directory], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                                   stdin=subprocess.DEVNULL, env={**os.environ, MARK: mark}, start_new_session=True)
        report = read_verdict(program, program.stdout) or {"broken": "no verdict in time"}
        if accident == "parent" and "broken" not in report:
            kill_parent(program, report)
        report["ends"] = wait_until(lambda: program.poll() is not None, TIME_TO_END)
        program.kill()
        program.wait()
        wait_until(lambda: not marked(mark), TIME_TO_END)
        left = marked(mark)
        report["left"] = len(left)
        for pid in left:
            os.kill(pid, signal.SIGKILL)
        wait_until(lambda: not marked(mark), TIME_TO_END)
        return report


def command_of(pool, penstock_program):
    return [penstock_program] if pool == "penstock" else [sys.executable, str(HERE / "rivals.py"), pool]


def version_of(pool, penstock_program):
    """What the column says below the name, or None when the pool is not installed."""
    if pool == "penstock":
        return "this tree"
    answer = subprocess.run([*command_of(pool, penstock_program)], capture_output=True, text=True, check=False)
    return answer.stdout.strip() if answer.returncode == 0 else None


def run_all(pools, penstock_program):
    """{accident: {pool: report}}. The pools meet an accident side by side, but one after another where it is large."""
    reports = {}
    for accident in ACCIDENTS:
        print(f"versus: {ACCIDENTS[accident]}", file=sys.stderr, flush=True)
        with ThreadPoolExecutor(1 if accident == "result" and not plenty_of_memory() else len(pools)) as side_by_side:
            jobs = {pool: side_by_side.submit(run, command_of(pool, penstock_program), accident) for pool in pools}
            reports[accident] = {pool: job.result() for pool, job in jobs.items()}
    return reports


def plenty_of_memory():
    with open("/proc/meminfo", encoding="ascii") as file:
        available = next(int(line.split()[1]) for line in file if line.startswith("MemAvailable"))
    return available > 6 << 20  # KiB


def came_through(report):
    """Whether the accident happened, and cost its own task at most."""
    return ("broken" not in report and report["injected"] and report["answered"] == report["neighbours"]
            and report["left"] == 0 and report["ends"])


# ---- the table ----


def cells_of(accident, report):
    """{row: text} of one accident on one pool."""
    if "broken" in report:
        return {"": report["broken"]}
    if not report["injected"]:
        return {"": "the accident did not happen"}
    rows = {"it happened": report["proof"]}
    if accident == "parent":
        return rows | {"2 s later": f"{report['left']} processes live on" if report["left"] else "no process left"}
    hanging = report["neighbours"] - report["answered"] - report["failed"]
    others = [f"{report['failed']} fail" if report["failed"] else "", f"{hanging} hang" if hanging else ""]
    if accident != "idle":
        rows["its own future"] = report["victim"]
    rows[f"the {report['neighbours']} other tasks"] = ", ".join(
        [f"{report['answered']} answered", *[text for text in others if text]])
    rows["the next task"] = report["probe"]
    rows["the program ends"] = "yes" if report["ends"] else "no, hangs"
    rows["left behind"] = f"{report['left']} processes" if report["left"] else "nothing"
    return rows


def table_of(versions, reports):
    """Rows of cells; a row of one cell is a heading."""
    rows = [["", *[POOLS[pool] for pool in versions]], ["", *[version or "not installed" for version in versions.values()]]]
    for accident, columns in reports.items():
        cells = {pool: cells_of(accident, report) for pool, report in columns.items()}
        rows.append([ACCIDENTS[accident]])
        for name in dict.fromkeys(name for column in cells.values() for name in column):
            rows.append([name, *[cells[pool].get(name, "") if pool in cells else "-" for pool in versions]])
    return rows


def print_plain(rows):
    wide = [row for row in rows if len(row) > 1]
    widths = [max(len(row[i]) for row in wide) for i in range(len(wide[0]))]
    for row in rows:
        if len(row) == 1:
            print("\n" + row[0])
        else:
            print("  " + "  ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip())


def print_markdown(rows):
    for number, row in enumerate(rows):
        cells = [f"**{row[0]}**", *[""] * (len(rows[0]) - 1)] if len(row) == 1 else row
        print("| " + " | ".join(cells) + " |")
        if number == 0:
            print("|" + "---|" * len(cells))


def machine():
    system = next((line.split("=")[1].strip().strip('"') for line in Path("/etc/os-release").read_text("utf-8").splitlines()
                   if line.startswith("PRETTY_NAME=")), "Linux")
    return f"{len(os.sched_getaffinity(0))} cores, {system}, Linux {platform.release()}, CPython {platform.python_version()}"


def main():
    parser = argparse.ArgumentParser(prog="./dev versus", description="the same five accidents on several process pools")
    parser.add_argument("--markdown", action="store_true", help="print the table for a document")
    parser.add_argument("--json", metavar="FILE", help="also write all that was seen, messages and proofs included")
    parser.add_argument("--pools", metavar="NAMES", default=",".join(POOLS), help="some of %(default)s")
    parser.add_argument("penstock_program", help=argparse.SUPPRESS)
    options = parser.parse_args()

    wanted = options.pools.split(",")
    if unknown := [pool for pool in wanted if pool not in POOLS]:
        parser.error(f"there is no pool {unknown[0]}")
    versions = {pool: version_of(pool, options.penstock_program) for pool in POOLS if pool in wanted}
    pools = [pool for pool in versions if versions[pool]]
    reports = run_all(pools, options.penstock_program)
    rows = table_of(versions, reports)
    print()
    (print_markdown if options.markdown else print_plain)(rows)
    print(f"\nMachine: {machine()}")
    if options.json:
        Path(options.json).write_text(json.dumps(reports, indent=2) + "\n", "utf-8")
    return 0 if all(came_through(column["penstock"]) for column in reports.values() if "penstock" in column) else 1


if __name__ == "__main__":
    sys.exit(main())
