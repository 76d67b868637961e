# SPDX-License-Identifier: MIT
"""What the workers of the rivals run. A module of its own, because some pools send functions of the main program by
value, and then what one task keeps is not there for the next."""

import os
import time
import zlib

PAYLOAD_BYTES = 64 << 20


def null_task(number):
    return number


def burn_100us(number):
    end = time.thread_time_ns() + 100_000
    while time.thread_time_ns() < end:
        pass
    return number


def wait_until_gone(path):
    while os.path.exists(path):
        time.sleep(0.001)


KEPT = {}


def receive(data):
    KEPT["data"] = data
    return len(data)


def checksum_of_received():
    return zlib.crc32(KEPT.pop("data"))


def prepare(seed):
    KEPT["data"] = payload(seed)


def give():
    return KEPT.pop("data")


def payload(seed):
    return bytes((seed + i) % 251 for i in range(251)) * (PAYLOAD_BYTES // 251) + bytes(PAYLOAD_BYTES % 251)
