# SPDX-License-Identifier: MIT
"""Who reads the bucket, in which settings, and with which command line."""

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
KEYS = {"AWS_ACCESS_KEY_ID": "PENSTOCKDEMOACCESSID",  # known to everyone, and good for the demo's server alone
        "AWS_SECRET_ACCESS_KEY": "penstock-demo-secret-that-is-no-secret+/"}
BUCKET = "demo"


@dataclass(frozen=True)
class Participant:
    program: str  # "penstock-s3", "boto3", "rclone", "aws"
    mode: str
    workers: int  # threads, processes; connections of async
    inside: int = 1  # connections of each, in process+async
    once: bool = False  # too slow to be repeated

    @property
    def at_a_time(self):
        return self.workers * self.inside

    @property
    def title(self):
        inside = f"x{self.inside}" if self.inside > 1 else ""
        return f"{self.program} {self.mode} {self.workers}{inside}"


def settings(latency_ms):
    """What is measured with this latency. Without any, there is little to wait for, and more at a time helps nobody."""
    far = latency_ms > 0
    ours = [("sequential", 1, 1), ("thread", 4, 1), ("thread", 16, 1), ("process", 4, 1), ("process", 16, 1),
            ("async", 16, 1), ("async", 64, 1), ("process+async", 4, 16)]
    if far:
        ours += [("thread", 64, 1), ("process", 32, 1), ("async", 256, 1), ("thread", 256, 1),
                 ("process+async", 2, 128), ("process+async", 4, 64), ("thread", 512, 1), ("process+async", 4, 128),
                 ("process+async", 4, 256)]
    else:
        ours += [("process+async", 2, 16), ("process+async", 3, 8)]
    boto = [("thread", 4), ("thread", 16), ("process", 4), ("process", 16)] + (
        [("thread", 64), ("process", 32)] if far else [])
    return ([Participant("penstock-s3", mode, workers, inside, far and mode == "sequential")
             for mode, workers, inside in ours] +
            [Participant("boto3", mode, workers) for mode, workers in boto] +
            [Participant("rclone", "copy", 16), Participant("rclone", "hashsum", 16), Participant("aws", "cp", 16)])


def python_with_boto3():
    """Debian's own Python or else this one, whichever has boto3; None without it."""
    for python in ("/usr/bin/python3", sys.executable):
        if os.path.exists(python) and version([python, "-c", "import boto3; print(boto3.__version__)"]):
            return python
    return None


def version(command):
    try:
        answer = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    except (OSError, subprocess.SubprocessError):
        return None
    return (answer.stdout or answer.stderr).splitlines()[0].strip()


class Commands:
    """Command lines and variables for one server; `scratch` is emptied between runs."""

    def __init__(self, program, scratch, head):
        self.program, self.scratch, self.head = program, scratch, head
        self.endpoint = ""
        self.python = python_with_boto3()
        self.versions = {"boto3": self.python and version([self.python, "-c",
                                                           "import boto3, platform;"
                                                           "print('boto3', boto3.__version__, 'with CPython',"
                                                           "platform.python_version())"]),
                         "rclone": shutil.which("rclone") and version(["rclone", "version"]),
                         "aws": shutil.which("aws") and version(["aws", "--version"])}
        (scratch / "aws.config").write_text("[default]\nregion = us-east-1\ns3 =\n  max_concurrent_requests = 16\n"
                                            "  addressing_style = path\n", "utf-8")

    def why_not(self, one):
        """Why this one cannot take part, or an empty text."""
        if one.program == "penstock-s3":
            return ""
        if not self.versions[one.program]:
            return "not installed"
        return "has no such verb" if self.head and one.program in ("rclone", "aws") else ""

    def variables(self):
        mine = {name: value for name, value in os.environ.items()
                if not name.startswith(("AWS_", "RCLONE_")) and not name.lower().endswith("_proxy")}
        remote = {"TYPE": "s3", "PROVIDER": "Other", "ENV_AUTH": "true", "ENDPOINT": self.endpoint,
                  "REGION": "us-east-1", "FORCE_PATH_STYLE": "true"}
        return {**mine, **KEYS, "AWS_CONFIG_FILE": str(self.scratch / "aws.config"), "RCLONE_CONFIG": os.devnull,
                "AWS_SHARED_CREDENTIALS_FILE": os.devnull, "AWS_EC2_METADATA_DISABLED": "true",
                **{f"RCLONE_CONFIG_HERE_{name}": value for name, value in remote.items()}}

    def line(self, one):
        target = str(self.scratch / "copied")
        if one.program == "penstock-s3":
            return self.our_line(one)
        if one.program == "boto3":
            return [self.python, "-B", str(HERE / "boto_reader.py"), one.mode, str(one.workers), self.endpoint, BUCKET,
                    *(["--head"] if self.head else [])]
        if one.program == "aws":
            return ["aws", "--endpoint-url", self.endpoint, "s3", "cp", "--recursive", "--quiet", f"s3://{BUCKET}",
                    target]
        many = ["--transfers", str(one.workers), "--checkers", str(one.workers)]
        if one.mode == "hashsum":
            return ["rclone", "hashsum", "MD5", "--download", *many, f"here:{BUCKET}"]
        return ["rclone", "copy", *many, "--s3-no-check-bucket", f"here:{BUCKET}", target]

    def our_line(self, one):
        verb = ["fetch", f"s3://{BUCKET}", "--keys", str(self.scratch / "keys.csv")] if self.head else [
            "list", f"s3://{BUCKET}"]
        workers = ["--workers", str(one.workers)] if one.mode in ("thread", "process", "process+async") else []
        inside = {"async": ["--concurrency", str(one.workers)],
                  "process+async": ["--concurrency", str(one.inside)]}.get(one.mode, [])
        return [str(self.program), *verb, "--endpoint", self.endpoint, "--mode", one.mode, *workers, *inside, "--quiet",
                "--csv", str(self.scratch / "table.csv"), "--json", str(self.scratch / "summary.json")]

    def write_keys(self):
        """For HEAD and GET: the table that `list` writes."""
        subprocess.run([str(self.program), "list", f"s3://{BUCKET}", "--endpoint", self.endpoint, "--mode", "async",
                        "--quiet", "--csv", str(self.scratch / "keys.csv")],
                       env=self.variables(), check=True, stdout=subprocess.DEVNULL)

    def answer(self, one, output):
        """What the program says about its run; objects and seconds of the phase, where it does."""
        if one.program == "penstock-s3":
            said = json.loads((self.scratch / "summary.json").read_text("utf-8"))
            said["mean_seconds"] = said["mean_seconds_an_object"]
            return said
        if one.program == "boto3":
            return json.loads(output)
        if one.mode == "hashsum":
            return {"objects": len(output.splitlines())}
        copied = [path for path in (self.scratch / "copied").rglob("*") if path.is_file()]
        return {"objects": len(copied), "bytes": sum(path.stat().st_size for path in copied)}
