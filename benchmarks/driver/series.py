# SPDX-License-Identifier: MIT
"""What was measured of one participant in one row, repetition by repetition."""

import statistics
from dataclasses import dataclass, field


@dataclass
class Series:
    unit: str = ""
    values: dict[int, float] = field(default_factory=dict)  # by the number of the repetition
    skipped: str = ""  # why there are none
    failed: bool = False  # in one repetition at least there was a wrong result, or none

    def median(self):
        return statistics.median(self.values.values())

    def spread(self):
        return min(self.values.values()), max(self.values.values())


def add_lines(series, repetition, lines):
    """Puts what a program printed into {(who, variant): Series}."""
    for line in lines:
        one = series.setdefault((line["who"], line.get("variant", "")), Series())
        if "skipped" in line:
            one.skipped = line["skipped"]
        else:
            one.unit = line["unit"]
            one.values[repetition] = line["value"]
