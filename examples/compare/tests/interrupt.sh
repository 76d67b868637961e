# SPDX-License-Identifier: MIT
# Ctrl-C ends it with status 130 and a sentence, in every mode, and leaves no process behind. Ctrl-C goes to
# the whole process group, workers included, and so does the signal here.
. "$(dirname "$0")/common.sh"

set -m  # every background job in a group of its own, with SIGINT as a terminal gives it
mkfifo progress
for mode in sequential thread process; do
    "$program" cpu --steps 1000000000000 --modes $mode --workers 2 --cpus 1 --no-verify --csv rows.csv \
        >stdout 2>progress </dev/null &
    job=$!
    exec 9<progress
    read -r first <&9  # the first line of the progress: the measurement has begun
    equal "$first" 'cpu: 0 %' 'the first line'
    kill -INT -- -$job
    status=0
    wait $job || status=$?
    cat <&9 >stderr  # ends when nobody holds it any more, a worker that is left behind included
    exec 9<&-
    equal "$status" 130 "$mode: the exit status"
    says stderr interrupted
done
