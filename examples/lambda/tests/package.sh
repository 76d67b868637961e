# SPDX-License-Identifier: MIT
# The deployable file as Lambda would use it: unpacked, and started through its own loader with nothing around it.
# package.sh ZIP LAMBDA_LOCAL SANDBOX WORK CMAKE
set -eu
zip=$1 run=$2 sandbox=$3 work=$4 cmake=$5
fail() {
    echo "FAILED: $*" >&2
    exit 1
}
rm -rf "$work"
mkdir -p "$work/function"
cd "$work/function"
"$cmake" -E tar xf "$zip"
[ -x bootstrap ] || fail 'bootstrap has lost its permissions'

# Every library comes from the package.
program=$(ls bin/*)
"$PWD"/lib/ld-* --library-path "$PWD/lib" --list "$program" >../libraries
foreign=$(awk -v own="$PWD/lib/" '$2 == "=>" && index($3, own) != 1' ../libraries)
[ -z "$foreign" ] || fail "taken from elsewhere: $foreign"

cpu='{"loops":4,"steps":1000000}'
# three ARGUMENT...: three invocations, all in one environment and on the same two workers.
three() {
    printf '%s\n' "$cpu" "$cpu" "$cpu" |
        "$run" "$work/function" --handler cpu --timeout-ms 60000 --variable PENSTOCK_LAMBDA_WORKERS=2 "$@" \
            >"$work/answers" 2>"$work/log" || fail "lambda-local $*: $(cat "$work/answers" "$work/log")"
    [ "$(grep -c '"error":""' "$work/answers")" = 3 ] || fail "not three answers: $(cat "$work/answers")"
    [ "$(grep -c '"cold":true' "$work/answers")" = 1 ] || fail "not one start: $(cat "$work/answers")"
    workers=$(grep -o '"workers":\[[0-9]*,[0-9]*\]' "$work/answers" | sort -u)
    [ "$(printf '%s\n' "$workers" | wc -l)" = 1 ] && [ -n "$workers" ] || fail "workers change: $workers"
}

three
three --wrapper 'env PENSTOCK_LAMBDA_MARGIN_MS=100'
status=0
"$sandbox" --check || status=$?
[ $status = 0 ] || exit $status # 77: it has said why
three --sandbox "$sandbox"
