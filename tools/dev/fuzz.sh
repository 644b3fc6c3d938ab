#!/usr/bin/env bash
# ./dev fuzz [SECONDS]: bad input at whatever parses.
#
#   tests that make up their input (proptest), with many more cases than usual
#   -> the targets under */fuzz, SECONDS each, where cargo-fuzz is installed (it needs a nightly toolchain)
# shellcheck source=tools/dev/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

seconds=${1:-60}
[[ $seconds =~ ^[0-9]+$ ]] || die "fuzz: how many seconds for each target? ./dev fuzz [SECONDS]"
ensure_packages "${PACKAGES_BUILD[@]}"
ensure_rust

say "generated input, ${PROPTEST_CASES:=20000} cases a test"
export PROPTEST_CASES
# The packages that parse what strangers send.
cargo test --locked -p dialtone-protocol -p dialtone-crypto -- --nocapture

if ! cargo fuzz --version >/dev/null 2>&1; then
  note "cargo-fuzz is not installed (cargo install cargo-fuzz): the fuzz targets are skipped"
  exit 0
fi
shopt -s nullglob
for folder in */fuzz; do
  while IFS= read -r target; do
    say "$folder: $target, $seconds s"
    (cd "$folder/.." && cargo +nightly fuzz run "$target" -- -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048)
  done < <(cd "$folder/.." && cargo +nightly fuzz list)
done
