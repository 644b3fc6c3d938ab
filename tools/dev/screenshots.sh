#!/usr/bin/env bash
# ./dev screenshots: takes the tour through the real window, and puts its pictures into docs/screenshots.
# shellcheck source=tools/dev/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

[ $# -eq 0 ] || die "screenshots: do not know '$1'; usage: ./dev screenshots"
ensure_packages "${PACKAGES_BUILD[@]}" "${PACKAGES_WINDOW[@]}" "${PACKAGES_PULSE[@]}" "${PACKAGES_DISPLAY[@]}" "${PACKAGES_ATSPI[@]}" \
  "${PACKAGES_KEYRING[@]}" "${PACKAGES_SPEECH[@]}"
ensure_rust
say "building the program and the server"
cargo build --locked --bin dialtone --bin dialtone-server
export DIALTONE_BIN_DIR=$CARGO_TARGET_DIR/debug
exec bash tools/dev/testbed.sh --with pulse,display,atspi -- tests/e2e/tour.py docs/screenshots
