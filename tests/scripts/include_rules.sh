#!/usr/bin/env bash
# Checks who includes whom (ARCHITECTURE: the rooms of src/ are layers), and first that this check itself notices
# a violation of every rule. Needs SOURCE_DIR.
set -euo pipefail

# The rooms of src/, and which rooms each may include.
declare -A rooms_for=(
    [pool]="pool wire os future"
    [worker]="worker wire os"
    [wire]="wire"
    [os]="os"
    [future]="future"
)
# Our public headers that a low layer may include; the other rooms may include all of them.
declare -A public_for=(
    [os]="penstock/errors.hpp"
    [wire]="penstock/errors.hpp penstock/detail/byte_archive.hpp penstock/register_exception.hpp"
)

contains() { [[ " $1 " == *" $2 "* ]]; }

fault() { faults+=("$*"); }

# judge FILE DELIMITER TARGET: adds what is wrong with this include to `faults`.
judge() {
    local file=$1 delimiter=$2 target=$3 room=${3%%/*}
    [[ $target != *..* || $file != @(include|src)/* ]] || fault "includes through '..'"
    [[ $target != ranges ]] || fault "clang 14 cannot compile <ranges> of libstdc++ 12"
    if [[ $target == boost/process* && $file != src/os/child_process.cpp ]]; then
        fault "only src/os/child_process.cpp may name Boost.Process"
    fi
    if [[ $target == @(boost/|)asio?(.hpp|/*) && $file == @(include|src)/* && $file != include/penstock/asio.hpp ]]; then
        fault "only include/penstock/asio.hpp may name Asio"
    fi
    case $file in
    include/*)
        [[ $delimiter == "<" ]] || fault "public headers use <penstock/...> and include nothing of src/"
        [[ $target != */* || -z ${rooms_for[$room]:-} ]] || fault "public headers include nothing of src/"
        ;;
    src/*/*)
        room=${file#src/}
        judge_source "${room%%/*}" "$@"
        ;;
    src/*) fault "a source belongs into one of the rooms ${!rooms_for[*]}" ;;
    esac
}

judge_source() {
    local room=$1 file=$2 delimiter=$3 target=$4 other=${4%%/*}
    if [[ -z ${rooms_for[$room]:-} ]]; then
        fault "there is no room src/$room"
    elif [[ $target == penstock/* ]]; then
        [[ -z ${public_for[$room]:-} ]] || contains "${public_for[$room]}" "$target" ||
            fault "src/$room may include only ${public_for[$room]} of the public headers"
    elif [[ $target == */* && -n ${rooms_for[$other]:-} ]]; then
        contains "${rooms_for[$room]}" "$other" || fault "src/$room may include only: ${rooms_for[$room]}"
        if [[ ${file##*/} == thread_pool.* ]] && contains "wire os" "$other"; then
            fault "thread_pool knows neither wire nor os"
        fi
    elif [[ $delimiter == '"' ]]; then
        fault "an internal include names its room, as in \"os/pipe.hpp\""
    fi
}

# violations ROOT: one line for every include that breaks a rule. Returns 2 when there is nothing to look at.
violations() {
    local line pattern seen=0 faults=()
    pattern='^([^:]+):([0-9]+):[[:space:]]*#[[:space:]]*include[[:space:]]*([<"])([^>"]+)[>"]'
    while IFS= read -r line; do
        [[ $line =~ $pattern ]] || continue
        seen=$((seen + 1))
        faults=()
        judge "${BASH_REMATCH[1]}" "${BASH_REMATCH[3]}" "${BASH_REMATCH[4]}"
        [[ ${#faults[@]} -eq 0 ]] || printf "${line//%/%%}: %s\n" "${faults[@]}"
    done <<<"$(cd "$1" && grep -rnE --include='*.hpp' --include='*.cpp' '#[[:space:]]*include' \
        include src tests examples benchmarks)"
    [[ $seen -gt 0 ]] || return 2
}

# What the rules forbid, one line for each: a file, and the include planted at its end.
planted=(
    'include/penstock/errors.hpp|#include "os/pipe.hpp"'
    'include/penstock/errors.hpp|#include <wire/frame.hpp>'
    'include/penstock/errors.hpp|#include "../../src/os/pipe.hpp"'
    'include/penstock/errors.hpp|#include <boost/process.hpp>'
    'include/penstock/errors.hpp|#include <ranges>'
    'include/penstock/errors.hpp|#include <asio.hpp>'
    'include/penstock/errors.hpp|#include <boost/asio/post.hpp>'
    'src/pool/planted.cpp|#include <asio/post.hpp>'
    'src/os/planted.cpp|#include <penstock/future.hpp>'
    'src/os/planted.cpp|#include "wire/frame.hpp"'
    'src/os/planted.cpp|#include "pool/dispatcher.hpp"'
    'src/os/planted.cpp|#include "pipe.hpp"'
    'src/os/planted.cpp|#  include <boost/process/child.hpp>'
    'src/wire/planted.cpp|#include "os/pipe.hpp"'
    'src/wire/planted.cpp|#include <penstock/detail/call.hpp>'
    'src/future/planted.cpp|#include "os/pipe.hpp"'
    'src/future/planted.cpp|#include "pool/dispatcher.hpp"'
    'src/worker/planted.cpp|#include "pool/dispatcher.hpp"'
    'src/worker/planted.cpp|#include "future/shared_state.hpp"'
    'src/pool/planted.cpp|#include "worker/worker_loop.hpp"'
    'src/pool/thread_pool.cpp|#include "os/cpu_count.hpp"'
    'src/pool/thread_pool.cpp|#include "wire/frame.hpp"'
    'src/elsewhere/planted.cpp|#include <vector>'
    'src/planted.cpp|#include <vector>'
    'examples/planted.cpp|#include <ranges>'
)

failures=0
complain() {
    echo "$*"
    failures=$((failures + 1))
}

found=$(violations "$SOURCE_DIR") || complain "no includes found under $SOURCE_DIR: this test looked at nothing"
[[ -z $found ]] || complain "$found"

copy=$(mktemp -d)
trap 'rm -rf "$copy"' EXIT
for entry in "${planted[@]}"; do
    file=${entry%%|*}
    rm -rf "${copy:?}"/*
    mkdir -p "$copy"/{include/penstock,src/{os,wire,pool,worker,future,elsewhere},tests,examples,benchmarks}
    [[ ! -f $SOURCE_DIR/$file ]] || cp "$SOURCE_DIR/$file" "$copy/$file"
    printf '#include <vector>\n%s\n' "${entry#*|}" >>"$copy/$file"
    found=$(violations "$copy")
    [[ $found == *"$file:"* ]] || complain "not noticed: '${entry#*|}' in $file"
done

[[ $failures -eq 0 ]] || exit 1
echo "the include rules hold; ${#planted[@]} planted violations were noticed"
