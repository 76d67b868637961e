# SPDX-License-Identifier: MIT
# A worker that is killed in the middle of a GET: its object is read by another one.
. "$(dirname "$0")/common.sh"

objects=40 bytes=4000000
start_server --objects $objects --bytes $bytes --plain-keys --threads 1
for mode in process process+async; do
    fault 'stall=600000,op=GetObject'
    stats
    before=$(stat 'stall=600000,op=GetObject')
    "$program" list s3://demo --mode $mode --workers 1 --csv rows.csv --json result.json >stdout 2>stderr </dev/null &
    job=$!
    wait_for 'stall=600000,op=GetObject' "$before"
    worker=$(cat /proc/$job/task/*/children)
    equal "$(echo $worker | wc -w)" 1 'workers'
    kill -KILL $worker
    status=0
    wait $job || status=$?
    equal "$status" 0 "$mode: the exit status"
    results objects=$objects bytes=$bytes errors=0 workers_lost=1
done
