# SPDX-License-Identifier: MIT
# Files go up, in one piece or in parts, and come back as long as they were; what fails is named beside what does not.
. "$(dirname "$0")/common.sh"

start_server --objects 20 --bytes 20000 --plain-keys
: >empty
head -c 1000 /dev/zero >'one, "two".bin'
head -c 12000000 /dev/urandom >large.bin
for mode in $all_modes; do
    run 0 put empty 'one, "two".bin' large.bin s3://bucket/$mode --make-bucket --mode $mode --csv put.csv
    results objects=3 bytes=12001000 errors=0
    run 0 list s3://bucket/$mode/ --mode $mode --csv list.csv
    results objects=3 bytes=12001000 errors=0
    says list.csv "\"$mode/one, \"\"two\"\".bin\",1000,1000,200"
done
stats
equal "$(stat UploadPart)" 10 'parts: 12 MB are two'
equal "$(stat CompleteMultipartUpload)" 5 'uploads of parts'

run 1 put empty not-there s3://bucket/some --make-bucket --csv put.csv
results objects=2 errors=1
says put.csv 'not-there,0,0,cannot read not-there: No such file or directory'
says put.csv 'empty,0,0,200'

# By day: what was sent today lies in today's folder.
run 0 copy s3://bucket/async s3://by-day/all --make-bucket --day-folders --csv copy.csv
results objects=3 errors=0
run 0 list s3://by-day --csv list.csv
equal "$(grep -c '^"*all/20[0-9][0-9]-[0-9][0-9]-[0-9][0-9]/' list.csv)" 3 'keys with a day'

# The table itself can be sent there, too.
run 0 list s3://demo --csv table.csv --upload s3://bucket/tables/one.csv
says stdout 'uploaded: s3://bucket/tables/one.csv'
TAG=night RESULT_BUCKET_NAME=bucket BUCKET_NAME=demo MODE=thread CONCURRENCY=2 run 0 list
[ -s result_night_thread_2.csv ] || fail 'no table of that name'
says stdout 'uploaded: s3://bucket/result_night_thread_2.csv'

# A FIFO is refused, not waited for.
mkfifo pipe
run 1 put pipe s3://bucket/pipes --csv put.csv
says put.csv 'cannot read pipe: it is no regular file'

# An object of parts that changes: its copy is not taken for the new one, although it is as long.
next_second() {
    local now
    now=$(date +%s)
    while [ "$(date +%s)" -le $((now + 1)) ]; do :; done
}
run 0 put large.bin s3://bucket/parts --csv put.csv
next_second
copy_parts() {
    run 0 copy s3://bucket/parts s3://parts/x --make-bucket --multipart-over 5MiB --part-size 5MiB --csv copy.csv
}
copy_parts
results objects=1 bytes=12000000 skipped=0 size_only=1
says copy.csv 'large.bin,12000000,12000000,200 (size only)'
says stdout '1 verified by size only'
copy_parts
results objects=1 bytes=0 skipped=1 size_only=1
next_second
head -c 12000000 /dev/urandom >large.bin
run 0 put large.bin s3://bucket/parts --csv put.csv
copy_parts
results objects=1 bytes=12000000 skipped=0 size_only=1
