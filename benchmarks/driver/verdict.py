# SPDX-License-Identifier: MIT
"""When a goal counts as met: when it holds in every single repetition. When it holds in some, nobody knows."""

import statistics
from dataclasses import dataclass, replace

LEAST_REPETITIONS = 3
UNDECIDED = "undecided"
NO_GOAL = "no goal"


@dataclass(frozen=True)
class Goal:
    """A bound of a ratio: "<=" or ">=", and the number."""

    relation: str
    bound: float

    def holds(self, ratio):
        return ratio <= self.bound if self.relation == "<=" else ratio >= self.bound

    def score(self, ratio):
        """The same for all goals: above 1 it holds, and the larger the better."""
        return self.bound / ratio if self.relation == "<=" else ratio / self.bound

    def __str__(self):
        return f"{self.relation} {self.bound:g}"


@dataclass(frozen=True)
class Claim:
    """What a row is held against, and how.

    `reference` is who is compared with: another participant (variants are told by `reference_variant`), the best of
    `peers` (the one with the least median, where less is better), or what `limit` is called when that is a number of its
    own. The ratio is value / reference, or with `inverse` reference / value. Both are taken as at least `floor`, so that
    the noise of nothing is not compared with that of another. Without a goal the ratio is there to be known.
    """

    goal: Goal | None
    reference: str
    who: str = "Penstock"
    variant: str = ""
    reference_variant: str = ""
    limit: float | None = None
    peers: tuple[str, ...] = ()
    inverse: bool = False
    floor: float = 0.0
    exact: bool = False  # the same in each repetition: one is enough

    def ratio(self, value, reference):
        value, reference = max(value, self.floor), max(reference, self.floor)
        return reference / value if self.inverse else value / reference


def decide(ratios, goal, exact=False):
    """True, False, UNDECIDED, or NO_GOAL."""
    if goal is None:
        return NO_GOAL
    if len(ratios) < (1 if exact else LEAST_REPETITIONS):
        return UNDECIDED
    held = {goal.holds(ratio) for ratio in ratios}
    return held.pop() if len(held) == 1 else UNDECIDED


def entry_of(row, claim, series):
    """One element of report.json. `series` maps (who, variant) to a Series; only what was measured side by side, in
    the same repetition, is compared."""
    claim = with_best_peer(claim, series)
    ours = series.get((claim.who, claim.variant))
    theirs = series.get((claim.reference, claim.reference_variant))
    entry = {"id": row, "variant": claim.variant, "value": None, "unit": ours.unit if ours else "",
             "reference": " ".join(filter(None, (claim.reference, claim.reference_variant))),
             "reference_value": claim.limit, "ratio": None, "goal": str(claim.goal or "none"),
             "met": UNDECIDED if claim.goal else NO_GOAL, "spread": None,
             "repetitions": 0, "note": note_of(claim, series)}
    if ours and ours.values:
        entry["value"] = statistics.median(ours.values.values())
    if theirs and theirs.values and claim.limit is None:
        entry["reference_value"] = statistics.median(theirs.values.values())
    ratios = ratios_of(claim, ours, theirs)
    if ratios:
        entry.update(ratio=statistics.median(ratios), spread=[min(ratios), max(ratios)], repetitions=len(ratios),
                     met=UNDECIDED if has_failed(claim.who, series) else decide(ratios, claim.goal, claim.exact))
    return entry


def with_best_peer(claim, series):
    """The same claim; where it has peers, held against the best of those that were measured."""
    measured = {peer: series[peer, ""].median() for peer in claim.peers if (peer, "") in series and series[peer, ""].values}
    return replace(claim, reference=min(measured, key=measured.get)) if measured else claim


def ratios_of(claim, ours, theirs):
    if ours is None:
        return []
    if claim.limit is not None:
        return [claim.ratio(value, claim.limit) for value in ours.values.values()]
    if theirs is None:
        return []
    both = ours.values.keys() & theirs.values.keys()
    return [claim.ratio(ours.values[number], theirs.values[number]) for number in both]


def has_failed(who, series):
    """A program that sometimes gives a wrong result has met nothing with its right ones."""
    return any(one.failed for (name, _), one in series.items() if name == who)


def note_of(claim, series):
    """Why there is no ratio, as far as somebody in this row said so."""
    sides = [(claim.who, claim.variant)] + ([(claim.reference, claim.reference_variant)] if claim.limit is None else [])
    missing = [" ".join(filter(None, side)) for side in sides if side not in series or not series[side].values]
    notes = [", ".join(missing) + ": not measured"] if missing else []
    if missing:
        notes += dict.fromkeys(one.skipped for one in series.values() if one.skipped and not one.values)
    if has_failed(claim.who, series):
        notes.append(f"{claim.who} failed in at least one repetition")
    return "; ".join(notes)
