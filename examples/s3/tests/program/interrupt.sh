# SPDX-License-Identifier: MIT
# Ctrl-C ends a run with status 130 and a summary, in every mode, keeps the rows so far, and leaves no process behind; a
# second one ends it at once. Ctrl-C goes to the whole process group, workers included, and so does the signal here.
. "$(dirname "$0")/common.sh"

start_server --objects 5000 --bytes 5000000 --plain-keys --latency-ms 10
set -m  # every background job in a group of its own, with SIGINT as a terminal gives it
mkfifo progress
start_run() {
    "$program" list s3://demo --mode "$1" --csv rows.csv "${@:2}" >stdout 2>progress </dev/null 8>&- 9<&- &
    job=$!
    exec 6<progress
}
end_run() {
    status=0
    wait $job || status=$?
    cat <&6 >stderr  # ends when nobody holds it any more, a worker that is left behind included
    exec 6<&-
}

for mode in $all_modes; do
    few='--workers 1'
    [ $mode != async ] || few='--concurrency 8'
    [ $mode != sequential ] || few=
    [ $mode != process+async ] || few='--workers 1 --concurrency 8'
    stats
    before=$(stat GetObject)
    # shellcheck disable=SC2086
    start_run $mode $few
    wait_for GetObject $((before + 20))
    kill -INT -- -$job
    end_run
    equal "$status" 130 "$mode: the exit status"
    says stdout 'interrupted after:'
    says rows.csv 'Key time = '
    rows=$(($(wc -l <rows.csv) - 1))
    at_most "$rows" 4999 "$mode: rows"
    [ $mode = sequential ] || at_least "$(grep -c ',interrupted$' rows.csv)" 1 "$mode: rows of what was cut off"
    [ ! -e rows.csv.part ] || fail 'the partial file was left'
done

# A request that hangs: the second Ctrl-C does not wait for it.
hang='stall=600000,op=GetObject,times=forever'
fault "$hang"
start_run process --workers 1
wait_for "$hang" 0
kill -INT -- -$job
kill -INT -- -$job
end_run
equal "$status" 130 'the exit status after two'
