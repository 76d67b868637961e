# SPDX-License-Identifier: MIT
"""When a goal counts as met, and what goes into report.json."""

import unittest

from driver.rows import ROWS
from driver.series import Series, add_lines
from driver.verdict import UNDECIDED, Claim, Goal, decide, entry_of

AT_MOST_2 = Goal("<=", 2)
AT_LEAST_2 = Goal(">=", 2)


def measured(*values, unit="us"):
    return Series(unit, dict(enumerate(values)))


class Decide(unittest.TestCase):
    def test_a_goal_that_holds_in_every_repetition_is_met(self):
        self.assertIs(decide([1.0, 1.9, 2.0], AT_MOST_2), True)
        self.assertIs(decide([2.0, 3.0, 99.0], AT_LEAST_2), True)

    def test_a_goal_that_holds_in_none_is_not_met(self):
        self.assertIs(decide([2.1, 3.0, 9.0], AT_MOST_2), False)
        self.assertIs(decide([0.1, 1.0, 1.9], AT_LEAST_2), False)

    def test_one_repetition_on_the_other_side_makes_it_undecided(self):
        self.assertEqual(decide([1.0, 1.0, 1.0, 1.0, 2.1], AT_MOST_2), UNDECIDED)
        self.assertEqual(decide([9.0, 1.0, 1.0, 1.0, 1.0], AT_LEAST_2), UNDECIDED)

    def test_too_few_repetitions_decide_nothing(self):
        self.assertEqual(decide([], AT_MOST_2), UNDECIDED)
        self.assertEqual(decide([1.0, 1.0], AT_MOST_2), UNDECIDED)

    def test_what_never_varies_needs_one_only(self):
        self.assertIs(decide([1.0], AT_MOST_2, exact=True), True)
        self.assertIs(decide([3.0], AT_MOST_2, exact=True), False)
        self.assertEqual(decide([], AT_MOST_2, exact=True), UNDECIDED)


class Entry(unittest.TestCase):
    def entry(self, claim, **series):
        return entry_of("row", claim, {(who, ""): one for who, one in series.items()})

    def test_has_what_the_report_promises(self):
        entry = self.entry(Claim(AT_MOST_2, "raw"), Penstock=measured(3, 2, 4), raw=measured(2, 2, 2, unit="us"))
        self.assertEqual(entry, {"id": "row", "variant": "", "value": 3, "unit": "us", "reference": "raw",
                                 "reference_value": 2, "ratio": 1.5, "goal": "<= 2", "met": True, "spread": [1, 2],
                                 "repetitions": 3, "note": ""})

    def test_compares_within_a_repetition(self):
        # The machine slowed down by ten in the middle; the ratio did not change.
        entry = self.entry(Claim(AT_MOST_2, "raw"), Penstock=measured(1, 10, 10), raw=measured(1, 10, 10))
        self.assertEqual(entry["spread"], [1, 1])

    def test_a_repetition_that_one_side_lacks_does_not_count(self):
        raw = Series("us", {0: 1.0, 2: 1.0})
        entry = self.entry(Claim(AT_MOST_2, "raw"), Penstock=measured(1, 50, 1), raw=raw)
        self.assertEqual((entry["repetitions"], entry["spread"], entry["met"]), (2, [1, 1], UNDECIDED))

    def test_times_faster_is_the_inverse(self):
        claim = Claim(AT_LEAST_2, "rival", inverse=True)
        entry = self.entry(claim, Penstock=measured(1, 1, 1), rival=measured(3, 4, 5))
        self.assertEqual((entry["ratio"], entry["met"]), (4, True))

    def test_a_limit_needs_no_other_participant(self):
        claim = Claim(Goal("<=", 1), "a limit of 200 bytes", limit=200.0)
        entry = self.entry(claim, Penstock=measured(240, 240, 240))
        self.assertEqual((entry["reference_value"], entry["ratio"], entry["met"], entry["note"]), (200, 1.2, False, ""))

    def test_peers_are_held_against_the_best_of_them(self):
        claim = Claim(AT_MOST_2, "best peer", peers=("slow", "quick", "gone"))
        entry = self.entry(claim, Penstock=measured(3, 3, 3), slow=measured(9, 1, 9), quick=measured(2, 2, 4),
                           gone=Series(skipped="not installed"))
        self.assertEqual((entry["reference"], entry["reference_value"], entry["ratio"]), ("quick", 2, 1.5))
        entry = self.entry(claim, Penstock=measured(3, 3, 3), gone=Series(skipped="not installed"))
        self.assertEqual((entry["ratio"], entry["met"]), (None, UNDECIDED))
        self.assertEqual(entry["note"], "best peer: not measured; not installed")

    def test_without_a_goal_there_is_a_ratio_and_no_verdict(self):
        entry = self.entry(Claim(None, "threads", who="processes"), processes=measured(4, 4, 4), threads=measured(2, 2, 2))
        self.assertEqual((entry["ratio"], entry["goal"], entry["met"]), (2, "none", "no goal"))

    def test_below_the_floor_all_is_nothing(self):
        claim = Claim(Goal("<=", 1), "no pool", floor=100.0)
        entry = self.entry(claim, Penstock=measured(90, 60, 99), **{"no pool": measured(10, 20, 30)})
        self.assertEqual((entry["spread"], entry["met"]), ([1, 1], True))

    def test_what_was_not_measured_is_undecided_and_says_why(self):
        entry = self.entry(Claim(AT_MOST_2, "raw"), Penstock=measured(1, 1, 1), probes=Series(skipped="needs two CPUs"))
        self.assertEqual((entry["ratio"], entry["met"]), (None, UNDECIDED))
        self.assertEqual(entry["note"], "raw: not measured; needs two CPUs")
        entry = self.entry(Claim(AT_MOST_2, "raw"))
        self.assertEqual((entry["met"], entry["note"]), (UNDECIDED, "Penstock, raw: not measured"))

    def test_who_was_wrong_once_has_met_nothing(self):
        ours = Series("us", {0: 1.0, 1: 1.0, 2: 1.0}, failed=True)
        entry = self.entry(Claim(AT_MOST_2, "raw"), Penstock=ours, raw=measured(1, 1, 1, 1))
        self.assertEqual((entry["met"], entry["note"]), (UNDECIDED, "Penstock failed in at least one repetition"))

    def test_compares_two_variants_of_one_participant(self):
        series = {("Penstock", "2 GB"): measured(3, 3, 3), ("Penstock", "10 MB"): measured(2, 2, 2)}
        entry = entry_of("row", Claim(AT_MOST_2, "Penstock", variant="2 GB", reference_variant="10 MB"), series)
        self.assertEqual((entry["ratio"], entry["reference"], entry["met"]), (1.5, "Penstock 10 MB", True))


class Rows(unittest.TestCase):
    def test_lines_of_a_program_become_series(self):
        series = {}
        add_lines(series, 0, [{"who": "a", "variant": "v", "value": 1.0, "unit": "us"}, {"who": "b", "skipped": "why"}])
        add_lines(series, 1, [{"who": "a", "variant": "v", "value": 2.0, "unit": "us"}])
        self.assertEqual(series[("a", "v")], Series("us", {0: 1.0, 1: 2.0}))
        self.assertEqual(series[("b", "")].skipped, "why")

    def test_every_row_has_a_name_of_its_own_and_a_goal(self):
        names = [row.id for row in ROWS]
        self.assertEqual(len(names), len(set(names)))
        self.assertTrue(all(row.claims for row in ROWS))


if __name__ == "__main__":
    unittest.main()
