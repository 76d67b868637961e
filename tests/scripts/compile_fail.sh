#!/usr/bin/env bash
# compile_fail.sh COMPILER CEREAL_DIR FILE...: what may not be sent does not compile, and the compiler's first error
# is our sentence. A FILE of tests/compile_fail holds cases:
#
#   #ifdef CASE_<name> // <the sentence>
#   ...
#   #endif
#
# Without a case it compiles. With one it must not, and all that the compiler says must stay short: below 15 lines of
# g++, 30 of clang. Each sentence is in docs/what-may-be-sent.md. Needs SOURCE_DIR.
set -euo pipefail
compiler=$1 cereal=$2
shift 2

if ! command -v "$compiler" >/dev/null; then
    echo "skipped: there is no $compiler"
    exit 77
fi
version=$("$compiler" --version | head -n 1)
limit=15
[[ $version != *clang* ]] || limit=30

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export LC_ALL=C
# -idirafter, because -isystem /usr/include would disturb the order of the standard headers.
flags=(-std=c++20 -O0 -I "$SOURCE_DIR/include" -idirafter "$cereal")

# The headers are read once.
echo '#include <penstock/penstock.hpp>' >"$work/all.hpp"
if [[ $version == *clang* ]]; then
    "$compiler" "${flags[@]}" -x c++-header "$work/all.hpp" -o "$work/all.pch"
    flags+=(-include-pch "$work/all.pch")
else
    "$compiler" "${flags[@]}" -x c++-header "$work/all.hpp" -o "$work/all.hpp.gch"
    flags+=(-include "$work/all.hpp")
fi
compile() { "$compiler" "${flags[@]}" -fsyntax-only -fno-diagnostics-color "$@"; }

failures=0
complain() {
    echo "$1"
    failures=$((failures + 1))
}

# check FILE NAME SENTENCE
check() {
    local file=$1 name=$2 sentence=$3 first lines status=0 place
    place="${file##*/}, $name"
    compile "-DCASE_$name" "$file" >"$work/output" 2>&1 || status=$?
    grep -qF -- "$sentence" "$SOURCE_DIR/docs/what-may-be-sent.md" ||
        complain "$place: docs/what-may-be-sent.md does not have this sentence"
    first=$(grep -m 1 'error:' "$work/output" || true)
    lines=$(wc -l <"$work/output")
    longest=$((lines > longest ? lines : longest))
    if [[ $status -eq 0 ]]; then
        complain "$place: it compiles"
        return
    fi
    [[ $first == *"$sentence"* ]] || complain "$place: the first error is not '$sentence' but: $first"
    [[ $lines -lt $limit ]] ||
        complain "$place: $lines lines, allowed are fewer than $limit: $(cut -c 1-160 "$work/output")"
}

cases=0 longest=0
for file in "$@"; do
    compile "$file" || complain "${file##*/}: without any case it must compile"
    while IFS='|' read -r name sentence; do
        [[ -n $name ]] || continue
        cases=$((cases + 1))
        check "$file" "$name" "$sentence"
    done <<<"$(sed -nE 's/^#ifdef CASE_([a-z_]+) \/\/ (.+)$/\1|\2/p' "$file")"
    [[ $(grep -c '^ *# *if' "$file") -eq $(grep -cE '^#ifdef CASE_[a-z_]+ // penstock: ' "$file") ]] ||
        complain "${file##*/}: not every #ifdef is a case with its sentence"
done
[[ $cases -gt 0 ]] || complain "there are no cases: this test looked at nothing"
[[ $failures -eq 0 ]] || exit 1
echo "$version: $cases cases, at most $longest lines each"
