#!/usr/bin/env bash
# Builds the benchmarks and prints the tables of docs/benchmarks.md.
#
#   scripts/benchmark.sh                       all: calendar, tandem, flagship, hours, large; some minutes
#   scripts/benchmark.sh calendar tandem       these only; without flagship, hours and large faultline is not built
#   scripts/benchmark.sh tandem --rounds 15    further options go to benchmarks/compare.py
#   scripts/benchmark.sh --smoke               one short round of calendar and tandem, so that they cannot rot
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/.."
tables=()
options=()
if [ "${1:-}" = --smoke ]; then
    shift
    tables=(calendar tandem)
    options=(--rounds 1 --customers 20000)
fi
while [ $# -gt 0 ] && [[ "$1" != --* ]]; do
    tables+=("$1")
    shift
done
[ ${#tables[@]} -gt 0 ] || tables=(calendar tandem flagship hours large)

targets=(engine_benchmarks)
[[ ! " ${tables[*]} " =~ " "(flagship|hours|large)" " ]] || targets+=(faultline)

log=build/bench-build.log
{
    scripts/install-packages.sh build bench
    mkdir -p build
    (cmake --preset bench && cmake --build --preset bench --target "${targets[@]}") >"$log" 2>&1 || {
        tail -n 40 "$log"
        echo "benchmark.sh: the build failed; all of it is in $log"
        exit 4
    }
} >&2
exec python3 benchmarks/compare.py "${tables[@]}" --folder build/bench/benchmarks \
    --program build/bench/cli/faultline "${options[@]}" "$@"
