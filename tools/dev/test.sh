#!/usr/bin/env bash
# ./dev test [--only PATTERN]
#
#   packages -> toolchain -> build all -> testbed.sh ( suite.sh: unit and integration tests, tools' tests, end-to-end )
# shellcheck source=tools/dev/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

only=
while [ $# -gt 0 ]; do
  case $1 in
    --only)
      only=${2:?--only needs a pattern}
      shift 2
      ;;
    *) die "test: do not know '$1'; usage: ./dev test [--only PATTERN]" ;;
  esac
done

ensure_packages "${PACKAGES_BUILD[@]}" "${PACKAGES_WINDOW[@]}" "${PACKAGES_POSTGRES[@]}" "${PACKAGES_PULSE[@]}" \
  "${PACKAGES_DISPLAY[@]}" "${PACKAGES_ATSPI[@]}" "${PACKAGES_KEYRING[@]}" "${PACKAGES_PYTHON[@]}" "${PACKAGES_SPEECH[@]}" "${PACKAGES_CERTIFICATES[@]}" \
  "${PACKAGES_TURN[@]}" "${PACKAGES_ACME[@]}" "${PACKAGES_PICTURES[@]}" "${PACKAGES_NATS[@]}" "${PACKAGES_HOSTING[@]}" "${PACKAGES_CLOCK[@]}" \
  "${PACKAGES_BROWSER[@]}"
ensure_rust

say "building everything"
# All targets at once: the binaries then share their dependencies with the tests.
cargo build --workspace --all-targets --locked

DIALTONE_BIN_DIR=$CARGO_TARGET_DIR/debug
export DIALTONE_BIN_DIR DIALTONE_TEST_ONLY=$only
exec bash tools/dev/testbed.sh -- bash tools/dev/suite.sh
