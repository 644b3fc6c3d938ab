#!/usr/bin/env bash
# What ./dev test runs inside the testbed. Every part runs even if one before it failed; the last line sums them up.
# shellcheck source=tools/dev/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

only=${DIALTONE_TEST_ONLY:-}
export DIALTONE_TEST_ONLY=$only
logs=$(mktemp -d)
current=
trap 'rm -rf "$logs"' EXIT
# `timeout` and nextest lead process groups of their own: told to end, they end what they lead.
stop_current() {
  [ -z "$current" ] || kill -TERM "$current" 2>/dev/null || true
  wait "$current" 2>/dev/null || true
  exit "$1"
}
trap 'stop_current 130' INT
trap 'stop_current 143' TERM HUP

# part NAME COMMAND...: runs it, shows its output, keeps it and its status for the tally.
part() {
  local name=$1 status=0 out shown
  shift
  say "$name"
  exec {out}> >(tee "$logs/$name.log")
  shown=$!
  "$@" >&"$out" 2>&1 </dev/null {out}>&- &
  current=$!
  wait "$current" || status=$?
  current=
  [ "$status" -ne 124 ] || echo "$name: took too long and was ended" >&"$out"
  exec {out}>&-
  # The last lines arrive; but something left running that holds the pipe must not hold us.
  for _ in $(seq 50); do
    kill -0 "$shown" 2>/dev/null || break
    sleep 0.05
  done
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
for folder in tools/audio/tests tools/check/tests tools/dev/tests tools/mutate/tests; do
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
