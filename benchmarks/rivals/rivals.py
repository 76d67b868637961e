#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""rivals.py POOL --row ID [--workers N] [--repetitions N] [--quick]: what the rows of Penstock do, with another pool.

Prints the same lines of JSON. With the one argument POOL it prints the version, or fails when there is none. Every pool
has its own defaults but for the number of workers.
"""

import argparse
import json
import os
import platform
import statistics
import tempfile
import time
import zlib
from collections import deque

from rival_tasks import (PAYLOAD_BYTES, burn_100us, checksum_of_received, give, null_task, payload, prepare, receive,
                         wait_until_gone)

CHUNKS = (64, 256, 1024, 4096, 16384)  # for map, which is measured with each; the best counts


def require(condition, what):
    if not condition:
        raise RuntimeError(f"wrong: {what}")


# ---- the pools, under one interface ----


class ExecutorPool:
    """Whatever looks like a concurrent.futures.Executor."""

    def __init__(self, executor):
        self.executor = executor
        self.submit = executor.submit

    @staticmethod
    def result(task):
        return task.result()

    def map(self, function, items, chunk):
        return self.executor.map(function, items, chunksize=chunk)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.executor.shutdown()


class MultiprocessingPool:
    def __init__(self, workers):
        import multiprocessing

        self.pool = multiprocessing.Pool(workers)

    def submit(self, function, *arguments):
        return self.pool.apply_async(function, arguments)

    @staticmethod
    def result(task):
        return task.get()

    def map(self, function, items, chunk):
        return self.pool.map(function, items, chunksize=chunk)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.pool.close()
        self.pool.join()


def process_pool_executor(workers):
    from concurrent.futures import ProcessPoolExecutor

    return ExecutorPool(ProcessPoolExecutor(workers))


def loky_module():
    try:
        import loky
    except ImportError:
        from joblib.externals import loky
    return loky


def loky_executor(workers):
    return ExecutorPool(loky_module().ProcessPoolExecutor(workers))


def mpi_executor(workers):
    from mpi4py.futures import MPIPoolExecutor

    return ExecutorPool(MPIPoolExecutor(workers))


POOLS = {"ProcessPoolExecutor": process_pool_executor, "multiprocessing.Pool": MultiprocessingPool,
         "loky": loky_executor, "mpi4py.futures": mpi_executor}


def version_of(name):
    if name == "loky":
        return "loky " + loky_module().__version__
    if name == "mpi4py.futures":
        import mpi4py.futures

        return "mpi4py " + mpi4py.__version__
    return f"{name} of CPython {platform.python_version()}"


# ---- the rows ----


class Rows:
    """Each row gives (value, unit), or {variant: value} and the unit."""

    def __init__(self, make_pool, workers, quick):
        self.make_pool = make_pool
        self.workers = workers
        self.quick = quick

    def amount(self, whole, when_quick):
        return when_quick if self.quick else whole

    def ready_pool(self, workers=None):
        """A pool whose workers have all started, as far as one can see from outside."""
        pool = self.make_pool(workers or self.workers)
        self.run_null_tasks(pool, 200)
        return pool

    @staticmethod
    def run_null_tasks(pool, count):
        tasks = [pool.submit(null_task, i) for i in range(count)]
        require(sum(pool.result(task) for task in tasks) == count * (count - 1) // 2, "the sum of the results")

    def round_trip(self, count, pause):
        times = []
        with self.ready_pool() as pool:
            for number in range(count):
                if pause:
                    time.sleep(pause)
                start = time.perf_counter()
                answer = pool.result(pool.submit(null_task, number))
                times.append(time.perf_counter() - start)
                require(answer == number, "an answer")
        return statistics.median(times) * 1e6, "us"

    def hot_round_trip(self):
        return self.round_trip(self.amount(2000, 500), 0)

    def idle_round_trip(self):
        return self.round_trip(self.amount(1000, 300), 0.001)

    def fire_all(self):
        count = self.amount(50_000, 5_000)
        with self.ready_pool() as pool:
            start = time.perf_counter()
            self.run_null_tasks(pool, count)
            return count / (time.perf_counter() - start), "tasks/s"

    def window_1000(self):
        count = self.amount(50_000, 5_000)
        total, open_tasks = 0, deque()
        with self.ready_pool() as pool:
            start = time.perf_counter()
            for number in range(count):
                if len(open_tasks) == 1000:
                    total += pool.result(open_tasks.popleft())
                open_tasks.append(pool.submit(null_task, number))
            total += sum(pool.result(task) for task in open_tasks)
            took = time.perf_counter() - start
        require(total == count * (count - 1) // 2, "the sum of the results")
        return count / took, "tasks/s"

    def map_null(self):
        items = range(self.amount(2_000_000, 200_000))
        with self.ready_pool() as pool:
            return max(self.map_once(pool, items, chunk) for chunk in CHUNKS), "items/s"

    @staticmethod
    def map_once(pool, items, chunk):
        start = time.perf_counter()
        total = sum(pool.map(null_task, items, chunk))
        took = time.perf_counter() - start
        require(total == sum(items), "the sum of the results")
        return len(items) / took

    def bandwidth(self, transfer):
        """With one worker, as its tasks must meet what the one before left; the first transfer does not count."""
        with self.ready_pool(1) as pool:
            times = [transfer(pool, seed) for seed in range(self.amount(6, 4))]
        return PAYLOAD_BYTES / statistics.median(times[1:]) / 1e9, "GB/s"

    def payload_arg_64m(self):
        return self.bandwidth(self.send_once)

    @staticmethod
    def send_once(pool, seed):
        data = payload(seed)
        start = time.perf_counter()
        size = pool.result(pool.submit(receive, data))
        took = time.perf_counter() - start
        arrived = pool.result(pool.submit(checksum_of_received))
        require(size == PAYLOAD_BYTES and arrived == zlib.crc32(data), "the argument that arrived")
        return took

    def payload_result_64m(self):
        return self.bandwidth(self.fetch_once)

    @staticmethod
    def fetch_once(pool, seed):
        pool.result(pool.submit(prepare, seed))
        start = time.perf_counter()
        data = pool.result(pool.submit(give))
        took = time.perf_counter() - start
        require(zlib.crc32(data) == zlib.crc32(payload(seed)), "the result that arrived")
        return took

    def efficiency_100us(self):
        workers = max(1, len(os.sched_getaffinity(0)) // 2)
        count = self.amount(2000, 1000)
        with self.ready_pool(workers) as pool:
            start = time.perf_counter()
            tasks = [pool.submit(burn_100us, i) for i in range(count)]
            require(sum(pool.result(task) for task in tasks) == count * (count - 1) // 2, "the sum of the results")
            return (time.perf_counter() - start) * 1e3, "ms"

    def start_first_result(self):
        figures = {"10 MB": self.starts()}
        if self.has_memory():
            ballast = bytearray(1 << 20) * (2 << 10)  # copies, so that every page is really there
            figures["2 GB"] = self.starts()
            del ballast
        return figures, "ms"

    @staticmethod
    def has_memory():
        with open("/proc/meminfo", encoding="ascii") as file:
            return next(int(line.split()[1]) for line in file if line.startswith("MemAvailable")) > 3 << 20  # KiB

    def starts(self):
        return statistics.median(self.start_once() for _ in range(self.amount(5, 3)))

    def start_once(self):
        start = time.perf_counter()
        with self.make_pool(self.workers) as pool:
            answer = pool.result(pool.submit(null_task, 5))
            took = time.perf_counter() - start
        require(answer == 5, "the first result")
        return took * 1e3

    def future_bytes(self):
        import tracemalloc

        count = self.amount(20_000, 4_000)
        with self.ready_pool(1) as pool, tempfile.TemporaryDirectory() as directory:
            path = os.path.join(directory, "busy")
            with open(path, "w", encoding="ascii"):
                pass
            first = pool.submit(wait_until_gone, path)
            tracemalloc.start()
            tasks = [pool.submit(null_task, i) for i in range(count)]
            each = tracemalloc.get_traced_memory()[0] / count
            tracemalloc.stop()
            os.unlink(path)
            pool.result(first)
            require(sum(pool.result(task) for task in tasks) == count * (count - 1) // 2, "the sum of the results")
        return each, "bytes"


def print_lines(row, who, value, unit):
    for variant, one in (value if isinstance(value, dict) else {"": value}).items():
        print(json.dumps({"row": row, "who": who, "variant": variant, "value": one, "unit": unit}), flush=True)


def main():
    parser = argparse.ArgumentParser(prog="rivals.py")
    parser.add_argument("pool", choices=POOLS)
    parser.add_argument("--row")
    parser.add_argument("--workers", type=int, default=4)
    parser.add_argument("--repetitions", type=int, default=1)
    parser.add_argument("--quick", action="store_true")
    options = parser.parse_args()
    version = version_of(options.pool)
    if not options.row:
        print(version)
        return
    measure = getattr(Rows(POOLS[options.pool], options.workers, options.quick), options.row, None)
    if measure is None:
        parser.error(f"there is no row {options.row}")
    for _ in range(options.repetitions):
        print_lines(options.row, options.pool, *measure())


if __name__ == "__main__":
    main()
