# SPDX-License-Identifier: MIT
# A whole bucket, odd keys and empty objects included, is listed, fetched, copied and verified without an error in every
# mode; a copy that is repeated finds everything there.
. "$(dirname "$0")/common.sh"

objects=3000 bytes=324000000
[ -z "$small" ] || objects=200 bytes=4000000
start_server --objects $objects --bytes $bytes
run 1 copy s3://demo s3://copies/none --mode thread --csv none.csv # there is no such bucket yet
equal "$(grep -c NoSuchBucket stderr)" 1 'lines about the bucket'
for mode in $all_modes; do
    run 0 list s3://demo --mode $mode --csv list.csv
    results objects=$objects bytes=$bytes errors=0
    says list.csv 'Key time = '
    [ $mode = sequential ] || [ "$(sed 1d list.csv | sort | cksum)" = "$listed" ] || fail "$mode listed something else"
    listed=$(sed 1d list.csv | sort | cksum)
    run 0 fetch s3://demo --keys list.csv --mode $mode --csv fetch.csv
    results objects=$objects bytes=$bytes errors=0 missing=0
    run 0 copy s3://demo s3://copies/$mode --make-bucket --mode $mode --csv copy.csv
    results objects=$objects bytes=$bytes errors=0 skipped=0
    run 0 copy s3://demo s3://copies/$mode --make-bucket --mode async --csv again.csv
    results objects=$objects bytes=0 errors=0 skipped=$objects
done
run 0 list s3://copies/process/ --mode async --csv copied.csv
results objects=$objects bytes=$bytes errors=0
stats
before=$(stat CopyObject)
run 0 copy s3://demo s3://copies/nested --make-bucket --nested --workers 2 --csv copy.csv
results objects=$objects bytes=$bytes errors=0 skipped=0
stats
equal "$(($(stat CopyObject) - before))" $objects 'copies by nested pools'
