#!/usr/bin/env bash
# measure.sh LAMBDA_LOCAL FUNCTION SANDBOX OUT: ten loops of arithmetic in one invocation of the local Lambda - one after
# another in one worker, over a pool that is there already, and over a pool made for the invocation - by CPUs and by the
# share of a CPU that comes with a memory size. Writes OUT/table.md, OUT/cpu.dat and OUT/lambda.svg.
# PENSTOCK_LAMBDA_REPETITIONS (5) and PENSTOCK_LAMBDA_STEPS (10,000,000, of each loop) may say otherwise.
set -euo pipefail
run=$1 function=$2 sandbox=$3 out=$4
here=$(dirname "$(readlink -f "$0")")
repetitions=${PENSTOCK_LAMBDA_REPETITIONS:-5}
steps=${PENSTOCK_LAMBDA_STEPS:-10000000}
modes=(sequential process fresh)
# The CPUs that may be used, one a line: "0-1,4" is what taskset says.
mapfile -t allowed < <(taskset -cp $$ | sed 's/.*: *//' | tr ',' '\n' | awk -F- '{ for (c = $1; c <= $NF; ++c) print c }')
mkdir -p "$out"
: >"$out/cpu.dat"

# measured WORKERS MODE ARGUMENT...: "median least most" of the seconds, the first invocation left out.
measured() {
    local workers=$1 mode=$2 i
    shift 2
    for ((i = 0; i <= repetitions; ++i)); do
        echo "{\"mode\":\"$mode\",\"loops\":10,\"steps\":$steps}"
    done | "$run" "$function" --handler cpu --timeout-ms 120000 --variable "PENSTOCK_LAMBDA_WORKERS=$workers" "$@" \
        2>"$out/log" >"$out/answers" || {
        cat "$out/answers" "$out/log" >&2
        return 1
    }
    sed -n 's/.*"payload":{[^}]*"seconds":\([0-9.e-]*\).*/\1/p' "$out/answers" | tail -n "$repetitions" | sort -g |
        awk '{ v[NR] = $1 } END { print (NR % 2 ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2), v[1], v[NR] }'
}

# row GROUP NAME WORKERS ARGUMENT...: a row of the table, and of the picture's data.
row() {
    local group=$1 name=$2 workers=$3 mode figures line="| $2 | $3 |" data="$1 \"$2\""
    shift 3
    for mode in "${modes[@]}"; do
        figures=$(measured "$workers" "$mode" "$@")
        line+=$(awk '{ printf " %.3f (%.3f to %.3f) |", $1, $2, $3 }' <<<"$figures")
        data+=" $figures"
    done
    echo "$line"
    echo "$data" >>"$out/cpu.dat"
}

head_of() {
    echo
    echo "| $1 | workers | sequential, s | pool kept, s | pool made for it, s |"
    echo "|---|---|---|---|---|"
}

{
    echo "$(sed -n 's/^model name[^:]*: *//p' /proc/cpuinfo | head -n 1), $(nproc) CPUs, Linux $(uname -r), $(date -u +%F)."
    echo "Median (least to most) of $repetitions invocations after the first; ten loops of $steps steps."
    head_of 'CPUs'
    for cpus in 1 2 4 6; do
        if [[ $cpus -le ${#allowed[@]} ]]; then
            row cpus "$cpus" "$cpus" --wrapper "taskset --cpu-list $(IFS=, && echo "${allowed[*]:0:cpus}")"
        else
            echo "| $cpus | $cpus | not measured: there are ${#allowed[@]} CPUs here | | |"
        fi
    done
    status=0
    reason=$("$sandbox" --cpu-share 1 -- /bin/true 2>&1) || status=$?
    if [[ $status -ne 0 ]]; then
        echo
        echo "CPU shares by memory: not measured (${reason:-the sandbox ended with status $status})."
    else
        head_of 'memory, MB (share of a CPU)'
        for memory in 128 256 512 1024 1769; do
            row memory "$memory ($(awk -v m="$memory" 'BEGIN { printf "%.3f", m / 1769 }'))" 2 \
                --memory "$memory" --sandbox "$sandbox" --limit
        done
    fi
} | tee "$out/table.md"

if command -v gnuplot >/dev/null && grep -q '^memory' "$out/cpu.dat"; then
    gnuplot -e "data='$out/cpu.dat'" "$here/picture.gp" >"$out/lambda.svg"
    echo "the picture is $out/lambda.svg"
else
    echo "no picture: gnuplot is not installed, or CPU shares were not measured"
fi
