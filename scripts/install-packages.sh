#!/usr/bin/env bash
# Installs the Debian packages of scripts/packages.txt that are missing, and nothing else.
#
#   scripts/install-packages.sh [group...]     groups: build, mpi, test, bench; without one: build and test
set -euo pipefail

list="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)/packages.txt"
groups=("$@")
[ ${#groups[@]} -gt 0 ] || groups=(build test)

fail() {
    echo "install-packages: $*" >&2
    exit 1
}

packages_of() {
    awk -v group="$1" '
        /^# group: / { in_group = ($3 == group); known = known || in_group; next }
        /^[[:space:]]*(#|$)/ { next }
        in_group { print $1 }
        END { exit known ? 0 : 3 }' "$list"
}

command -v dpkg-query >/dev/null || fail "this is no Debian or Ubuntu; install what $list names by hand"

missing=()
for group in "${groups[@]}"; do
    names="$(packages_of "$group")" || fail "no group \"$group\" in $list"
    for name in $names; do
        status="$(dpkg-query --show --showformat='${db:Status-Status}' "$name" 2>/dev/null || true)"
        [ "$status" = installed ] || missing+=("$name")
    done
done

if [ ${#missing[@]} -eq 0 ]; then
    echo "Packages (${groups[*]}): all installed."
    exit 0
fi
echo "Packages (${groups[*]}): installing ${missing[*]}"

as_root=()
if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null || fail "not root, and there is no sudo; run as root: apt-get install ${missing[*]}"
    as_root=(sudo)
fi
export DEBIAN_FRONTEND=noninteractive
install=("${as_root[@]}" apt-get install --yes --no-install-recommends "${missing[@]}")

# The package index may be old, or missing on a fresh machine: it is updated only when the first try fails.
if ! "${install[@]}"; then
    echo "install-packages: updating the package index and trying again"
    "${as_root[@]}" apt-get update ||
        fail "apt-get update failed: is there a network, and a right /etc/apt/sources.list?"
    "${install[@]}" || fail "apt-get could not install: ${missing[*]}
  Its own message is above. Faultline is built on Debian 12 (bookworm); other releases may name packages otherwise."
fi
echo "Packages: done."
