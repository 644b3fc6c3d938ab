#!/usr/bin/env bash
# ./dev mutate [--only PATTERN] [--list]: takes out, one at a time, every check that refuses something, and demands that a test fails.
# shellcheck source=tools/dev/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

ensure_packages "${PACKAGES_BUILD[@]}"
ensure_rust
exec python3 tools/mutate/mutate.py --folder "$DIALTONE_CACHE/mutate" "$@"
