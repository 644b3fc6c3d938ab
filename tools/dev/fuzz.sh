#!/usr/bin/env bash
# ./dev fuzz [SECONDS] [TARGET...]: bad input at whatever parses.
#
#   tests that make up their input (proptest), with many more cases than usual
#   -> the targets under */fuzz, SECONDS each, by cargo-fuzz and a nightly toolchain, which are installed if they are missing
#
# A target begins with */fuzz/seeds/TARGET and what fuzz_seeds.py makes of the test vectors, and goes on from */fuzz/corpus/TARGET. It is built
# where everything is (CARGO_TARGET_DIR), in a folder of its own there.
# shellcheck source=tools/dev/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

seconds=${1:-60}
[[ $seconds =~ ^[0-9]+$ ]] || die "fuzz: how many seconds for each target? ./dev fuzz [SECONDS] [TARGET...]"
wanted=("${@:2}")
ensure_packages "${PACKAGES_BUILD[@]}"
ensure_rust
cd "$DIALTONE_ROOT"

if [ ${#wanted[@]} -eq 0 ]; then
  say "generated input, ${PROPTEST_CASES:=20000} cases a test"
  export PROPTEST_CASES
  # The packages that parse what strangers send.
  cargo test --locked -p dialtone-protocol -p dialtone-crypto -- --nocapture
fi

CARGO_FUZZ=0.13.2
if ! cargo fuzz --version >/dev/null 2>&1; then
  say "installing cargo-fuzz"
  cargo install cargo-fuzz --version "$CARGO_FUZZ" --locked ||
    die "fuzz: cargo-fuzz could not be installed (no network?); run: cargo install cargo-fuzz --version $CARGO_FUZZ --locked"
fi
if ! cargo +nightly --version >/dev/null 2>&1; then
  have rustup || die "fuzz: the targets need a nightly toolchain: install rustup (https://rustup.rs) and run this again"
  say "installing a nightly toolchain"
  rustup toolchain install nightly --profile minimal </dev/null || die "fuzz: rustup could not install a nightly toolchain (no network?)"
fi

# is_wanted TARGET
is_wanted() {
  local one
  [ ${#wanted[@]} -gt 0 ] || return 0
  for one in "${wanted[@]}"; do [ "$one" != "$1" ] || return 0; done
  return 1
}

shopt -s nullglob
failed=()
ran=()
for folder in */fuzz; do
  # The libraries in the versions that are shipped; cargo adds what only the targets need.
  cp Cargo.lock "$folder/Cargo.lock"
  python3 tools/dev/fuzz_seeds.py "$folder"
  while IFS= read -r target; do
    is_wanted "$target" || continue
    say "$folder: $target, $seconds s"
    ran+=("$target")
    begin=("corpus/$target")
    mkdir -p "$folder/corpus/$target"
    [ ! -d "$folder/seeds/$target" ] || begin+=("seeds/$target")
    # Leaks: what a library keeps for its thread would count as one.
    # What one finds does not keep the others from looking.
    (cd "$folder" && cargo +nightly fuzz run --fuzz-dir . "$target" "${begin[@]}" -- \
      -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 -detect_leaks=0 </dev/null) || failed+=("$folder: $target")
  done < <(cd "$folder" && cargo +nightly fuzz list --fuzz-dir .)
done
for one in "${wanted[@]}"; do
  [[ " ${ran[*]} " == *" $one "* ]] || die "fuzz: there is no target $one"
done
if [ ${#failed[@]} -gt 0 ]; then
  say "found by"
  printf '   %s\n' "${failed[@]}" >&2
  die "fuzz: what it takes lies in FOLDER/artifacts/TARGET"
fi
