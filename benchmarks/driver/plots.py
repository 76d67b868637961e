# SPDX-License-Identifier: MIT
"""Pictures of the report, by gnuplot where it is installed."""

import shutil
import subprocess

DEADLINE = 60.0  # seconds for one picture

# One horizontal box for each line of the data: position, middle, low, high, name.
SCRIPT = """
set terminal svg size 900,{height} font "sans-serif,13" background "white" noenhanced
set output "{output}"
set title "{title}"
set xlabel "{label}"
set logscale x
set grid xtics
set yrange [-0.7:{top}]
unset key
set style fill solid 0.6 noborder
$data << EOD
{data}
EOD
{marks}
plot $data using 2:1:({left}):2:($1-0.3):($1+0.3):ytic(6) with boxxyerror lc rgb "#4477aa", \\
     $data using 2:1:3:4 with xerrorbars lc rgb "#222222" pt 0
"""


def clean(text):
    return "".join(c for c in text if c.isalnum() or c in " ._,:()<>=/+-")


def draw(path, title, label, boxes, line_at=None):
    """Boxes are (name, middle, low, high), all above 0; the first is on top."""
    boxes = [box for box in boxes if min(box[1:]) > 0]
    if not boxes:
        return
    lines = []
    for place, (name, middle, low, high) in enumerate(reversed(boxes)):
        lines.append(f'{place} {middle:.9g} {low:.9g} {high:.9g} 0 "{clean(name)}"')
    everything = [value for box in boxes for value in box[1:]] + ([line_at] if line_at else [])
    left, right = min(everything) / 2, max(everything) * 2
    marks = f"set xrange [{left:.9g}:{right:.9g}]\n"
    if line_at:
        marks += f"set arrow from {line_at}, graph 0 to {line_at}, graph 1 nohead lc rgb '#bb3333' lw 2"
    script = SCRIPT.format(height=120 + 30 * len(boxes), output=path, title=clean(title), label=clean(label),
                           top=len(boxes) - 0.3, data="\n".join(lines), marks=marks, left=f"{left:.9g}")
    subprocess.run(["gnuplot"], input=script, text=True, timeout=DEADLINE, check=True, capture_output=True)


def draw_goals(path, claims, report):
    boxes = []
    for claim, entry in zip(claims, report):
        if claim.goal and entry["ratio"] is not None and min(entry["spread"]) > 0:
            scores = sorted(claim.goal.score(ratio) for ratio in entry["spread"])
            name = " ".join(filter(None, (entry["id"], entry["variant"], "/", entry["reference"])))
            boxes.append((name, claim.goal.score(entry["ratio"]), *scores))
    draw(path, "How far from the goals", "1 is the goal, more is better", boxes, line_at=1)


def draw_row(path, row, series):
    boxes = [(f"{who} {variant}".strip(), one.median(), *one.spread())
             for (who, variant), one in series.items() if one.values]
    units = {one.unit for one in series.values() if one.values}
    if len(units) == 1:
        draw(path, row, units.pop(), boxes)


def draw_all(directory, claims, report, series_of_rows):
    """Why there are no pictures, or ""."""
    if shutil.which("gnuplot") is None:
        return "no pictures, because gnuplot is not installed (Debian: gnuplot-nox)"
    directory.mkdir(exist_ok=True)
    try:
        draw_goals(directory / "goals.svg", claims, report)
        for row, series in series_of_rows.items():
            draw_row(directory / f"{row}.svg", row, series)
    except subprocess.SubprocessError as error:
        return f"no more pictures, because gnuplot failed: {error} {getattr(error, 'stderr', None) or ''}"
    return ""
