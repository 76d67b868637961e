#!/usr/bin/env bash
# doctor.sh PROGRAM SANDBOX LIBRARY: the report out here, and in the sandbox that is like AWS Lambda, where it must differ.
set -euo pipefail
program=$1 sandbox=$2 library=$3

report=""
says() { # NAME VALUE: the line of this name begins with this value
    grep -qE "^  $1  +$2" <<<"$report" || { echo "$1 is not '$2' in:"; echo "$report"; exit 1; }
}

report=$("$program")
says 'CPUs by affinity' "$(nproc)"
says 'open files \(RLIMIT_NOFILE\)' "$(ulimit -n)"
says 'workers of a pool' '[1-9]'
says 'start_method::spawn' '[0-9.]+ ms'
says 'start_method::forkserver' '[0-9.]+ ms'
[[ ! -w /dev/shm ]] || says '/dev/shm' 'there'

report=$(ulimit -n 256 && taskset -c "$(taskset -cp $$ | sed 's/.*: *\([0-9]*\).*/\1/')" "$program")
says 'CPUs by affinity' 1
says 'workers of a pool' 1
says 'waiting' 'sleeps at once'
says 'open files \(RLIMIT_NOFILE\)' 256
says 'descriptors' '.*RLIMIT_NOFILE is enough for [1-9]'

# With so few descriptors no pool works; it says so, of each thing that it cannot look at too.
report=$(ulimit -n 5 && "$program") && { echo 'a pool works with 5 descriptors?'; exit 1; }
says 'descriptors' '.*RLIMIT_NOFILE is too small for a pool'
says 'start_method::spawn' 'FAILED'
# And where it says that they are enough for one, they are: 12, and two more for the fork server. What ctest has left open
# would count as well.
report=$(for ((fd = 3; fd < 255; ++fd)); do eval "exec $fd>&-"; done; ulimit -n 14 && "$program")
says 'descriptors' '.*RLIMIT_NOFILE is enough for 1 worker'
says 'start_method::spawn' '[0-9.]+ ms'

if [[ -w /dev/full ]] && "$program" >/dev/full 2>/dev/null; then
    echo 'a report that nobody got is no success'
    exit 1
fi

if ! "$sandbox" --check; then
    echo 'so it was seen out here only'
    exit 0
fi
report=$("$sandbox" --see-as "$program" /opt/doctor --memory 800 /opt/doctor)
echo "$report"
says '/dev/shm' 'missing'
says 'sem_open' 'refused: ENOENT'
says 'open files \(RLIMIT_NOFILE\)' 1024
says 'start_method::spawn' '[0-9.]+ ms'
says 'start_method::forkserver' '[0-9.]+ ms'
says 'fork_map' 'works'
report=$("$sandbox" --preload "$library" --see-as "$program" /opt/doctor /opt/doctor)
says 'sem_open' 'refused: ENOSYS'
says 'start_method::spawn' '[0-9.]+ ms'
