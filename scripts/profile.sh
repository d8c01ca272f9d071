#!/usr/bin/env bash
# Where a run spends its CPU time: builds the preset `dev`, samples one replication with perf and prints a table by part
# of the source, inlined functions counted where they were written.
#
#   scripts/profile.sh                         the flagship
#   scripts/profile.sh scenarios/queue.json
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/.."
scenario="${1:-scenarios/xyz-corporation.json}"
program=build/dev/cli/faultline
log=build/dev-build.log
samples=build/perf.data

fail() {
    echo "profile.sh: $*" >&2
    exit 4
}

scripts/install-packages.sh build test bench >&2
mkdir -p build
(cmake --preset dev && cmake --build --preset dev --target faultline) >"$log" 2>&1 ||
    fail "the build failed; all of it is in $log"

result="$(mktemp -d)"
trap 'rm -rf "$result"' EXIT
# cpu-clock: works without hardware counters, hence in a virtual machine too.
perf record --quiet --event cpu-clock --freq 999 --output "$samples" -- \
    "$program" run "$scenario" --replications 1 --jobs 1 --progress none --result "$result/result.json" >/dev/null ||
    [ $? -ne 4 ] || fail "the run failed"
[ -s "$samples" ] || fail "perf took no samples: is it allowed here? See kernel.perf_event_paranoid"
perf script --input "$samples" --show-mmap-events --fields pid,ip,sym,dso 2>/dev/null |
    python3 benchmarks/profile_table.py "$program"
