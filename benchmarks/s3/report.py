# SPDX-License-Identifier: MIT
"""What the runs of peers.py mean: ratios within repetitions, goals, and which limit was hit. Pure functions."""

from statistics import median


def counts(row):
    return bool(row["runs"]) and not any(run["failure"] for run in row["runs"])


def rate(run, seconds):
    return run["objects"] / run[seconds]


def typical(row, seconds):
    return median(rate(run, seconds) for run in row["runs"])


def best(rows, program, latency, seconds):
    candidates = [row for row in rows if row["program"] == program and row["latency_ms"] == latency and counts(row)]
    return max(candidates, key=lambda row: typical(row, seconds), default=None)


def find(rows, program, mode, at_a_time, latency):
    found = (row for row in rows if (row["program"], row["mode"], row["at_a_time"], row["latency_ms"]) ==
             (program, mode, at_a_time, latency) and counts(row))
    return next(found, None)


def verdict(ratios, goal):
    held = sum(ratio >= goal for ratio in ratios)
    if len(ratios) < 3 or 0 < held < len(ratios):
        return "undecided"
    return held == len(ratios)


def entry(goal, text, mine, other, seconds):
    if mine is None or other is None:
        return {"text": text, "goal": goal, "met": "undecided", "note": "one of them was not measured"}
    ratios = [rate(one, seconds) / rate(two, seconds) for one, two in zip(mine["runs"], other["runs"])]
    return {"text": text, "goal": goal, "ratio": median(ratios), "least": min(ratios), "most": max(ratios),
            "met": verdict(ratios, goal), "mine": mine["title"], "other": other["title"], "of": seconds,
            "mine_objects_a_second": typical(mine, seconds), "other_objects_a_second": typical(other, seconds)}


def goals(rows):
    latencies = sorted({row["latency_ms"] for row in rows})
    entries = []
    for latency in (one for one in latencies if one > 0):
        for mode, at_a_time in (("thread", 4), ("thread", 16), ("thread", 64), ("process", 4), ("process", 16),
                                ("process", 32)):
            pair = [find(rows, program, mode, at_a_time, latency) for program in ("penstock-s3", "boto3")]
            entries.append(entry(1, f"a: {at_a_time} at a time, {latency} ms", *pair, "phase_seconds"))
        entries.append(entry(10, f"b: best setting of each, {latency} ms", best(rows, "penstock-s3", latency,
                       "phase_seconds"), best(rows, "boto3", latency, "phase_seconds"), "phase_seconds"))
    if 0 in latencies:
        entries.append(entry(10, "b: best setting of each, no latency", best(rows, "penstock-s3", 0, "phase_seconds"),
                             best(rows, "boto3", 0, "phase_seconds"), "phase_seconds"))
        entries.append(entry(3, "c: the faster of rclone's two, no latency, whole process",
                             best(rows, "penstock-s3", 0, "whole_seconds"), best(rows, "rclone", 0, "whole_seconds"),
                             "whole_seconds"))
    return entries


# ---- as text ----


def line(cells):
    return "| " + " | ".join(str(cell) for cell in cells) + " |"


def table(heading, rows):
    rule = ["---"] + ["---:"] * (len(heading) - 1)
    return "\n".join([line(heading), line(rule), *(line(row) for row in rows)]) + "\n"


def spread(values, digits=0):
    values = list(values)
    text = f"{median(values):,.{digits}f}"
    return text if len(values) == 1 else f"{text} ({min(values):,.{digits}f}-{max(values):,.{digits}f})"


def cells(row):
    if row["not_measured"]:
        return [row["title"], row["at_a_time"], row["not_measured"], "", "", "", "", ""]
    if not counts(row):
        return [row["title"], row["at_a_time"], "failed", "", "", "", "", ""]
    runs = row["runs"]
    waits = all(run["mean_seconds"] is not None for run in runs)
    return [row["title"], row["at_a_time"], spread(rate(run, "phase_seconds") for run in runs),
            spread((run["whole_seconds"] for run in runs), 2), spread((run["cpu_seconds"] for run in runs), 2),
            f"{median(run['server_cpu_seconds'] for run in runs):.2f}",
            f"{median(run['mean_seconds'] for run in runs) * 1000:.2f}" if waits else "",
            f"{median(rate(run, 'phase_seconds') * run['mean_seconds'] for run in runs):.1f}" if waits else ""]


def goal_cells(one):
    if "ratio" not in one:
        return [one["text"], one["note"], "", f">= {one['goal']}", one["met"]]
    met = {True: "met", False: "not met"}.get(one["met"], one["met"])
    ratio = f"{one['ratio']:.2f} ({one['least']:.2f}-{one['most']:.2f})"
    return [one["text"], f"{one['mine']} / {one['other']}", ratio, f">= {one['goal']}", met]


def limit_of(row, cpus):
    """How much of the machine the run and the server took together."""
    run = sorted(row["runs"], key=lambda one: one["whole_seconds"])[len(row["runs"]) // 2]
    busy = (run["cpu_seconds"] + run["server_cpu_seconds"]) / (run["whole_seconds"] * cpus)
    return (f"{row['title']}: {run['whole_seconds']:.3f} s, in which the program used {run['cpu_seconds']:.2f} CPU "
            f"seconds and the server {run['server_cpu_seconds']:.2f}: together {busy:.0%} of {cpus} CPUs "
            f"(load average {run['load']:.1f} when it began).")


def limits(everything):
    machine, rows = everything["machine"], everything["rows"]
    for latency, about in everything["servers"].items():
        if about.get("wrk"):
            wrk = about["wrk"]
            yield (f"The server by itself, {latency} ms: wrk with {wrk['connections']} connections got "
                   f"{wrk['requests_a_second']:,.0f} objects/s of {wrk['object_bytes']:,} bytes "
                   f"({wrk['bytes_a_second'] / 1e6:,.0f} MB/s).")
        row = best(rows, "penstock-s3", int(latency), "phase_seconds")
        if row:
            yield limit_of(row, machine["cpus"])


def document(everything):
    machine = everything["machine"]
    what = "HEAD, then GET" if machine["verb"] == "fetch" else "GET"
    parts = [f"# penstock-s3 and its peers\n\n{machine['date']}, {machine['cpus']} CPUs ({machine['processor']}), "
             f"Linux {machine['kernel']}; load average {machine['load_at_the_start']:.1f} at the start, "
             f"{machine['load_at_the_end']:.1f} at the end; {'; '.join(machine['versions'].values())}.\n\n"
             f"{what} of {machine['objects']:,} objects, {machine['bytes'] / 1e6:.0f} MB, from penstock-s3's own "
             f"server ({machine['server_threads']} threads) on the same machine, in one run, {machine['repetitions']} "
             f"repetitions, interleaved; medians and (least-most).\n\nWho keeps the bytes: penstock-s3 and the boto3 "
             f"programs count and discard them, rclone hashsum computes their MD5, rclone copy and aws cp write them "
             f"to files in memory (tmpfs). The clock of objects/s starts when the pool is there (boto3: when each worker "
             f"has its client); rclone and aws have the whole process alone.\n"]
    for latency in sorted({row["latency_ms"] for row in everything["rows"]}):
        rows = [cells(row) for row in everything["rows"] if row["latency_ms"] == latency]
        parts.append(f"## {latency} ms\n\n" + table(["", "at a time", "objects/s", "whole process, s", "its CPU, s",
                                                    "the server's CPU, s", "R, ms an object", "X R, in flight"], rows))
    parts.append("## Goals\n\nRatios of objects/s, each within its repetition.\n\n" +
                 table(["", "of", "ratio", "goal", ""], [goal_cells(one) for one in everything["goals"]]))
    parts.append("## Limits\n\n" + "\n".join("- " + one for one in limits(everything)) + "\n")
    return "\n".join(parts)
