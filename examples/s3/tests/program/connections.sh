# SPDX-License-Identifier: MIT
# 256 connections with 1,024 descriptors.
. "$(dirname "$0")/common.sh"

start_server --objects 1024 --bytes 10240000 --plain-keys --latency-ms 20
ulimit -n 1024
run 0 list s3://demo --mode async --concurrency 256
results objects=1024 errors=0
stats
at_least "$(stat connections_peak)" 200 'connections at a time'
run 0 list s3://demo --mode process+async --workers 2 --concurrency 128
results objects=1024 errors=0
