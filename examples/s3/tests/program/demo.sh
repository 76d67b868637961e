# SPDX-License-Identifier: MIT
# The demonstration, small: every command succeeds, and nothing is left behind.
. "$(dirname "$0")/common.sh"

mkdir temporary
TMPDIR=$PWD/temporary "$program" demo --objects 60 --latency-ms 0 --quiet >stdout 2>stderr </dev/null ||
    fail 'the demonstration failed'
silent stderr
says stdout '61 objects'
says stdout '1 not there'
says stdout '60 there already'
for mode in $all_modes; do says stdout " $mode "; done
equal "$(ls -A temporary)" '' 'what is left'
equal "$(grep -c 'done: ' stdout)" 10 'commands'
says stdout 'sweep of fetch: 60 objects'
says stdout 'sweep of list: 60 objects'
equal "$(grep -c failed stdout)" 0 'settings that failed'
