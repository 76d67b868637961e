# SPDX-License-Identifier: MIT
"""What Python's multiprocessing can do here, one line for each: its name, and 'works' or the error."""
import concurrent.futures
import multiprocessing


def double(number):
    return 2 * number


def process_pool_executor():
    with concurrent.futures.ProcessPoolExecutor(2) as pool:
        return list(pool.map(double, [1, 2]))


def pool():
    with multiprocessing.Pool(2) as workers:
        return workers.map(double, [1, 2])


def lock():
    with multiprocessing.Lock():
        return [2, 4]


def queue():
    numbers = multiprocessing.Queue()
    numbers.put([2, 4])
    return numbers.get(timeout=20)


def send_doubled(pipe, numbers):
    pipe.send([double(number) for number in numbers])


def process_and_pipe():
    mine, theirs = multiprocessing.Pipe()
    process = multiprocessing.Process(target=send_doubled, args=(theirs, [1, 2]))
    process.start()
    answer = mine.recv()
    process.join()
    return answer


if __name__ == "__main__":
    for attempt in process_pool_executor, pool, lock, queue, process_and_pipe:
        try:
            outcome = "works" if attempt() == [2, 4] else "wrong"
        except OSError as error:
            outcome = f"{type(error).__name__}: {error.strerror}"
        except ImportError as error:
            outcome = f"{type(error).__name__}: {error}"
        print(f"{attempt.__name__}: {outcome}", flush=True)
