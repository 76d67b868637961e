# SPDX-License-Identifier: MIT
# A tiny sweep: two modes, two numbers of workers; what cannot be measured is said; a picture, or why there is none.
. "$(dirname "$0")/common.sh"

start_server --objects 40 --bytes 400000
# sweep STATUS ARGUMENT...
sweep() {
    local expected=$1 status=0
    shift
    "$program" sweep s3://demo --quiet --backoff-ms 5 "$@" >stdout 2>stderr </dev/null || status=$?
    [ "$status" -eq "$expected" ] || fail "sweep $* ended with $status instead of $expected"
}
cell() { sed -n "s/^fetch,$1,\(.*\),[^,]*$/\1/p" sweep.csv; }

mkdir temporary
export TMPDIR=$PWD/temporary RESULT_BUCKET_NAME=demo MODE=nonsense CONCURRENCY=0
stats
heads=$(stat HeadObject) gets=$(stat GetObject)
sweep 0 --verb fetch --objects 7 --modes async,process --workers 1,2 --cpus 1,1000 --repeat 2 \
    --role arn:aws:iam::123456789012:role/demo --role-per-worker \
    --csv sweep.csv --json sweep.json --markdown sweep.md --plot sweep.svg
silent stderr
equal "$(wc -l <sweep.csv)" 13 'records'
equal "$(grep -c 'this machine has only' sweep.csv)" 4 'settings that were not measured'
says sweep.md '| workers | async, 1 CPU | process, 1 CPU | async, 1,000 CPUs | process, 1,000 CPUs |'
equal "$(grep -c '^| 2 |.* not measured | not measured |$' sweep.md)" 3 'rows with gaps'
stats
equal "$(($(stat HeadObject) - heads))" 56 'HEAD requests of eight runs'
equal "$(($(stat GetObject) - gets))" 56 'GET requests of eight runs'
# Every run has objects, a whole that is longer than its phase, and a sample of X.
awk -F, '/^fetch/ && $6 != "" && !($10 == 7 && $7 > $8 && $8 > 0 && $9 > 0 && $12 > 0 && $14 > 0 && $15 != "") { exit 1 }' \
    sweep.csv || fail "$(cat sweep.csv)"
if command -v gnuplot >/dev/null; then
    says sweep.svg '</svg>'
    says stdout 'written: sweep.svg'
fi
mkdir nothing
PATH=$PWD/nothing sweep 0 --modes sequential --cpus 1 --repeat 1 --plot none.svg --csv list.csv
says stdout 'no picture none.svg: gnuplot is not installed'
equal "$(grep -c '^list,sequential,1,1,1,1,' list.csv)" 1 'the one run'

# Copies go to places of their own; a run that fails is told, and the sweep's status says so.
sweep 0 --verb copy --to s3://copies/x --modes thread --workers 2 --cpus 1 --repeat 2
sweep 1 --verb copy --to s3://no --modes thread,async --workers 1 --cpus 1 --repeat 1
equal "$(grep -c '^- failed: .*InvalidBucketName' stdout)" 2 'settings that failed'
equal "$(ls -A temporary)" '' 'what is left'

sweep 2 --verb list --plot picture.gif
sweep 2 --verb copy
sweep 2 --verb list --keys k

# One run's own picture.
unset RESULT_BUCKET_NAME MODE CONCURRENCY
run 0 list s3://demo --mode thread --csv one.csv --plot one.svg
says stdout 'one.svg'

# Ctrl-C reaches the run as well, which would take ten seconds, and nothing is left.
stop_server
start_server --objects 200 --bytes 20000 --latency-ms 50
set -m  # SIGINT as a terminal gives it
"$program" sweep s3://demo --modes sequential --cpus 1 --repeat 1000 --quiet >stdout 2>stderr </dev/null 8>&- 9<&- &
job=$!
wait_for GetObject 2
kill -INT $job
status=0
wait $job || status=$?
equal $status 130 'the status after Ctrl-C'
stats
at_most "$(stat GetObject)" 100 'objects that were read'
equal "$(ls -A temporary)" '' 'what is left after Ctrl-C'

run 0 list s3://demo --mode async --csv table.csv
# Keys from a pipe, which every run needs; and nothing at all, which would be measured as very fast.
mkfifo pipe
grep -o '^20[^,]*bin' table.csv | sed -n 1,3p >pipe &
"$program" sweep s3://demo --quiet --verb fetch --keys pipe \
    --modes thread --cpus 1 --workers 1,2 --repeat 1 --csv piped.csv >stdout 2>stderr || fail 'a sweep over a pipe'
says stdout '3 objects'
equal "$(awk -F, '/^fetch/ { print $10 }' piped.csv | tr '\n' ' ')" '3 3 ' 'objects of the two runs'
sweep 1 --prefix no/such/ --modes thread --cpus 1 --repeat 1
says stderr 'nothing to measure'
