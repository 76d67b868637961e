#!/usr/bin/env bash
# consumer.sh install|subdirectory: builds tests/consumer against an installed Penstock, or with its sources inside,
# and runs its programs. Needs SOURCE_DIR, BUILD_DIR, CMAKE, GENERATOR, CONFIG and CXX.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# No build type, as a user's first try would have it; it is also the fastest to compile.
arguments=(-S "$SOURCE_DIR/tests/consumer" -B "$work/build" -G "$GENERATOR"
    "-DCMAKE_CXX_COMPILER=$CXX" "-DCMAKE_CXX_FLAGS=$CXX_FLAGS")
case $1 in
install)
    "$CMAKE" --install "$BUILD_DIR" --config "$CONFIG" --prefix "$work/prefix"
    arguments+=("-DCMAKE_PREFIX_PATH=$work/prefix")
    ;;
subdirectory) arguments+=("-DPENSTOCK_SOURCE_DIR=$SOURCE_DIR") ;;
*)
    echo "consumer.sh: '$1' is neither install nor subdirectory"
    exit 2
    ;;
esac

"$CMAKE" "${arguments[@]}"
"$CMAKE" --build "$work/build" --parallel 2

for program in with_init with_main with_plugin; do
    expected="$program: 42"
    actual=$(timeout 60 "$work/build/$program" </dev/null)
    if [[ $actual != "$expected" ]]; then
        echo "$program printed '$actual' where '$expected' was due"
        exit 1
    fi
    echo "$actual"
done
