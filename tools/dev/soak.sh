#!/usr/bin/env bash
# ./dev soak [MINUTES]: the tests in release, with DIALTONE_SOAK=1, which makes those that have a long variant run it:
# calls of many minutes, thousands of reconnections. DIALTONE_SOAK_MINUTES tells them for how long.
# shellcheck source=tools/dev/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

minutes=${1:-10}
[[ $minutes =~ ^[0-9]+$ ]] || die "soak: how many minutes? ./dev soak [MINUTES]"
ensure_packages "${PACKAGES_BUILD[@]}" "${PACKAGES_SPEECH[@]}"
ensure_rust
export DIALTONE_SOAK=1 DIALTONE_SOAK_MINUTES=$minutes DIALTONE_BIN_DIR=$CARGO_TARGET_DIR/release

say "building everything in release"
cargo build --release --workspace --all-targets --locked
if have cargo-nextest; then
  command=(cargo nextest run --release --workspace --locked --profile soak)
else
  command=(cargo test --release --workspace --locked --no-fail-fast)
fi
exec bash tools/dev/testbed.sh -- "${command[@]}"
