#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""peers.py [options] PENSTOCK_S3: one bucket, read by penstock-s3, by programs with boto3, by rclone and the AWS CLI.

All of them in one run against the demo's server on this machine, without latency and with 20 ms; in each repetition
all run once, beginning with another one each time. Writes peers.json and peers.md. Ends with 1 when a program failed or
lost an object, not when a goal is missed.
"""

import sys

sys.dont_write_bytecode = True

import argparse
import csv
import json
import os
import platform
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

import report
from participants import Commands, settings
from server import Server, speed_of


def say(text):
    print(f"s3-peers: {text}", file=sys.stderr, flush=True)


def watch(line, variables, output):
    """Runs it; status, seconds and CPU seconds of the process and its children."""
    start = time.perf_counter()
    with open(output, "wb") as out:
        child = subprocess.Popen(line, env=variables, stdin=subprocess.DEVNULL, stdout=out)
        _, status, used = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
    return child.returncode, time.perf_counter() - start, used.ru_utime + used.ru_stime


def measure(one, commands, server, objects):
    shutil.rmtree(commands.scratch / "copied", ignore_errors=True)
    (commands.scratch / "summary.json").unlink(missing_ok=True)
    load, before = os.getloadavg()[0], server.cpu_seconds()
    output = commands.scratch / "output"
    status, whole, cpu = watch(commands.line(one), commands.variables(), output)
    served = server.cpu_seconds() - before
    if status != 0:
        return {"failure": f"ended with status {status}"}
    said = commands.answer(one, output.read_text("utf-8", errors="replace"))
    run = {"whole_seconds": whole, "phase_seconds": said.get("seconds", whole), "cpu_seconds": cpu,
           "server_cpu_seconds": served, "mean_seconds": said.get("mean_seconds"), "objects": said["objects"],
           "load": load, "failure": ""}
    if said["objects"] != objects or said.get("errors"):
        run["failure"] = f"{said['objects']} objects instead of {objects}"
    return run


def measure_all(options, commands, latency):
    rows = {one: [] for one in settings(latency) if not options.only or one.title in options.only}
    reasons = {one: commands.why_not(one) for one in rows}
    about = {}
    with Server(options.program, options.objects, options.bytes, latency, options.server_threads) as server:
        commands.endpoint = server.endpoint
        commands.write_keys()
        with open(commands.scratch / "keys.csv", encoding="utf-8", newline="") as file:
            keys = [(row[0], int(row[1])) for row in list(csv.reader(file))[1:]]
        about["wrk"] = speed_of(server, commands.python, keys, 16 if latency == 0 else 256)
        for repetition in range(options.repetitions):
            order = list(rows)
            first = repetition * 7 % len(order)
            for one in order[first:] + order[:first]:
                if reasons[one] or (one.once and repetition):
                    continue
                say(f"{latency} ms, {repetition + 1} of {options.repetitions}: {one.title}")
                rows[one].append(measure(one, commands, server, options.objects))
    return [{"latency_ms": latency, "title": one.title, "program": one.program, "mode": one.mode,
             "workers": one.workers, "at_a_time": one.at_a_time, "not_measured": reasons[one], "runs": runs}
            for one, runs in rows.items()], about


def write(all_of_it, out):
    all_of_it["machine"]["load_at_the_end"] = os.getloadavg()[0]
    all_of_it["goals"] = report.goals(all_of_it["rows"])
    text = report.document(all_of_it)
    out.mkdir(parents=True, exist_ok=True)
    (out / "peers.json").write_text(json.dumps(all_of_it, indent=1) + "\n", "utf-8")
    (out / "peers.md").write_text(text, "utf-8")
    return text


def machine(options, commands):
    return {"date": time.strftime("%Y-%m-%d %H:%M"), "cpus": len(os.sched_getaffinity(0)), "processor": processor(),
            "kernel": platform.release(), "load_at_the_start": os.getloadavg()[0],
            "versions": {name: text for name, text in commands.versions.items() if text},
            "objects": options.objects, "bytes": options.bytes, "repetitions": options.repetitions,
            "server_threads": options.server_threads, "verb": options.verb}


def processor():
    for line in Path("/proc/cpuinfo").read_text("utf-8", errors="replace").splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()


def parse():
    parser = argparse.ArgumentParser(prog="./dev s3-peers", description="the same bucket, read by several programs")
    parser.add_argument("--quick", action="store_true", help="a small bucket, one repetition: does it work?")
    parser.add_argument("--verb", choices=("list", "fetch"), default="list", help="GET, or HEAD and GET")
    parser.add_argument("--repetitions", metavar="N", type=int, help="default: 3")
    parser.add_argument("--latency", metavar="MS", type=int, action="append", help="default: 0 and 20")
    parser.add_argument("--only", metavar="TITLE", action="append", help="one setting, such as 'boto3 process 32'")
    parser.add_argument("--objects", metavar="N", type=int, help="default: 3,000, of 324 MB together")
    parser.add_argument("--server-threads", metavar="N", type=int, default=2)
    parser.add_argument("--out", metavar="DIRECTORY", type=Path, default=Path("build/s3-peers"))
    parser.add_argument("program", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    options.program = options.program.resolve()
    options.repetitions = options.repetitions or (1 if options.quick else 3)
    options.objects = options.objects or (200 if options.quick else 3000)
    options.bytes = options.objects * 108_000
    options.latency = options.latency or [0, 20]
    return options


def main():
    options = parse()
    memory = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
    with tempfile.TemporaryDirectory(prefix="s3-peers-", dir=memory) as scratch:
        commands = Commands(options.program, Path(scratch), options.verb == "fetch")
        all_of_it = {"machine": machine(options, commands), "servers": {}, "rows": []}
        for latency in options.latency:
            rows, about = measure_all(options, commands, latency)
            all_of_it["rows"] += rows
            all_of_it["servers"][str(latency)] = about
            text = write(all_of_it, options.out)  # should the next one not come to its end
    print(text)
    say(f"written: {options.out}/peers.json and peers.md")
    bad = [f"{row['title']}: {run['failure']}" for row in all_of_it["rows"] for run in row["runs"] if run["failure"]]
    for one in bad:
        say(f"FAILED: {one}")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
