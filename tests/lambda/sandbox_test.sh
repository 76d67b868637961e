#!/usr/bin/env bash
# sandbox_test.sh LIBRARY PROGRAM: checks that tests/lambda/sandbox is what it says: Python's pools, which work out here,
# fail in there, and PROGRAM (every_mode.cpp), whose pools have processes, does not. LIBRARY is the preload.
set -euo pipefail
here=$(dirname "$(readlink -f "$0")")
library=$1 program=$2
"$here/sandbox" --check

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failures=0
complain() {
    echo "$*"
    failures=$((failures + 1))
}
inside() { timeout 120 "$here/sandbox" "$@"; }
expect() { # WHAT EXPECTED ACTUAL
    [[ $3 == "$2" ]] || complain "$1: '$3' instead of '$2'"
}

# ---- the walls
expect '/dev' 'full null random stderr stdin stdout urandom zero' "$(inside bash -c 'cd /dev && echo *')"
expect 'what can be written' '/tmp' "$(inside bash -c '
    for place in / /dev /dev/shm /etc /home /opt /root /run /sys /tmp /usr /var /var/task /var/tmp; do
        if { : >"$place/new" || mkdir "$place/new"; } 2>/dev/null; then echo "$place"; fi
    done')"
expect 'capabilities' '0' "$(inside sed -n '/^Cap/s/.*:\s*//p' /proc/self/status | sort -u | sed 's/^0*$/0/')"
expect 'the limits of open files' '1024 1024' "$(inside bash -c 'echo $(ulimit -n) $(ulimit -Hn)')"
expect 'raising that limit' 'refused' "$(inside bash -c 'ulimit -n 1025 2>/dev/null || echo refused')"
for kind in ipc pid uts; do
    [[ $(inside readlink "/proc/self/ns/$kind") != "$(readlink "/proc/self/ns/$kind")" ]] ||
        complain "the $kind namespace is that of outside"
done
expect 'this shell, seen from inside' 'gone' "$(inside bash -c "kill -0 $$ 2>/dev/null || echo gone")"

# ---- what is asked for
mkdir "$work/task" "$work/tmp"
echo read >"$work/task/file"
expect '--task' 'read, not written' "$(inside --task "$work/task" bash -c \
    'cd /var/task; echo "$(<file), $(echo no 2>/dev/null >file || echo not written)"')"
expect '--tmp' 'written' "$(inside --tmp "$work/tmp" bash -c 'echo written >/tmp/file' && cat "$work/tmp/file")"
expect '--cpus' '1' "$(inside --cpus "$(taskset -cp $$ | sed 's/.*: *\([0-9]*\).*/\1/')" nproc)"
hungry=(/usr/bin/python3 -c 'bytearray(600 << 20)')
inside --memory 2000 "${hungry[@]}" || complain '600 MiB do not fit into --memory 2000'
if inside --memory 200 "${hungry[@]}" 2>/dev/null; then complain '600 MiB fit into --memory 200'; fi
for option in --memory --task --see-as; do
    status=0
    said=$("$here/sandbox" $option 2>&1) || status=$?
    expect "$option alone" 2 "$status"
    [[ $said == "sandbox: $option takes "*"usage: sandbox"* ]] || complain "$option alone: $said"
done
status=0
inside bash -c 'exit 3' || status=$?
expect 'the status' 3 "$status"

# A SIGTERM to the group reaches the command, which says goodbye; without that the second line would be missing.
setsid "$here/sandbox" bash -c 'trap "echo goodbye; exit" TERM; echo ready; sleep 100 & wait' \
    >"$work/said" 2>/dev/null </dev/null &
group=$!
for _ in $(seq 600); do [[ ! -s $work/said ]] || break; sleep 0.1; done
kill -TERM -- "-$group"
wait "$group" || true
expect 'SIGTERM' 'ready goodbye' "$(echo $(<"$work/said"))"

# ---- pools
pools=(/usr/bin/python3 "$here/python_pools.py")
inside_pools=(--see-as "$here/python_pools.py" /opt/python_pools.py /usr/bin/python3 /opt/python_pools.py)
names='process_pool_executor pool lock queue'
if outside=$("${pools[@]}") && [[ $(grep -c ': works$' <<<"$outside") -eq 5 ]]; then
    for preload in '' "$library"; do
        said=$(inside ${preload:+--preload "$preload"} "${inside_pools[@]}")
        echo "Python in the sandbox${preload:+, with the preload}:"
        sed "s/^/  /" <<<"$said"
        for name in $names; do
            error=$([[ $preload ]] && echo 'OSError: Function not implemented' || echo 'FileNotFoundError: .*')
            grep -qE "^$name: $error\$" <<<"$said" || complain "$name: not the failure that was expected (see above)"
        done
        grep -qx 'process_and_pipe: works' <<<"$said" || complain 'process_and_pipe should work in there'
    done
else
    echo "Python's pools do not all work outside either, so nothing is said about them inside:"
    echo "$outside"
fi

wanted=$("$program")
for preload in '' "$library"; do
    for limits in '' "--memory 500"; do
        # shellcheck disable=SC2086  # an option and its value
        said=$(inside ${preload:+--preload "$preload"} $limits --see-as "$program" /opt/program /opt/program) ||
            complain "$program failed in the sandbox"
        expect "$program" "$wanted" "$said"
    done
done

[[ $failures -eq 0 ]] || exit 1
echo 'the sandbox has its walls; Penstock works in there'
