# SPDX-License-Identifier: MIT
# All modes compute the same checksums; a CPU count that is not there is listed and not measured.
. "$(dirname "$0")/common.sh"

run 0 cpu --steps 20000 --loops 7 --workers 3,1,3 --cpus 1,1024 --repeat 2 --csv rows.csv
says stdout 'cpu: 7 loops of 20,000 steps'
says stdout '1,024   not measured'
says stdout 'sequential: '
says stdout 'thread: seconds'
says stdout 'process: seconds'
says stdout '* '
equal "$(head -n 1 rows.csv)" workload,mode,cpus,workers,repetition,seconds,items,bytes,errors 'column names'
# (sequential + 2 modes x 1 CPU count x 2 worker counts) x 2 repetitions, and the names.
equal "$(wc -l <rows.csv)" 11 'lines of the CSV'
row='^cpu,(sequential,1,1|(thread|process),1,[13]),[12],[0-9]+\.[0-9]{6},7,0,0$'
equal "$(grep -cE "$row" rows.csv)" 10 'rows'
equal "$(sed 1d rows.csv | cut -d, -f1-5 | sort -u | wc -l)" 10 'different settings'
# The second repetition goes through the settings backwards.
equal "$(sed -n '6,7p' rows.csv | cut -d, -f2-5 | uniq -c | wc -l)" 2 'neighbours'
equal "$(sed -n 6p rows.csv | cut -d, -f2-4)" "$(sed -n 7p rows.csv | cut -d, -f2-4)" 'alternate order'

# Without sequential there is still something to compare with, and no row of it.
run 0 cpu --steps 20000 --modes process,thread --workers 2 --cpus 1 --repeat 1 --csv rows.csv
equal "$(wc -l <rows.csv)" 3 'lines of the CSV'
! grep -q sequential stdout || fail 'sequential was not asked for'
run 0 cpu --steps 20000 --modes process --workers 2 --cpus 1 --repeat 1 --no-verify
