#!/usr/bin/env bash
# What ./dev test runs inside the testbed. Every part runs even if one before it failed; the last line sums them up.
# shellcheck source=tools/dev/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

only=${DIALTONE_TEST_ONLY:-}
export DIALTONE_TEST_ONLY=$only
logs=$(mktemp -d)
trap 'rm -rf "$logs"' EXIT

# part NAME COMMAND...: runs it, shows its output, keeps it and its status for the tally.
part() {
  local name=$1 status=0
  shift
  say "$name"
  "$@" > >(tee "$logs/$name.log") 2>&1 || status=$?
  wait "$!" 2>/dev/null || true
  echo "$status" >"$logs/$name.status"
}

# Colour would hide the counts from the tally.
export CARGO_TERM_COLOR=never NO_COLOR=1
if have cargo-nextest; then
  part nextest cargo nextest run --workspace --locked --no-fail-fast --no-tests=pass ${only:+-- "$only"}
else
  note "cargo-nextest is not installed: cargo test does the same, one crate after the other"
  part cargo-test cargo test --workspace --all-targets --locked --no-fail-fast -- ${only:+"$only"}
fi
if [ -z "$only" ]; then
  part doc-tests cargo test --doc --workspace --locked --no-fail-fast
fi
for folder in tools/audio/tests tools/check/tests tools/dev/tests; do
  [ -d "$folder" ] || continue
  part "$(tr / - <<<"$folder")" "${DIALTONE_PYTHON:-python3}" -m unittest discover -v -s "$folder" ${only:+-k "$only"}
done

shopt -s nullglob
for script in tests/e2e/*.sh tests/e2e/*.py; do
  name=$(basename "$script")
  [[ -x $script && $name == *"$only"* ]] || continue
  part "e2e-$name" timeout --kill-after=20 "${DIALTONE_E2E_SECONDS:-600}" "./$script"
done

"${DIALTONE_PYTHON:-python3}" tools/dev/tally.py "$logs"
