# SPDX-License-Identifier: MIT
# Before a run: how many objects of what sizes. While it runs: a bar on a terminal, with rates and errors.
. "$(dirname "$0")/common.sh"

start_server --objects 150 --bytes 150000 --plain-keys --latency-ms 5
run 0 list s3://demo --mode sequential
says stdout 'list: 150 objects, 150.0 kB; mode sequential'
says stdout 'below 10 kB'
says stderr 'list: 100 %'
run 0 list s3://demo --mode sequential --quiet
silent stderr
command -v script >/dev/null || skip 'no script(1) to make a terminal; the rest succeeded'
script -qec true /dev/null </dev/null >/dev/null 2>&1 || skip 'no terminal can be made here; the rest succeeded'
script -qec "'$program' list s3://demo --mode sequential >stdout" /dev/null </dev/null >terminal 2>&1
for text in 'list [' 'objects/s' 'MB/s' '0 errors' 'left'; do says terminal "$text"; done
