#!/usr/bin/env bash
# ./dev snapshots: takes the pictures of the window's screens anew (app/gui/tests/snapshots); look at each that changed before you commit it.
# shellcheck source=tools/dev/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

[ $# -eq 0 ] || die "snapshots: do not know '$1'; usage: ./dev snapshots"
ensure_packages "${PACKAGES_BUILD[@]}" "${PACKAGES_PICTURES[@]}"
ensure_rust
mkdir -p app/gui/tests/snapshots
UPDATE_SNAPSHOTS=1 cargo test --locked -p dialtone-gui --test window pictures
git status --short app/gui/tests/snapshots
