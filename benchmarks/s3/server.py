# SPDX-License-Identifier: MIT
"""The demo's server as a child process, and how fast it is with a client that does nothing."""

import os
import re
import shutil
import subprocess
from pathlib import Path

from participants import BUCKET, KEYS

TICKS = os.sysconf("SC_CLK_TCK")

SIGN = """
import sys, boto3
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
import hashlib
request = AWSRequest(method="GET", url=sys.argv[1])
request.headers["x-amz-content-sha256"] = hashlib.sha256(b"").hexdigest()
SigV4Auth(Credentials(sys.argv[2], sys.argv[3]), "s3", "us-east-1").add_auth(request)
for name, value in request.headers.items():
    print(f"{name}: {value}")
"""


class Server:
    def __init__(self, program, objects, total, latency_ms, threads):
        arguments = ["--bucket", BUCKET, "--objects", str(objects), "--bytes", str(total), "--plain-keys",
                     "--latency-ms", str(latency_ms), "--threads", str(threads), "--etags-first"]
        self.process = subprocess.Popen([str(program), "serve", *arguments], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, text=True)
        self.endpoint = self.process.stdout.readline().removeprefix("endpoint ").strip()
        if not self.endpoint:
            raise RuntimeError("the server did not start")

    def cpu_seconds(self):
        fields = Path(f"/proc/{self.process.pid}/stat").read_text("utf-8").rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICKS

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.stdin.close()
        self.process.wait()


def speed_of(server, python, keys, connections):
    """Requests and bytes a second that wrk gets: one object of average size, signed once. None without wrk."""
    if not (shutil.which("wrk") and python and keys):
        return None
    average = sum(size for _, size in keys) / len(keys)
    key, size = min(keys, key=lambda one: abs(one[1] - average))
    url = f"{server.endpoint}/{BUCKET}/{key}"
    headers = subprocess.run([python, "-c", SIGN, url, *KEYS.values()], capture_output=True, text=True, check=True)
    options = [word for line in headers.stdout.splitlines() for word in ("-H", line)]
    answer = subprocess.run(["wrk", "-t", "2", "-c", str(connections), "-d", "3", *options, url], capture_output=True,
                            text=True, check=True).stdout
    rate = re.search(r"Requests/sec:\s*([\d.]+)", answer)
    if not rate or "Non-2xx" in answer:
        raise RuntimeError(f"wrk: {answer}")
    return {"object_bytes": size, "connections": connections, "requests_a_second": float(rate.group(1)),
            "bytes_a_second": float(rate.group(1)) * size}
