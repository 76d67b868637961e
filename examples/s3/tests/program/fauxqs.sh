# SPDX-License-Identifier: MIT
# The same against a server that others wrote: the npm package fauxqs, which is installed below the build tree. $3 fills
# its buckets. It checks no signatures and plays no faults.
. "$(dirname "$0")/common.sh"
. "$here/fauxqs_server.sh"

start_fauxqs

objects=3000 bytes=324000000 copied=30000000
[ -z "$small" ] || objects=100 bytes=4000000 copied=1000000
"$3" demo $objects $bytes
"$3" small $objects $copied
for mode in $all_modes; do
    run 0 list s3://demo --mode $mode --csv list.csv
    results objects=$objects bytes=$bytes errors=0
    run 0 fetch s3://demo --keys list.csv --mode $mode --csv fetch.csv
    results objects=$objects bytes=$bytes errors=0 missing=0
    run 0 copy s3://small s3://copies/$mode --make-bucket --mode $mode --csv copy.csv
    results objects=$objects bytes=$copied errors=0 skipped=0
done
# One folder: fauxqs sorts keys as people do and goes on after a page as machines do, which loses keys between the two.
run 0 list s3://copies/process/ --mode async --csv copied.csv
results objects=$objects bytes=$copied errors=0
run 0 copy s3://small s3://copies/nested --nested --csv copy.csv
results objects=$objects bytes=$copied errors=0
run 0 copy s3://small s3://copies/nested --mode async --csv again.csv
results objects=$objects bytes=0 errors=0 skipped=$objects

# In parts, and an empty one. (It has no copies part by part: those are for the server of our own.)
head -c 12000000 /dev/urandom >large.bin
: >empty
run 0 put large.bin empty s3://parts/from --make-bucket --mode thread --csv put.csv
results objects=2 bytes=12000000 errors=0
run 0 copy s3://parts/from s3://parts/to --csv copy.csv
results objects=2 bytes=12000000 errors=0
run 0 list s3://parts/to/ --csv list.csv
results objects=2 bytes=12000000 errors=0
