# SPDX-License-Identifier: MIT
# A file that cannot be written is a failure with its name and the reason, never a silent loss.
. "$(dirname "$0")/common.sh"

settings=(--steps 1000 --modes thread --workers 1 --cpus 1 --repeat 1 --quiet)
run 1 cpu "${settings[@]}" --csv no/such/directory/rows.csv
silent stdout
says stderr 'cannot make no/such/directory/rows.csv: No such file or directory'
run 1 cpu "${settings[@]}" --csv /dev/full
says stderr 'cannot write /dev/full: No space left on device'

echo content >file
settings=(--modes thread --workers 1 --cpus 1 --repeat 1 --quiet)
run 1 hash file "${settings[@]}" --digests /dev/full
says stderr 'cannot write /dev/full: No space left on device'
run 1 hash file "${settings[@]}" --digests no/such/directory/digests
says stderr 'cannot make no/such/directory/digests: No such file or directory'
