# SPDX-License-Identifier: MIT
# 46 pages of keys come back whole, none lost or doubled, in every mode.
. "$(dirname "$0")/common.sh"

keys=46000
[ -z "$small" ] || keys=4600
start_server --objects $keys --bytes 0 --plain-keys
for mode in $all_modes; do
    run 0 list s3://demo --mode $mode --csv list.csv --quiet
    results objects=$keys errors=0
    sed 1d list.csv | sort >$mode.rows
    equal "$(uniq $mode.rows | wc -l)" $keys "$mode: different rows"
    cmp sequential.rows $mode.rows || fail "$mode listed something else"
done
stats
equal "$(stat GetObject)" $((5 * keys)) 'GETs'
equal "$(stat ListObjects)" $((5 * ((keys + 999) / 1000))) 'pages'
