# SPDX-License-Identifier: MIT
# What the scripts share. $1 is the program, $2 an empty directory to work in, which also becomes the current
# one.
set -eu
export LC_ALL=C.UTF-8
program=$1
rm -rf "$2"
mkdir -p "$2"
cd "$2"

fail() {
    echo "FAILED: $*" >&2
    for file in stdout stderr; do
        [ ! -e $file ] || { echo "--- $file" >&2; cat $file >&2; }
    done
    exit 1
}

# run STATUS ARGUMENT...: runs the program, keeps what it prints in the files stdout and stderr.
run() {
    local expected=$1 status=0
    shift
    "$program" "$@" >stdout 2>stderr </dev/null || status=$?
    [ "$status" -eq "$expected" ] || fail "compare $* ended with $status instead of $expected"
}

# says FILE TEXT: the text is in the file, literally.
says() { grep -qF -- "$2" "$1" || fail "$1 does not say: $2"; }
silent() { [ ! -s "$1" ] || fail "$1 should be empty"; }
equal() { [ "$1" = "$2" ] || fail "$3: '$1' instead of '$2'"; }
