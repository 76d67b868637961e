# SPDX-License-Identifier: MIT
# Tokens that expire are renewed once, a wrong secret is told once, and secrets are told never.
. "$(dirname "$0")/common.sh"

objects=300
role=arn:aws:iam::123456789012:role/reader
secrets_kept() {
    ! grep -F -e "$AWS_SECRET_ACCESS_KEY" stdout stderr result.json *.csv || fail 'a secret was told'
}
run_with_role() { run 0 fetch s3://demo --keys all.csv --role $role "$@" --csv fetch.csv; }

for mode in $all_modes; do
    expiry="expire,op=GetObject,after=$((objects * 3 / 2))"
    start_server --objects $objects --bytes 3000000 --plain-keys --fault "$expiry"
    run 0 list s3://demo --mode async --csv all.csv
    run_with_role --mode $mode
    results objects=$objects errors=0 missing=0 token_refreshes=1
    stats
    equal "$(stat AssumeRole)" 2 "$mode: roles taken on"
    equal "$(stat "$expiry")" 1 'expiries'
    stop_server
done

# Each worker with a role of its own: so far away that all of them begin before the first one has done everything.
start_server --objects $objects --bytes 3000000 --plain-keys --latency-ms 10
run 0 list s3://demo --mode async --csv all.csv
head -n 101 all.csv >some.csv
for mode in process thread; do
    stats
    before=$(stat AssumeRole)
    run 0 fetch s3://demo --keys some.csv --role $role --mode $mode --workers 3 --role-per-worker --csv fetch.csv
    results objects=100 errors=0 token_refreshes=0
    stats
    at_least $(($(stat AssumeRole) - before)) 2 "$mode: roles taken on"
    at_most $(($(stat AssumeRole) - before)) 3 "$mode: roles taken on"
done

# In the middle of an upload in parts: it goes on with the part that was refused, instead of beginning again.
head -c 16000000 /dev/zero >large.bin
run 0 put fetch.csv s3://parts --make-bucket --csv put.csv
for mode in $all_modes; do
    stats
    begun=$(stat CreateMultipartUpload) sent=$(stat UploadPart) taken=$(stat AssumeRole)
    fault 'expire,op=UploadPart,after=1'
    run 0 put large.bin s3://parts/$mode --mode $mode --part-size 5MiB --role $role --csv put.csv
    results objects=1 bytes=16000000 errors=0
    stats
    equal $(($(stat CreateMultipartUpload) - begun)) 1 "$mode: uploads begun"
    equal $(($(stat UploadPart) - sent)) 5 "$mode: parts of four, one of them twice"
    equal $(($(stat AssumeRole) - taken)) 2 "$mode: roles taken on"
done

# A key that is not there is a result; one that may not be read is not asked for again.
printf '%s\n' no/such/key "$(sed -n 2p all.csv | cut -d, -f1)" >two
run 0 fetch s3://demo --keys two --csv two.csv
results objects=2 missing=1 errors=0
says two.csv no/such/key,0,0,404
run 1 fetch s3://no-such-bucket --keys two --csv two.csv
says stderr 'stopped: GET s3://no-such-bucket/'
says stderr NoSuchBucket
mkfifo pipe
tail -n 1 two >pipe &
run 0 fetch s3://demo --keys pipe --csv one.csv
results objects=1 missing=0 errors=0

# The wrong secret: one message, a handful of requests.
stats
before=$(stat SignatureDoesNotMatch)
for mode in $all_modes; do
    AWS_SECRET_ACCESS_KEY=wrong+secret run 1 list s3://demo --mode $mode --csv wrong.csv
    equal "$(grep -c SignatureDoesNotMatch stderr)" 1 'lines about the signature'
done
stats
equal $(($(stat SignatureDoesNotMatch) - before)) 5 'requests with the wrong secret'
before=$(stat SignatureDoesNotMatch)
AWS_SECRET_ACCESS_KEY=wrong+secret run 1 fetch s3://demo --keys all.csv --mode process --workers 2 --csv wrong.csv
equal "$(grep -c SignatureDoesNotMatch stderr)" 1 'lines about the signature'
says stderr stopped:
stats
at_most $(($(stat SignatureDoesNotMatch) - before)) 16 'requests with the wrong secret'
secrets_kept
! grep -F wrong+secret stdout stderr result.json || fail 'a secret was told'

# From a profile, and from nowhere.
printf '[demo]\naws_access_key_id = %s\naws_secret_access_key = %s\n' \
    "$AWS_ACCESS_KEY_ID" "$AWS_SECRET_ACCESS_KEY" >keys
AWS_ACCESS_KEY_ID=nonsense AWS_SHARED_CREDENTIALS_FILE=$PWD/keys run 0 list s3://demo --profile demo --csv profile.csv
results objects=$objects errors=0

# The role of a profile is not passed over: without it the keys would be of somebody else.
printf '[profile night]\nrole_arn = %s\nsource_profile = demo\n[profile demo]\nrole_arn = %s\n' $role $role >config
export AWS_CONFIG_FILE=$PWD/config AWS_SHARED_CREDENTIALS_FILE=$PWD/keys
for profile in night demo; do
    run 1 list s3://demo --profile $profile --csv profile.csv
    says stderr "the profile '$profile' has a role in $PWD/config"
    says stderr "--role $role"
done
run 0 list s3://demo --profile demo --role $role --csv profile.csv
AWS_PROFILE=demo run 0 list s3://demo --role $role --role-per-worker --csv profile.csv
(
    unset AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY
    run 1 list s3://demo --csv none.csv
    says stderr AWS_ACCESS_KEY_ID
)
