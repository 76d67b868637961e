# SPDX-License-Identifier: MIT
# Memory does not grow with the size of an object: 5 GiB go through in every mode, and through a copy part by part.
. "$(dirname "$0")/common.sh"

start_server --objects 1 --bytes 1 --plain-keys --large-object --threads 1
size=$((5 << 30))
modes='thread process async'
[ -z "$small" ] || modes='async'
for mode in $modes; do
    run 0 list s3://demo --prefix large/ --mode $mode --quiet
    results objects=1 bytes=$size errors=0
    [ -n "$small" ] || at_most "$(result peak_memory_bytes)" 100000000 "$mode: bytes resident at most"
done
run 0 copy s3://demo s3://copies --make-bucket --prefix large/ --multipart-over 1GiB --part-size 1GiB --mode process
results objects=1 bytes=$size errors=0
stats
equal "$(stat UploadPartCopy)" 5 'parts'
equal "$(stat CopyObject)" 0 'copies in one'
