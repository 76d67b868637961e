#!/usr/bin/env bash
# without_dev_shm.sh PROGRAM...: runs the programs in a mount namespace whose /dev has no shm, as on AWS Lambda.
set -euo pipefail

if [[ -z ${NEW_DEV:-} ]]; then
    if [[ ! -e /dev/shm ]]; then
        echo "skipped: there is no /dev/shm here in the first place, so every other test shows it"
        exit 77
    fi
    NEW_DEV=$(mktemp -d)
    export NEW_DEV
    trap 'rmdir "$NEW_DEV"' EXIT
    for options in -m -rm; do
        if refused=$(unshare "$options" true 2>&1); then
            status=0
            unshare "$options" "$BASH" "$0" "$@" || status=$?
            exit "$status"
        fi
    done
    echo "skipped: no mount namespace here: $refused"
    exit 77
fi

# A small read-only /dev with the usual devices and nothing else. It goes away with the namespace.
make_dev() {
    local device
    mount --make-rprivate / && mount -t tmpfs -o size=64k,mode=755 tmpfs "$NEW_DEV" || return
    for device in null zero full random urandom; do
        touch "$NEW_DEV/$device" && mount --bind "/dev/$device" "$NEW_DEV/$device" || return
    done
    ln -s /proc/self/fd "$NEW_DEV/fd" && ln -s /proc/self/fd/0 "$NEW_DEV/stdin" &&
        ln -s /proc/self/fd/1 "$NEW_DEV/stdout" && ln -s /proc/self/fd/2 "$NEW_DEV/stderr" &&
        mount --rbind "$NEW_DEV" /dev && mount -o remount,bind,ro /dev
}
if ! make_dev; then
    echo "skipped: the mounts were refused"
    exit 77
fi

# First the proof that shared memory is out of reach here.
if [[ -e /dev/shm ]] || mkdir /dev/shm 2>/dev/null; then
    echo "/dev/shm is still there, or can be made again"
    exit 1
fi
echo "here /dev holds: $(cd /dev && echo *)"

# Brief: what failed must not drown in what passed. Without simulations, and without the largest payloads, which ctest may be sending at the same
# time: memory is not there for both, and sizes have nothing to do with /dev/shm.
for program in "$@"; do
    echo "--- $program"
    GTEST_BRIEF=1 GTEST_FILTER='-process_pool_large.*:*dispatcher_simulation*' "$program" </dev/null
done
