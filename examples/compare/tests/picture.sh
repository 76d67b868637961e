# SPDX-License-Identifier: MIT
# The pictures, and what happens where there is no gnuplot.
. "$(dirname "$0")/common.sh"

settings=(--steps 1000 --workers 1,2 --cpus 1 --repeat 2 --quiet)
mkdir no-programs
status=0
PATH=$PWD/no-programs "$program" cpu "${settings[@]}" --plot picture.svg >stdout 2>stderr || status=$?
equal "$status" 1 'the exit status without gnuplot'
silent stdout
says stderr 'gnuplot is not installed'
[ ! -e picture.svg ] || fail 'a picture without gnuplot'

if ! command -v gnuplot >/dev/null; then
    echo 'skipped: the pictures themselves, because gnuplot is not installed'
    exit 77
fi
run 0 cpu "${settings[@]}" --plot picture.svg
says picture.svg '<svg'
says picture.svg '</svg>'
says picture.svg 'threads'
says picture.svg 'processes'
says picture.svg 'sequential'
run 0 cpu "${settings[@]}" --plot "it's a picture.png"
equal "$(head -c 8 "it's a picture.png" | od -An -tx1 | tr -d ' ')" 89504e470d0a1a0a 'the signature of a PNG'
silent stderr
# Only one mode is a picture as well.
run 0 cpu "${settings[@]}" --modes sequential --plot picture.svg
says picture.svg '</svg>'
run 1 cpu "${settings[@]}" --plot no/such/directory/picture.svg
says stderr 'cannot make no/such/directory/picture.svg: No such file or directory'
