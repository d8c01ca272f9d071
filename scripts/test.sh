#!/usr/bin/env bash
# Builds everything and runs all tests.
#
#   scripts/test.sh                            preset dev
#   scripts/test.sh --preset dev-asan          with sanitizers; also: clang
#   scripts/test.sh -R WorkerTest              further options go to ctest
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/.."
preset=dev
if [ "${1:-}" = --preset ]; then
    preset="${2:?--preset needs a name: dev, dev-asan or clang}"
    shift 2
fi

step() {
    local started=$SECONDS
    echo "== $1"
    shift
    "$@"
    echo "== done in $((SECONDS - started)) s"
}

step "packages" scripts/install-packages.sh build mpi test
step "configure, preset $preset" cmake --preset "$preset"
step "build, preset $preset" cmake --build --preset "$preset"
step "test, preset $preset" ctest --preset "$preset" --parallel "$(nproc)" "$@"
