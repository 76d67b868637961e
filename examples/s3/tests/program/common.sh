# SPDX-License-Identifier: MIT
# What the scripts share. $1 is the program, $2 an empty directory to work in, which becomes the current one.
# PENSTOCK_S3_SMALL is set where a sanitizer makes everything slower: then there is less of everything.
set -eu
export LC_ALL=C.UTF-8 AWS_SHARED_CREDENTIALS_FILE=$2/no-credentials AWS_CONFIG_FILE=$2/no-configuration
unset AWS_PROFILE AWS_SESSION_TOKEN AWS_REGION AWS_DEFAULT_REGION AWS_ENDPOINT_URL_S3 AWS_ENDPOINT_URL_STS \
    MODE CONCURRENCY TAG BUCKET_NAME RESULT_BUCKET_NAME http_proxy https_proxy all_proxy
export AWS_ACCESS_KEY_ID=PENSTOCKDEMOACCESSID AWS_SECRET_ACCESS_KEY='penstock-demo-secret-that-is-no-secret+/'
here=$(cd "$(dirname "$0")" && pwd)
program=$1
rm -rf "$2"
mkdir -p "$2"
cd "$2"
small=${PENSTOCK_S3_SMALL:-}
all_modes='sequential thread process async process+async'

fail() {
    echo "FAILED: $*" >&2
    for file in stdout stderr stats; do
        [ ! -e $file ] || { echo "--- $file" >&2; tail -n 40 $file >&2; }
    done
    exit 1
}

# start_server ARGUMENT...: the server ends when this script does, because it watches its standard input.
start_server() {
    rm -f server.in server.out
    mkfifo server.in server.out
    "$program" serve "$@" <server.in >server.out 2>server.err &
    exec 8>server.in 9<server.out
    local word
    read -r -t 60 word endpoint <&9 || fail "the server did not start: $(cat server.err)"
    export AWS_ENDPOINT_URL=$endpoint
}
stop_server() {
    exec 8>&- 9<&-
    wait
}

# control METHOD PATH [BODY]: one of the server's unsigned requests; prints the answer's body.
control() {
    local body=${3:-}
    exec 7<>"/dev/tcp/127.0.0.1/${endpoint##*:}"
    printf '%s %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: %d\r\n\r\n%s' \
        "$1" "$2" "${#body}" "$body" >&7
    sed '1,/^\r*$/d' <&7
    exec 7>&-
}
fault() { control POST /-/faults "$1" >/dev/null; }
stats() { control GET /-/stats >stats; }
# stat NAME: a number of the last stats, 0 when it is not there.
stat() {
    local text
    text=$(cat stats)
    case $text in *"\"$1\":"*) ;; *) echo 0 && return ;; esac
    text=${text#*"\"$1\":"}
    echo "${text%%[,\}]*}"
}

# wait_for NAME NUMBER: until that number of the server's is larger, while the program $job runs.
wait_for() {
    until stats && [ "$(stat "$1")" -gt "$2" ]; do
        kill -0 "$job" || fail "the program ended before $1 was more than $2"
    done
}

# run STATUS ARGUMENT...: runs the program, keeps what it prints in the files stdout and stderr.
run() {
    local expected=$1 status=0
    shift
    "$program" "$@" --backoff-ms 5 --json result.json >stdout 2>stderr </dev/null || status=$?
    [ "$status" -eq "$expected" ] || fail "penstock-s3 $* ended with $status instead of $expected"
}

# result NAME: a number of the last run's JSON.
result() { sed -n "s/^  \"$1\": \(.*\),$/\1/p" result.json; }
# results NAME=VALUE...: all of them must be so.
results() {
    local pair
    for pair in "$@"; do equal "$(result "${pair%%=*}")" "${pair#*=}" "${pair%%=*} of the last run"; done
}

says() { grep -qF -- "$2" "$1" || fail "$1 does not say: $2"; }
silent() { [ ! -s "$1" ] || fail "$1 should be empty"; }
equal() { [ "$1" = "$2" ] || fail "$3: '$1' instead of '$2'"; }
at_least() { [ "$1" -ge "$2" ] || fail "$3: $1 is less than $2"; }
at_most() { [ "$1" -le "$2" ] || fail "$3: $1 is more than $2"; }
skip() {
    echo "skipped: $*"
    exit 77
}
