# SPDX-License-Identifier: MIT
# The fan-out of the article, whole: a message an object through SNS and SQS of fauxqs to functions of the local Lambda.
# fanout.sh PENSTOCK_S3 WORK FILL_BUCKET FUNCTION SANDBOX, where FUNCTION is a directory that holds bootstrap.
# PENSTOCK_FANOUT_OBJECTS: how many (250 unless a sanitizer makes everything slower).
. "$(dirname "$0")/../../s3/tests/program/common.sh"
. "$here/../../s3/tests/program/fauxqs_server.sh"
fill=$3 function=$4 sandbox=$5
start_fauxqs

objects=${PENSTOCK_FANOUT_OBJECTS:-250}
[ -z "$small" ] || objects=20
bytes=$((objects * 10000))
"$fill" source $objects $bytes

# fanout STATUS ARGUMENT...
fanout() {
    local expected=$1 status=0
    shift
    "$program" fanout s3://source "$@" --function "$function" --make-bucket --json result.json >stdout 2>stderr ||
        status=$?
    [ "$status" -eq "$expected" ] || fail "penstock-s3 fanout $* ended with $status instead of $expected"
}

fanout 0 s3://copies/first --concurrency 4
results objects=$objects bytes=$bytes arrived=$objects done=$objects failed=0 invocations=$objects retries=0 \
    verified=$objects most_at_once=4 cold_starts=4 n=4
at_least "$(result throttles)" 1 'throttles, with twice as many messages in delivery as environments'
says stdout 'of N = 4'

# What no function understands is tried three times and ends as one failure, told once. The rest is there already.
"$fill" few 8 80000
fanout_from_few() {
    "$program" fanout s3://few s3://copies/second --function "$function" --make-bucket --json result.json \
        --concurrency 2 --at-once 2 --poison 1 "$@" >stdout 2>stderr && fail 'a poisoned message is no success'
    results objects=8 arrived=9 done=8 failed=1 invocations=11 retries=2 throttles=0 verified=8
    says stderr 'an SNS message is no JSON: poison 0'
    equal "$(grep -c '^failed: ' stderr)" 1 'failures told'
}
fanout_from_few

status=0
"$sandbox" --check || status=$?
[ $status = 0 ] || exit $status # 77: it has said why
fanout_from_few --sandbox "$sandbox"
