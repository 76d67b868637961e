# SPDX-License-Identifier: MIT
import unittest

import report


def run(objects_a_second, whole=2.0, **more):
    return {"objects": 100, "phase_seconds": 100 / objects_a_second, "whole_seconds": whole, "cpu_seconds": 1.0,
            "server_cpu_seconds": 0.5, "mean_seconds": 0.02, "load": 0.0, "failure": "", **more}


def row(program, mode, workers, latency, runs, not_measured=""):
    return {"program": program, "mode": mode, "workers": workers, "at_a_time": workers, "latency_ms": latency,
            "title": f"{program} {mode} {workers}", "not_measured": not_measured, "runs": runs}


class Goals(unittest.TestCase):
    def test_ratios_are_taken_within_a_repetition(self):
        mine = row("penstock-s3", "thread", 16, 20, [run(100), run(400), run(300)])
        other = row("boto3", "thread", 16, 20, [run(50), run(100), run(100)])
        entry = next(one for one in report.goals([mine, other]) if one["text"] == "a: 16 at a time, 20 ms")
        self.assertAlmostEqual(entry["ratio"], 3)
        self.assertAlmostEqual(entry["least"], 2)
        self.assertAlmostEqual(entry["most"], 4)
        self.assertIs(entry["met"], True)

    def test_the_best_setting_of_each(self):
        rows = [row("penstock-s3", "async", 64, 20, [run(900)] * 3),
                row("penstock-s3", "thread", 4, 20, [run(100)] * 3),
                row("boto3", "thread", 4, 20, [run(40)] * 3), row("boto3", "process", 4, 20, [run(50)] * 3)]
        entry = next(one for one in report.goals(rows) if one["goal"] == 10)
        self.assertEqual((entry["mine"], entry["other"]), ("penstock-s3 async 64", "boto3 process 4"))
        self.assertAlmostEqual(entry["ratio"], 18)

    def test_a_failed_row_does_not_count(self):
        rows = [row("penstock-s3", "async", 64, 0, [run(900, failure="99 objects instead of 100")]),
                row("rclone", "copy", 16, 0, [run(10)])]
        entry = next(one for one in report.goals(rows) if one["goal"] == 3)
        self.assertEqual(entry["met"], "undecided")
        self.assertNotIn("ratio", entry)

    def test_verdicts(self):
        self.assertIs(report.verdict([1, 1, 1], 1), True)
        self.assertIs(report.verdict([0.9, 0.8, 0.9], 1), False)
        self.assertEqual(report.verdict([0.9, 1.8, 0.9], 1), "undecided")
        self.assertEqual(report.verdict([2, 2], 1), "undecided")


class Text(unittest.TestCase):
    def test_little(self):
        self.assertEqual(report.cells(row("boto3", "thread", 4, 20, [run(200)]))[-1], "4.0")

    def test_who_was_not_measured_is_named(self):
        self.assertEqual(report.cells(row("aws", "cp", 16, 0, [], "not installed"))[:3], ["aws cp 16", 16, "not installed"])

    def test_how_much_of_the_machine(self):
        self.assertIn("together 19% of 4 CPUs", report.limit_of(row("a", "b", 1, 0, [run(100)]), 4))


if __name__ == "__main__":
    unittest.main()
