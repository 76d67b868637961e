# SPDX-License-Identifier: MIT
# Faults of the server give the right end, in every mode; its statistics prove that they were played.
. "$(dirname "$0")/common.sh"

objects=60 bytes=6000000
start_server --objects $objects --bytes $bytes --plain-keys --threads 1
run 0 list s3://demo --mode async --csv all.csv
large=$(sed 1d all.csv | sort -t, -k2 -n | tail -n 1 | cut -d, -f1)
played() {
    stats
    equal "$(stat "$1")" "$2" "times that $1 was played"
}

for mode in $all_modes; do
    # Twice 503 for each key, then success.
    spec="error=503,op=GetObject,times=2,per=key,after=$((0))"
    fault "$spec,bucket=demo,key=*"
    run 0 list s3://demo --mode $mode
    results objects=$objects bytes=$bytes errors=0
    stop_server
    start_server --objects $objects --bytes $bytes --plain-keys --threads 1

    # Broken off in the middle of a body: every byte is counted once.
    fault "reset=1000,op=GetObject,key=$large"
    fault "truncate=2000,op=GetObject,key=$large"
    fault "close,op=GetObject,times=5"
    run 0 list s3://demo --mode $mode
    results objects=$objects bytes=$bytes errors=0
    played "reset=1000,op=GetObject,key=$large" 1
    played "truncate=2000,op=GetObject,key=$large" 1
    played "close,op=GetObject,times=5" 5

    # 503 for ever: that key alone fails, and its row says so.
    spec="error=503,op=GetObject,key=$large,times=forever"
    fault "$spec"
    run 1 list s3://demo --mode $mode --csv list.csv --max-attempts 3
    results objects=$objects errors=1
    played "$spec" 3
    says stderr "s3://demo/$large: 503"
    says list.csv "s3://demo/$large: 503"
    equal "$(grep -c ',200$' list.csv)" $((objects - 1)) "$mode: rows of the others"
    stop_server
    start_server --objects $objects --bytes $bytes --plain-keys --threads 1
done

# A server that says nothing is given up. (It would go on by itself before the usual patience ends.)
for mode in $all_modes; do
    spec="stall=20000,op=GetObject,key=$large,after=0"
    fault "$spec"
    run 1 list s3://demo --mode $mode --csv list.csv --stall-timeout 1 --max-attempts 1
    results objects=$objects errors=1
    played "$spec" 1
    says list.csv "GET s3://demo/$large: "
    stop_server
    start_server --objects $objects --bytes $bytes --plain-keys --threads 1
done

# A page of HTML, a copy that is answered 200 with an error, another region, a listing without its token.
fault 'html=503,op=GetObject'
fault 'redirect=eu-west-1,op=HeadObject,bucket=demo'
run 0 fetch s3://demo --keys all.csv --mode thread
results objects=$objects errors=0
fault 'copy-error,times=2'
run 0 copy s3://demo s3://copies --make-bucket --mode async
results objects=$objects errors=0
played copy-error,times=2 2
fault 'no-token,op=ListObjects,times=forever'
run 1 list s3://demo --mode async
says stderr 'list s3://demo'
