# SPDX-License-Identifier: MIT
# Whatever ends a run early, it says so, keeps what it has, and its status tells: signals, a server that goes away,
# files and pipes that take nothing more.
. "$(dirname "$0")/common.sh"

start_server --objects 3000 --bytes 3000000 --plain-keys --latency-ms 10
for signal in TERM HUP; do
    stats
    before=$(stat GetObject)
    "$program" list s3://demo --mode thread --workers 2 --csv rows.csv --json result.json \
        >stdout 2>stderr </dev/null 8>&- 9<&- &
    job=$!
    wait_for GetObject $((before + 20))
    kill -$signal $job
    status=0
    wait $job || status=$?
    equal "$status" $((128 + $(kill -l $signal))) "SIG$signal: the exit status"
    says stdout 'interrupted after:'
    says rows.csv 'Key time = '
    equal "$(result objects)" $(($(wc -l <rows.csv) - 1)) 'rows'
done

# A table that cannot be written ends the run early, and the summary is there all the same.
run 1 list s3://demo --csv /dev/full --mode async
says stdout 'stopped after:'
says stderr 'No space left on device'
at_most "$(result objects)" 1000 'rows before it was noticed'
says result.json '"stopped_by": "cannot write /dev/full'
[ ! -e /dev/full.part ] || fail 'a partial file beside a device'
run 0 list s3://demo --csv /dev/null --mode async

# Nobody reads the summary any more.
status=0
"$program" list s3://demo --csv all.csv --mode async --quiet >/dev/full 2>stderr </dev/null || status=$?
equal "$status" 1 'the exit status with a full standard output'
says stderr 'standard output'
rm all.csv
mkfifo reader
"$program" list s3://demo --csv all.csv --mode async --quiet >reader 2>stderr </dev/null &
job=$!
: <reader
status=0
wait $job || status=$?
equal "$status" 1 'the exit status without a reader'
equal "$(wc -l <all.csv)" 3001 'lines of the table'

# Few descriptors; nothing to do.
(ulimit -n 64 && run 2 list s3://demo --mode async --concurrency 64)
(ulimit -n 64 && run 2 list s3://demo --mode thread --workers 64)
says stderr 'need 84 file descriptors, RLIMIT_NOFILE allows 64'
run 0 list s3://demo/no-such-folder/
says stdout 'Nothing matches.'

# A hopeless error ends what other threads are waiting for, long before a silent server makes them give up.
first=$(sed 1d all.csv | cut -d, -f1 | LC_ALL=C sort | head -n 1)
hang="stall=600000,op=GetObject,key=$first"
fault "$hang"
fault 'error=403/InvalidAccessKeyId,op=GetObject,after=200,times=forever'
run 1 list s3://demo --mode thread --workers 4 --csv rows.csv
says stderr 'stopped: GET s3://demo/'
stats
equal "$(stat "$hang")" 1 'transfers that hung'
equal "$(sed -n "s|^$first,.*,||p" rows.csv)" interrupted 'the status of the object that hung'
stop_server
start_server --objects 3000 --bytes 3000000 --plain-keys --latency-ms 10

# A server that is gone in the middle.
for mode in thread process+async; do
    before=$(stats && stat GetObject)
    "$program" list s3://demo --mode $mode --workers 2 --max-attempts 2 --backoff-ms 5 --csv rows.csv \
        --json result.json >stdout 2>stderr </dev/null 8>&- 9<&- &
    job=$!
    wait_for GetObject $((before + 20))
    exec 8>&- 9<&-
    status=0
    wait $job || status=$?
    equal "$status" 1 "$mode: the exit status"
    says stderr '20 objects in a row without an answer'
    says stdout 'stopped after:'
    equal "$(grep -c 'stopped:' stderr)" 1 'messages'
    at_most "$(result objects)" 2900 'rows'
    wait
    start_server --objects 3000 --bytes 3000000 --plain-keys --latency-ms 10
done
