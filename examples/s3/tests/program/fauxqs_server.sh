# SPDX-License-Identifier: MIT
# After common.sh: the npm package fauxqs, which has S3, SNS and SQS. It is installed below the build tree, once for all
# scripts, which may run at the same time.

# start_fauxqs: sets AWS_ENDPOINT_URL. The server ends when this script does, because it watches its standard input.
start_fauxqs() {
    local version=1.9.2 parts=${BASH_SOURCE[0]%/*} home
    home=${FAUXQS_HOME:-$(dirname "$PWD")}/fauxqs-$version
    command -v node >/dev/null || skip 'node is not installed'
    [ "$(node --version | sed 's/^v\([0-9]*\).*/\1/')" -ge 20 ] || skip "node $(node --version) is older than 20"
    command -v npm >/dev/null || skip 'npm is not installed'
    mkdir -p "$home"
    exec 6>"$home/lock"
    flock 6
    if [ ! -e "$home/complete" ]; then
        timeout 100 npm install --prefix "$home" --no-audit --no-fund --loglevel=error fauxqs@$version >npm.log 2>&1 ||
            skip "npm cannot install fauxqs: $(tail -n 1 npm.log)"
        cp "$parts/fauxqs.mjs" "$home"
        touch "$home/complete"
    fi
    exec 6>&-

    mkfifo server.in server.out
    node "$home/fauxqs.mjs" <server.in >server.out 2>server.err &
    exec 8>server.in 9<server.out
    read -r -t 60 _ AWS_ENDPOINT_URL <&9 || fail "fauxqs did not start: $(cat server.err)"
    export AWS_ENDPOINT_URL
}
