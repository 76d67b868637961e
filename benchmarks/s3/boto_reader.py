#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""boto_reader.py thread|process WORKERS ENDPOINT BUCKET [--head]: reads every object of a bucket and counts its bytes.

A pool of workers, each with a client of its own, one object at a time, as such programs usually are. The bytes are
counted and let go. Prints one line of JSON. The clock of the phase starts when every worker has its client ready, which
is in favour of this program; what making them costs is in the time of the whole process.
"""

import sys
import time
from concurrent.futures import ThreadPoolExecutor
from multiprocessing import Barrier, Pool
from threading import Barrier as ThreadBarrier
from threading import local

import json

import boto3
from botocore.config import Config

LISTED_AT_ONCE = 1000
CHUNK = 1 << 18

mine = local()  # of a thread, or of a process


def make_client(endpoint):
    settings = Config(s3={"addressing_style": "path"}, retries={"max_attempts": 5})
    return boto3.session.Session().client("s3", endpoint_url=endpoint, region_name="us-east-1", config=settings)


def begin(endpoint, bucket, head, everyone):
    mine.client, mine.bucket, mine.head = make_client(endpoint), bucket, head
    everyone.wait()


def read(key):
    """The bytes of one object, and the seconds that it took."""
    start = time.perf_counter()
    if mine.head:
        mine.client.head_object(Bucket=mine.bucket, Key=key)
    body = mine.client.get_object(Bucket=mine.bucket, Key=key)["Body"]
    count = sum(len(chunk) for chunk in body.iter_chunks(CHUNK))
    return count, time.perf_counter() - start


def keys_of(endpoint, bucket):
    pages = make_client(endpoint).get_paginator("list_objects_v2").paginate(Bucket=bucket)
    return [entry["Key"] for page in pages for entry in page.get("Contents", [])]


def with_threads(workers, keys, arguments):
    everyone = ThreadBarrier(workers + 1)
    with ThreadPoolExecutor(workers, initializer=begin, initargs=(*arguments, everyone)) as pool:
        waiting = [pool.submit(time.sleep, 0) for _ in range(workers)]  # makes it start all its threads
        everyone.wait()
        for one in waiting:
            one.result()
        start = time.perf_counter()
        return list(pool.map(read, keys)), time.perf_counter() - start


def with_processes(workers, keys, arguments):
    everyone = Barrier(workers + 1)
    with Pool(workers, initializer=begin, initargs=(*arguments, everyone)) as pool:
        everyone.wait()
        start = time.perf_counter()
        answers = list(pool.imap_unordered(read, keys, chunksize=4))
        seconds = time.perf_counter() - start
        pool.close()
        pool.join()  # their CPU seconds count when they have ended
        return answers, seconds


def main():
    kind, workers, endpoint, bucket = sys.argv[1], int(sys.argv[2]), sys.argv[3], sys.argv[4]
    keys = keys_of(endpoint, bucket)
    run = {"thread": with_threads, "process": with_processes}[kind]
    answers, seconds = run(workers, keys, (endpoint, bucket, "--head" in sys.argv[5:]))
    print(json.dumps({"objects": len(answers), "bytes": sum(count for count, _ in answers), "seconds": seconds,
                      "mean_seconds": sum(one for _, one in answers) / max(1, len(answers))}))


if __name__ == "__main__":
    main()
