# SPDX-License-Identifier: MIT
# Every mode gives what sha256sum gives, whatever the files are called and however large they are.
. "$(dirname "$0")/common.sh"

mkdir -p tree/sub/deeper 'tree/a directory' tree/empty
printf 'plain' >tree/plain
printf 'spaces' >'tree/a directory/ two  spaces '
printf 'newline' >"tree/new
line"
printf 'backslash' >'tree/back\slash\n'
printf 'return' >tree/"$(printf 'carriage\rreturn')"
printf 'dash' >tree/-dash
printf 'star' >'tree/*?[x]"quotes"'\'
printf 'utf-8' >tree/Zürich-→-東京
printf 'not utf-8' >tree/"$(printf 'latin1-\374')"
: >tree/sub/nothing
head -c 131072 /dev/zero >tree/sub/one-chunk
head -c 131073 /dev/urandom >tree/sub/one-chunk-and-a-byte
head -c 9000000 /dev/urandom >tree/sub/deeper/large
for i in $(seq 200); do echo "$i" >tree/sub/deeper/small-"$i"; done
# None of these is a regular file, so none may be opened: reading the FIFO would block for ever.
mkfifo tree/fifo
ln -s plain tree/link
ln -s nowhere tree/dangling
ln -s .. tree/sub/loop

files=$(find tree -type f -print0 | tr -dc '\0' | wc -c)
find tree -type f -print0 | sort -z | xargs -0 sha256sum >expected

for mode in sequential thread process; do
    run 0 hash tree --modes $mode --workers 1,3 --cpus 1 --repeat 1 --digests digests --csv rows.csv
    cmp digests expected || fail "$mode: not the lines of sha256sum"
    sha256sum -c --quiet --strict digests || fail "$mode: sha256sum -c does not accept the lines"
    equal "$(cut -d, -f2 rows.csv | sort -u | grep -v '^mode$')" $mode 'the modes measured'
    equal "$(cut -d, -f7,9 rows.csv | sort -u | grep -v items)" "$files,0" 'items and errors'
done

# The cut into tasks changes nothing, and neither do overlapping directories or a file given by its name.
for batch in 1 7 100000; do
    run 0 hash tree/sub tree tree/plain --batch $batch --workers 3 --cpus 1 --repeat 1 --digests digests
    cmp digests expected || fail "--batch $batch: not the lines of sha256sum"
done

# A file that can be opened but not read, for root as well: the first page of a process's memory.
for mode in sequential thread process; do
    run 0 hash tree/plain /proc/self/mem --modes $mode --workers 2 --cpus 1 --repeat 1 \
        --digests digests --csv rows.csv
    says stderr '/proc/self/mem: Input/output error'
    equal "$(wc -l <digests)" 1 'lines for the files that could be read'
    equal "$(tail -n 1 rows.csv | cut -d, -f7-9)" 2,5,1 'items, bytes and errors'
done

# Files and directories without permission; root may read them all the same.
echo secret >tree/secret
chmod 000 tree/secret tree/empty
if cat tree/secret >secret 2>/dev/null; then
    echo 'not tried: files without permission (this user may read everything)'
else
    run 0 hash tree --workers 2 --cpus 1 --repeat 1
    says stderr 'tree/secret: Permission denied'
    says stderr 'tree/empty: Permission denied'
fi
chmod 755 tree/secret tree/empty
