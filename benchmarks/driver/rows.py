# SPDX-License-Identifier: MIT
"""The rows of the report: who takes part in each, and what is claimed. docs/performance.md explains the figures."""

from dataclasses import dataclass

from driver.verdict import Claim, Goal

EXECUTOR = "ProcessPoolExecutor"
POOL = "multiprocessing.Pool"
RIVALS = (EXECUTOR, POOL, "loky", "mpi4py.futures")
PEERS = ("oneTBB", "Boost.Asio", "std::async", "naive")  # of the thread pool


@dataclass(frozen=True)
class Participant:
    program: str  # "probes", "rows", "threads", "task_types", or the name of a rival
    row: str  # what that program is asked for
    once: bool = False  # gives the same each time

    @property
    def who(self):
        """Whose figures they are where the program does not say."""
        if self.program == "threads":
            return self.row.partition("/")[2]
        return {"rows": "Penstock", "task_types": "Penstock"}.get(self.program, self.program)


@dataclass(frozen=True)
class Row:
    id: str
    participants: tuple[Participant, ...]
    claims: tuple[Claim, ...]

    def needed(self):
        """The rivals without whom the claims cannot be judged; a quick run leaves the others out."""
        return {claim.reference for claim in self.claims}


def row(name, claims, probes=(), rivals=RIVALS):
    return Row(name, (*[Participant("probes", probe) for probe in probes], Participant("rows", name),
                      *[Participant(rival, name) for rival in rivals]), tuple(claims))


def at_most(bound, reference, **more):
    return Claim(Goal("<=", bound), reference, **more)


def at_least(bound, reference, **more):
    return Claim(Goal(">=", bound), reference, **more)


def thread_row(name, bound):
    """A row of thread pools: all of them in one program, a process for each."""
    participants = (Participant("threads", f"{name}/{who}") for who in ("Penstock", *PEERS))
    return Row(name, tuple(participants), (at_most(bound, "best peer", peers=PEERS),))


def versus_row(name):
    """The thread pool beside the process pool: how many times the one's time the other's is."""
    return Row(name, (Participant("rows", name),), (Claim(None, "thread_pool", who="process_pool"),))


def many_workers(variant):
    """What is left of the rate of a few workers; it has no goal."""
    return Claim(None, "Penstock", variant=variant, reference_variant="few")


def head_of_line(variant):
    return at_most(2, "split by hand", variant=variant)


def first_result(variant):
    return at_most(1, "a limit of 3 ms", variant=variant, limit=3.0)


ROWS = (
    row("hot_round_trip", [at_most(2, "pipe, spinning"), at_least(80, EXECUTOR, inverse=True)],
        probes=["pipe_spinning", "pipe_blocking"]),
    row("idle_round_trip", [at_most(1.5, "pipe, blocking, pauses")], probes=["pipe_pauses"]),
    row("fire_all", [at_least(1, "record pump"), at_least(200, EXECUTOR),
                     at_least(0.6, "record pump", variant="batching::never")], probes=["record_pump"]),
    row("window_1000", [at_least(0.8, "record pump")], probes=["record_pump"]),
    row("map_null", [at_least(3, POOL)]),
    row("payload_arg_64m", [at_least(0.8, "1 MiB pipe, fresh memory")], probes=["pipe_1m", "pipe_64k", "memcpy"]),
    row("payload_result_64m", [at_least(0.8, "1 MiB pipe, fresh memory")], probes=["pipe_1m"]),
    row("head_of_line", [head_of_line("plain"), head_of_line("trained on null tasks"), head_of_line("long task first")],
        probes=["split_by_hand"], rivals=()),
    row("efficiency_100us", [at_least(0.9, "ideal", inverse=True)]),
    row("start_first_result", [first_result("10 MB"), first_result("2 GB"),
                               at_most(1.25, "Penstock", variant="2 GB", reference_variant="10 MB")]),
    row("future_bytes", [at_most(1, "a limit of 200 bytes", limit=200.0)], rivals=(EXECUTOR,)),
    row("idle_cpu", [at_most(1, "no pool", floor=100.0), at_most(1, "no pool", variant="1000 workers", floor=100.0)], rivals=()),
    row("many_workers", [many_workers("64"), many_workers("256")], rivals=()),
    Row("text_per_task_type", (Participant("task_types", "text", once=True), Participant("task_types", "header")),
        (at_most(1, "a limit of 5.5 KB", variant="text", limit=5.5, exact=True),
         at_most(1, "a limit of 1.0 s", variant="header", limit=1.0))),
    thread_row("t_hot", 0.3),
    thread_row("t_idle", 1.25),
    thread_row("t_submit_1", 0.45),
    thread_row("t_submit_4", 0.6),
    thread_row("t_spawn", 1.1),
    thread_row("t_fib", 1.5),
    thread_row("t_loop", 1.15),
    thread_row("t_future_bytes", 0.5),
    thread_row("t_first_result", 1.5),
    row("t_idle_cpu", [at_most(1, "no pool", floor=100.0)], rivals=()),
    *[versus_row(f"vs_task_{length}us") for length in (0, 10, 100, 1000)],
    *[versus_row(f"vs_payload_{size}") for size in ("64", "64k", "64m")],
)
