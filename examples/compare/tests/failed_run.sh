# SPDX-License-Identifier: MIT
# A run that fails is named with its reason and makes the status 1; the other runs go on. Here a pool of 200
# workers cannot be built, because this script allows the program 64 open files.
. "$(dirname "$0")/common.sh"

ulimit -n 64
run 1 cpu --steps 1000 --workers 1,200 --cpus 1 --repeat 1 --modes sequential,process --csv rows.csv
says stderr 'this run failed: process, 200 workers, 1 CPU: '
says stderr 'file descriptors'
says stdout 'Processes are best with 1 worker on 1 CPU'
equal "$(wc -l <rows.csv)" 3 'lines of the CSV'
equal "$(grep -c 'this run failed' stderr)" 1 'failures'

run 1 cpu --steps 1000 --workers 200 --cpus 1 --repeat 1 --modes process --no-verify
says stdout 'not one run gave a result'
