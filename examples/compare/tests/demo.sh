# SPDX-License-Identifier: MIT
# The demonstration with little work: tables, sentences, the CSV and the pictures.
. "$(dirname "$0")/common.sh"

mkdir -p tree
for i in $(seq 100); do echo "$i" >tree/file-"$i"; done

pictures() { find out -name '*.svg' -o -name '*.png' | wc -l; }

run 0 demo tree --steps 1000 --repeat 1 --out out --quiet
says stdout 'hash: SHA-256 of 100 files'
says stdout 'cpu: 10 loops of 1,000 steps'
says stdout 'Threads are best with'
says stdout 'Processes are best with'
workloads=$(cut -d, -f1 out/measurements.csv | sort -u | tr '\n' ' ')
equal "$workloads" 'cpu hash workload ' 'the workloads in the CSV'
if command -v gnuplot >/dev/null; then equal "$(pictures)" 4 'pictures'; fi

# Without gnuplot it is still a demonstration.
rm -r out
mkdir no-programs
PATH=$PWD/no-programs "$program" demo tree --steps 1000 --repeat 1 --out out --quiet >stdout 2>stderr ||
    fail 'a demonstration without gnuplot should succeed'
says stdout 'no pictures: gnuplot is not installed'
equal "$(pictures)" 0 'pictures'

# The files go to build/demo where there is a directory build, else here.
run 0 demo tree --steps 1000 --repeat 1 --quiet
[ -s measurements.csv ] || fail 'no CSV in the current directory'
mkdir build
run 0 demo tree --steps 1000 --repeat 1 --quiet
[ -s build/demo/measurements.csv ] || fail 'no CSV in build/demo'
