# SPDX-License-Identifier: MIT
# Progress goes to stderr: lines every tenth into a file, a bar on a terminal, nothing with --quiet.
. "$(dirname "$0")/common.sh"

settings=(--steps 1000 --workers 1,2 --cpus 1 --repeat 2)
run 0 cpu "${settings[@]}"
equal "$(grep -c '^cpu: [0-9]* %' stderr)" 11 'lines of progress'
says stderr 'loops/s'
says stderr 'left'
! grep -q "$(printf '\033')" stderr || fail 'a bar, where there is no terminal'
run 0 cpu "${settings[@]}" --quiet
silent stderr

if ! command -v script >/dev/null; then
    echo 'not tried: the bar, because there is no script(1) to make a terminal'
    exit 0
fi
if ! script -qec true /dev/null </dev/null >/dev/null 2>&1; then
    echo 'not tried: the bar, because no terminal can be made here'
    exit 0
fi
script -qec "'$program' cpu ${settings[*]} >stdout" /dev/null </dev/null >terminal 2>&1
says terminal 'cpu ['
says terminal ' %'
[ "$(tr -dc '\n' <terminal | wc -c)" -eq 0 ] || fail 'the bar should stay on its line'
