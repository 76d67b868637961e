#!/usr/bin/env bash
# package.sh PROGRAM DIRECTORY ZIP [CMAKE]: makes DIRECTORY, what is deployed to Lambda for PROGRAM, and ZIP with it in:
#   bootstrap      a shell script that starts the rest
#   bin/PROGRAM    stripped
#   lib/           every shared library it needs, and the loader: nothing of Lambda's system is used
# Equal inputs give equal bytes.
set -euo pipefail
here=$(dirname "$(readlink -f "$0")")
program=$(readlink -f "$1") directory=$2 zip=$(readlink -m "$3") cmake=${4:-cmake}
fail() {
    echo "package.sh: $*" >&2
    exit 1
}

rm -rf "$directory" "$zip"
mkdir -p "$directory/bin" "$directory/lib"
cp "$program" "$directory/bin/"
if command -v strip >/dev/null; then strip "$directory/bin/${program##*/}"; fi

# "libx.so.1 => /usr/lib/libx.so.1 (0x...)", and the loader by itself: "/lib64/ld-linux-x86-64.so.2 (0x...)".
libraries=$(ldd "$program") || fail "$program is linked statically, or is no program: there is nothing to be added"
if grep -q 'not found' <<<"$libraries"; then fail "$program lacks libraries: $(grep 'not found' <<<"$libraries")"; fi
awk '$2 == "=>" { print $3 }' <<<"$libraries" | while read -r library; do cp -L "$library" "$directory/lib/"; done
loader=$(awk '$1 ~ "^/" && $1 ~ "/ld-" { print $1; exit }' <<<"$libraries")
[[ $loader ]] || fail "$program names no loader"
cp -L "$loader" "$directory/lib/"

sed -e "s|@loader@|${loader##*/}|" -e "s|@program@|${program##*/}|" "$here/bootstrap.in" >"$directory/bootstrap"
chmod -R a+rX,u+w "$directory"
chmod 755 "$directory/bootstrap" "$directory"/bin/* "$directory/lib/${loader##*/}"
cd "$directory"
"$cmake" -E tar cf "$zip" --format=zip --mtime='2000-01-01 00:00:00 UTC' bootstrap bin lib
# Lambda takes 50 MB by upload, and 250 MB unpacked.
size=$(du -sm . | cut -f 1)
[[ $size -lt 250 ]] || fail "$directory has $size MB, and Lambda takes 250"
