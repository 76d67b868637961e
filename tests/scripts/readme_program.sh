#!/usr/bin/env bash
# readme_program.sh LIBRARY CEREAL_DIR [SANITIZE]: compiles the first C++ program of README.md as it is printed there
# and runs it. Needs SOURCE_DIR, CXX and CXX_FLAGS.
set -euo pipefail
library=$1 cereal=$2 sanitize=${3:-}

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# The first block fenced as cpp that has an int main.
if [[ -f $SOURCE_DIR/README.md ]]; then
    awk '/^```cpp/ { inside = 1; text = ""; next }
         /^```/    { if (inside && text ~ /int main/) { printf "%s", text; exit } inside = 0 }
         inside    { text = text $0 "\n" }' "$SOURCE_DIR/README.md" >"$work/program.cpp"
fi
if [[ ! -s $work/program.cpp ]]; then
    echo "skipped: README.md has no C++ block with an int main"
    exit 77
fi
cat "$work/program.cpp"

flags=(-std=c++20 -O1 -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Werror -pthread)
case $sanitize in
address) flags+=("-fsanitize=address,undefined") ;;
thread) flags+=(-fsanitize=thread) ;;
esac
# -idirafter, because -isystem /usr/include would disturb the order of the standard headers.
# shellcheck disable=SC2086  # CXX_FLAGS holds several words
"$CXX" ${CXX_FLAGS:-} "${flags[@]}" -I "$SOURCE_DIR/include" -idirafter "$cereal" "$work/program.cpp" "$library" \
    "-Wl,-rpath,$(dirname "$library")" -ldl -o "$work/program"

echo "--- it prints:"
timeout 120 "$work/program" </dev/null | tee "$work/output"
if [[ ! -s $work/output ]]; then
    echo "the program printed nothing"
    exit 1
fi
