#!/usr/bin/env bash
# Fails and shows the place where a C++ file is not as clang-format 14 writes it with .clang-format.
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/.."
git ls-files --cached --others --exclude-standard '*.cpp' '*.hpp' | xargs clang-format-14 --dry-run --Werror
