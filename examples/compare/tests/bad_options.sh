# SPDX-License-Identifier: MIT
# Every mistake on the command line ends with status 2 and a sentence, before anything is measured.
. "$(dirname "$0")/common.sh"

refused() {
    local sentence=$1
    shift
    run 2 "$@"
    silent stdout
    says stderr "$sentence"
}

refused 'subcommand is required'
refused '"0" is not a whole number from 1 to 1024' cpu --workers 0
refused '"100000" is not a whole number from 1 to 1024' cpu --workers 1,100000
refused '"99999999999999999999999" is not' cpu --workers 99999999999999999999999
refused '"two" is not a whole number' cpu --workers two
refused '"" is not a whole number' cpu --workers 1,,2
refused '"" is not a whole number' cpu --workers 1,
refused '" 2" is not a whole number' cpu --workers '1, 2'
refused '"1.5" is not a whole number' cpu --workers 1.5
refused '"+1" is not a whole number' cpu --workers +1
refused 'is not a whole number' cpu --workers=-1
refused '--cpus: "0" is not a whole number' cpu --cpus 0
refused 'leaves nothing to measure' cpu --cpus 1024
refused '--repeat: "0" is not a whole number' cpu --repeat 0
refused '--steps: "0" is not a whole number' cpu --steps 0
refused '--loops: "x" is not a whole number' cpu --loops x
refused '--batch: "0" is not a whole number' hash --batch 0
refused '"fibre" is not a mode' cpu --modes sequential,fibre
refused '"" is not a mode' cpu --modes sequential,
refused 'the value is empty' cpu --csv ''
refused 'ends neither with .svg nor with .png' cpu --plot picture.jpg
refused 'ends neither with .svg nor with .png' cpu --plot .png
refused '--nonsense' cpu --nonsense
refused 'cannot look into does/not/exist: No such file or directory' hash does/not/exist
refused 'cannot look into' hash "$(printf 'x%.0s' $(seq 5000))"
refused 'neither a regular file nor a directory' hash /dev/null
mkdir empty
refused 'not one regular file' hash empty

run 0 --help
says stdout 'hash'
run 0 hash --help
says stdout '--digests'
