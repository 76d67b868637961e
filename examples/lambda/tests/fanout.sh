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

# through FAULT: as what follows, through a proxy with that fault.
through() {
    local direct=$AWS_ENDPOINT_URL
    rm -f proxy.in proxy.out
    mkfifo proxy.in proxy.out
    node "$here/faulty_proxy.mjs" "$direct" "$1" <proxy.in >proxy.out 2>proxy.err &
    exec 6>proxy.in 7<proxy.out
    read -r -t 60 _ AWS_ENDPOINT_URL <&7 || fail "the proxy did not start: $(cat proxy.err)"
    status=0
    "$program" fanout s3://few "s3://copies/$1" --function "$function" --make-bucket --json "$1.json" --patience "$2" \
        >stdout 2>stderr || status=$?
    exec 6>&- 7<&-
    AWS_ENDPOINT_URL=$direct
}

# A message that is refused ends the run without the wait for the others: their patience is longer than this test's time.
through deny 900
[ "$status" -ne 0 ] || fail 'a refused message is no success'
says stderr 'AuthorizationError'
[ ! -e deny.json ] || fail 'there is a report of what was not published'

# One that is lost is told, and the rest is verified.
through lose 3
[ "$status" -ne 0 ] || fail 'a lost message is no success'
says stderr 'only 7 of 8 messages have come, and none for 3 s'
equal "$(grep -c '^failed: there is no copy of ' stderr)" 1 'copies that are told missing'
cp lose.json result.json
results objects=8 arrived=7 done=7 verified=7

"$program" fanout s3://few/nothing s3://copies/none --function "$function" --make-bucket >stdout 2>stderr ||
    fail 'no objects are no failure'
equal "$(cat stdout)" 'published    nothing: there are no objects' 'the report of nothing'

status=0
"$sandbox" --check || status=$?
[ $status = 0 ] || exit $status # 77: it has said why
fanout_from_few --sandbox "$sandbox"
