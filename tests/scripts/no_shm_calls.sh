#!/usr/bin/env bash
# no_shm_calls.sh PROGRAM...: runs each program, which starts worker processes, under strace and checks that no process of
# it asks for shared memory or semaphores that have a name: some platforms have none.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

if ! command -v strace >/dev/null; then
    echo "skipped: strace is not installed"
    exit 77
fi
if ! strace -f -o "$work/probe" true 2>"$work/refused"; then
    echo "skipped: strace may not trace here: $(head -n 1 "$work/refused")"
    exit 77
fi

# shm_open and sem_open are functions of the C library, which open files below /dev/shm: hence every call that takes
# a path is traced. '?' passes over calls that this architecture does not have.
trace() {
    timeout 120 strace -f -qq -e signal=none -o "$1" \
        -e trace=%file,pipe2,?shmget,?shmat,?semget,?semop,?msgget,?mq_open "${@:2}" </dev/null
}
forbidden='/dev/shm|shmget\(|shmat\(|semget\(|semop\(|msgget\(|mq_open\('

# The filter must be able to see what it looks for.
trace "$work/planted" sh -c ': </dev/shm/penstock_planted || true' 2>/dev/null || true
if ! grep -qE "$forbidden" "$work/planted"; then
    echo "a planted open below /dev/shm was not seen in the trace"
    exit 1
fi

for program in "$@"; do
    trace "$work/trace" "$program"
    if ! grep -q 'pipe2(' "$work/trace"; then
        echo "the trace shows no pipe2: $program started no worker, or was not traced"
        exit 1
    fi
    processes=$(cut -d ' ' -f 1 "$work/trace" | sort -u | wc -l)
    if grep -E "$forbidden" "$work/trace"; then
        echo "$program uses shared memory or semaphores (see the calls above)"
        exit 1
    fi
    echo "${program##*/}: $(wc -l <"$work/trace") calls of $processes threads and processes, none for shared memory or semaphores"
done
