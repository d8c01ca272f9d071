#!/usr/bin/env bash
# Builds Faultline, if that is needed, and runs a scenario: the verdict table on the screen, the result in results/.
#
#   scripts/run.sh                             the flagship, scenarios/xyz-corporation.json
#   scripts/run.sh scenarios/queue.json --seed 7
#   scripts/run.sh compare S.json              any other command of faultline, with its options
set -euo pipefail

root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
started=$SECONDS
log="$root/build/release-build.log"
program="$root/build/release/cli/faultline"

build() {
    "$root/scripts/install-packages.sh" build
    mkdir -p "$root/build"
    if [ ! -x "$program" ]; then
        echo "Building Faultline; the first time takes some minutes. Details: $log"
    fi
    # cmake reads its presets from the current folder.
    (cd "$root" && cmake --preset release && cmake --build --preset release) >"$log" 2>&1 || {
        tail -n 40 "$log" >&2
        echo "run.sh: the build failed; all of it is in $log" >&2
        exit 4
    }
    local took=$((SECONDS - started))
    [ "$took" -lt 3 ] || echo "Built in $took s."
}

build >&2
case "${1:-}" in
    "" | --*) exec "$program" run "$root/scenarios/xyz-corporation.json" "$@" ;;
    *.json) exec "$program" run "$@" ;;
    *) exec "$program" "$@" ;;
esac
