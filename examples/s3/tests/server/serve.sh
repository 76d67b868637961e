#!/bin/bash
# serve.sh PROGRAM: `PROGRAM serve` prints its endpoint, answers there, and ends with standard input and with SIGTERM.
set -u
program=$1
fail() { echo "FAILED: $*"; exit 1; }

# Prints the endpoint that the server tells on descriptor $1.
endpoint_from() {
    local word endpoint
    read -r -t 30 -u "$1" word endpoint || fail "no line came from the server"
    [ "$word" = endpoint ] || fail "the line begins with '$word'"
    echo "$endpoint"
}

# One request with bash's own sockets.
status_of() {
    local port=${1##*:} line
    exec 9<>"/dev/tcp/127.0.0.1/$port" || fail "no connection to $1"
    printf 'GET /-/stats HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n' >&9
    read -r -t 30 -u 9 line || fail "no answer"
    exec 9>&-
    echo "${line%$'\r'}"
}

coproc server { exec "$program" serve --objects 30 --bytes 3000; }
pid=$server_PID
endpoint=$(endpoint_from "${server[0]}") || exit 1
[ "$(status_of "$endpoint")" = "HTTP/1.1 200 OK" ] || fail "the server at $endpoint does not answer"
exec {server[1]}>&-
wait "$pid" || fail "status $? at the end of standard input"

coproc server { exec "$program" serve --objects 30 --bytes 3000 --latency-ms 1; }
pid=$server_PID
endpoint=$(endpoint_from "${server[0]}") || exit 1
kill -TERM "$pid"
wait "$pid" || fail "status $? after SIGTERM"

"$program" serve --fault nonsense=1 </dev/null 2>/dev/null && fail "a fault without sense is taken"
echo passed
