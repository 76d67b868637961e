# SPDX-License-Identifier: MIT
"""The report for people, in Markdown."""

MET = {True: "yes", False: "no", "undecided": "undecided", "no goal": "-"}


def number(value):
    if value is None:
        return "-"
    for size, letter in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if abs(value) >= size:
            return f"{value / size:.3g} {letter}"
    return f"{value:.3g}"


def spread(pair):
    return f"{number(pair[0])} to {number(pair[1])}" if pair else "-"


def table(head, rows):
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(str(cell) for cell in line) + " |" for line in lines)


def goals(report):
    rows = []
    for entry in report:
        name = f"`{entry['id']}`" + (f" ({entry['variant']})" if entry["variant"] else "")
        rows.append([name, f"{number(entry['value'])} {entry['unit']}", entry["reference"],
                     number(entry["reference_value"]), number(entry["ratio"]), spread(entry["spread"]), entry["goal"],
                     MET[entry["met"]]])
    return table(["row", "Penstock", "compared with", "that is", "ratio", "of all repetitions", "goal", "met"], rows)


def figures(series_of_rows):
    rows = []
    for row, series in series_of_rows.items():
        for (who, variant), one in series.items():
            if one.values:
                name = f"{who} ({variant})" if variant else who
                middle = f"{number(one.median())} {one.unit}"
                rows.append([f"`{row}`", name, middle, spread(one.spread()), len(one.values)])
    return table(["row", "who", "median", "from to", "repetitions"], rows)


def skipped(series_of_rows, failures):
    lines = [f"- `{row}`, {who}: {one.skipped}" for row, series in series_of_rows.items()
             for (who, _), one in series.items() if one.skipped and not one.values]
    lines += [f"- **`{row}`, {who} failed**: {reason}" for row, who, reason in failures]
    return "\n".join(lines)


def micro_table(micro):
    rows = [[f"`{one['name']}`", *[f"{one[time]:.3g} {one['time_unit']}" for time in ("real_time", "cpu_time")]]
            for one in micro]
    return table(["function", "time", "processor time"], rows)


def document(machine, report, series_of_rows, failures, micro, remarks):
    parts = ["# What `./dev bench` measured", machine]
    parts += [f"**{remark}**" for remark in remarks]
    parts += ["## Goals", goals(report), "## All figures", figures(series_of_rows)]
    if left_out := skipped(series_of_rows, failures):
        parts += ["## Not measured", left_out]
    if micro:
        parts += ["## Single functions", micro_table(micro)]
    return "\n\n".join(parts) + "\n"
