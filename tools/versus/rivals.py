#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""rivals.py POOL ACCIDENT DIRECTORY: what accidents.cpp does, step by step, with another pool; one line of JSON.

POOL is concurrent.futures, loky or pebble; with the one argument POOL it prints the version, or fails when there is
none. Every pool has four workers and its own defaults otherwise.
"""

import json
import os
import platform
import signal
import sys
import time
from concurrent.futures import TimeoutError as Late
from concurrent.futures import wait as wait_for_all

PATIENCE = 5.0  # seconds; a future that is not done so long after the accident hangs
RESULT_SIZE = 400_000_000
READ_BEFORE_KILL = 16 << 20


def eventually(condition, limit=PATIENCE):
    end = time.monotonic() + limit
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(0.00002)
    return True


def touch(path):
    with open(path, "w", encoding="ascii"):
        pass


def present(directory, role):
    """Those who said that they are there, by files named <role>.<pid>."""
    return [int(name.split(".")[1]) for name in os.listdir(directory) if name.split(".")[0] == role]


def is_gone(pid):
    """No process of this number, or only its zombie."""
    try:
        with open(f"/proc/{pid}/stat", encoding="ascii", errors="replace") as file:
            return file.read().rpartition(")")[2].split()[0] == "Z"
    except (FileNotFoundError, ProcessLookupError):
        return True


def bytes_read_here():
    with open("/proc/self/io", encoding="ascii") as file:
        return next(int(line.split()[1]) for line in file if line.startswith("rchar"))


# ---- tasks ----


def answer(number):
    return number


def meet(directory, role, go, number):
    touch(f"{directory}/{role}.{os.getpid()}")
    while not os.path.exists(f"{directory}/{go}"):
        time.sleep(0.001)
    return number


def return_much(directory):
    meet(directory, "victim", "now", 0)
    return bytes(RESULT_SIZE)


def refuse(directory):
    """What unpickling an Undecodable calls; the file says in which process that was."""
    touch(f"{directory}/decoded.{os.getpid()}")
    raise RuntimeError("this cannot be decoded")


class Undecodable:
    def __init__(self, directory):
        self.directory = directory

    def __reduce__(self):
        return refuse, (self.directory,)


def return_undecodable(directory):
    meet(directory, "victim", "now", 0)
    return Undecodable(directory)


def leave(directory):
    meet(directory, "victim", "now", 0)
    os._exit(0)


# ---- the pools ----


def loky_module():
    try:
        import loky
    except ImportError:
        from joblib.externals import loky
    return loky


def version_of(pool):
    if pool == "concurrent.futures":
        return "CPython " + platform.python_version()
    if pool == "loky":
        return "loky " + loky_module().__version__
    import pebble  # only to see that it is there
    from importlib.metadata import version

    return pebble.__name__.capitalize() + " " + version("pebble")


def submitter_of(pool):
    """The function that submits to a new pool."""
    if pool == "concurrent.futures":
        from concurrent.futures import ProcessPoolExecutor

        return ProcessPoolExecutor(4).submit
    if pool == "loky":
        return loky_module().get_reusable_executor(max_workers=4).submit
    from pebble import ProcessPool

    executor = ProcessPool(max_workers=4)
    return lambda function, *arguments: executor.schedule(function, args=arguments)


# ---- what became of everybody ----


class Scene:
    def __init__(self, pool, directory):
        self.submit = submitter_of(pool)
        self.directory = directory
        self.neighbours = []
        self.refused = 0
        self.limit = None
        self.report = {"injected": False, "proof": "", "victim": "-", "message": "", "answered": 0, "failed": 0,
                       "neighbours": 0, "probe": "hangs", "workers": []}

    def start_neighbours(self):
        self.neighbours = [self.submit(meet, self.directory, "neighbour", "go", i) for i in range(3)]
        self.require(eventually(lambda: len(present(self.directory, "neighbour")) == 3), "the neighbours do not run")

    def queue_neighbours(self):
        for i in range(3, 20):
            try:
                self.neighbours.append(self.submit(answer, i))
            except Exception:
                self.refused += 1

    def meet_all(self):
        """The pids of all four workers."""
        tasks = [self.submit(meet, self.directory, "worker", "met", i) for i in range(4)]
        self.require(eventually(lambda: len(present(self.directory, "worker")) == 4), "there are no four workers")
        touch(f"{self.directory}/met")
        for task in tasks:
            task.result(PATIENCE)
        return present(self.directory, "worker")

    def run(self, bad, inject):
        """Runs `bad` on the fourth worker and lets it do what it does; `inject` makes sure that it happened."""
        self.start_neighbours()
        victim = self.submit(bad, self.directory)
        self.require(eventually(lambda: len(present(self.directory, "victim")) == 1), "the victim does not run")
        self.queue_neighbours()
        inject(present(self.directory, "victim")[0])
        touch(f"{self.directory}/go")
        self.look_at_victim(victim)
        self.finish()

    def time_left(self):
        """One limit for the waits for all futures together."""
        self.limit = self.limit or time.monotonic() + PATIENCE
        return max(0.0, self.limit - time.monotonic())

    def look_at_victim(self, victim):
        try:
            victim.result(self.time_left())
            self.report["victim"] = "a value"
        except Late:
            self.report["victim"] = "hangs"
        except Exception as error:
            self.report.update(victim=type(error).__name__, message=str(error))

    def finish(self):
        wait_for_all(self.neighbours, self.time_left())
        done = [task for task in self.neighbours if task.done()]
        good = [task for task in done if task.exception() is None]
        self.report.update(answered=len(good), failed=len(done) - len(good) + self.refused,
                           neighbours=len(self.neighbours) + self.refused)
        try:
            self.report["probe"] = "answered" if self.submit(answer, 7).result(2) == 7 else "wrong"
        except Late:
            pass
        except Exception as error:
            self.report["probe"] = type(error).__name__

    def let_it_happen(self):
        touch(f"{self.directory}/now")

    @staticmethod
    def require(condition, what):
        if not condition:
            raise RuntimeError(what)


# ---- the accidents ----


def killed_inside_a_result(scene):
    def inject(victim):
        before = bytes_read_here()
        scene.let_it_happen()
        begun = eventually(lambda: bytes_read_here() - before >= READ_BEFORE_KILL)
        os.kill(victim, signal.SIGKILL)
        gone = eventually(lambda: is_gone(victim))
        read = bytes_read_here() - before
        scene.report.update(injected=begun and gone and read < RESULT_SIZE,
                            proof=f"after {read >> 20} MiB, pid gone")

    scene.run(return_much, inject)


def idle_worker_killed(scene):
    workers = scene.meet_all()
    scene.start_neighbours()
    victim = next(pid for pid in workers if pid not in present(scene.directory, "neighbour"))
    os.kill(victim, signal.SIGKILL)
    scene.report.update(injected=eventually(lambda: is_gone(victim)), proof="pid gone")
    scene.queue_neighbours()
    touch(f"{scene.directory}/go")
    scene.finish()


def undecodable_result(scene):
    def inject(_):
        scene.let_it_happen()
        scene.report.update(injected=eventually(lambda: present(scene.directory, "decoded") == [os.getpid()]),
                            proof="decoder threw")

    scene.run(return_undecodable, inject)


def exit_in_a_task(scene):
    def inject(victim):
        scene.let_it_happen()
        scene.report.update(injected=eventually(lambda: is_gone(victim)), proof="pid gone")

    scene.run(leave, inject)


def parent_killed(scene):
    """versus.py kills this process; three workers are busy then and one is idle."""
    scene.report["workers"] = scene.meet_all()
    scene.start_neighbours()


ACCIDENTS = {"result": killed_inside_a_result, "idle": idle_worker_killed, "undecodable": undecodable_result,
             "exit": exit_in_a_task, "parent": parent_killed}


def main():
    if len(sys.argv) == 2:
        print(version_of(sys.argv[1]))
        return
    pool, accident, directory = sys.argv[1:]
    scene = Scene(pool, directory)
    ACCIDENTS[accident](scene)
    print(json.dumps(scene.report), flush=True)
    if accident == "parent":
        signal.pause()


if __name__ == "__main__":
    main()
