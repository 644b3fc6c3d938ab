#!/usr/bin/env bash
# ./dev soak [MINUTES]: the heavy tests again and again until the time is up, each round with new chances.
# ./dev soak FAULT...: the long form of each of these faults, once: kill-sqlite, kill-postgres, restart, cut, disk, clock, instances, clocks-apart, vanish; or faults, for all.
#
#   a round: the server killed under load with a new seed -> the story -> the secrecy test -> the call over sound devices
#            -> a thousand seeds of the simulation of many devices -> the tests that make up their input, with more cases
#
# It stops at the first failure and says which round, which seed and where the log lies. A round that began is finished.
# shellcheck source=tools/dev/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

FAULTS=(kill-sqlite kill-postgres restart cut disk clock instances clocks-apart vanish)

# The long form of one fault.
fault() {
  local times=100 clients=1000
  case $1 in
    # Each of them lasts for seconds.
    restart | cut | disk | clock | clocks-apart) times=30 ;;
    # A third as often, and each of those lasts for a minute and a half.
    vanish) times=18 ;;
  esac
  DIALTONE_FAULT_TIMES=${DIALTONE_FAULT_TIMES:-$times} DIALTONE_FAULT_CLIENTS=${DIALTONE_FAULT_CLIENTS:-$clients} tests/e2e/server_faults.sh "$1"
}

if [ "${1:-}" = --faults-inside ]; then
  shift
  for name in "$@"; do fault "$name"; done
  exit 0
fi
if [[ ${1:-} =~ ^[a-z] ]]; then
  [ "$1" != faults ] || set -- "${FAULTS[@]}"
  for name in "$@"; do
    [[ " ${FAULTS[*]} " == *" $name "* ]] || die "soak: there is no fault '$name'; there are: ${FAULTS[*]}"
  done
  ensure_packages "${PACKAGES_BUILD[@]}" "${PACKAGES_CLOCK[@]}"
  ensure_rust
  say "building what is run"
  # As it is used: memory and speed of an unoptimised build say little.
  cargo build --release --locked -p dialtone-server -p dialtone-load
  export DIALTONE_BIN_DIR=$CARGO_TARGET_DIR/release
  exec bash tools/dev/testbed.sh --with postgres -- bash tools/dev/soak.sh --faults-inside "$@"
fi

minutes=${1:-10}
if [ "$minutes" = --inside ]; then
  minutes=$2
else
  [[ $minutes =~ ^[0-9]+$ ]] || die "soak: how many minutes, or which faults? ./dev soak [MINUTES | FAULT...]"
  ensure_packages "${PACKAGES_BUILD[@]}" "${PACKAGES_SPEECH[@]}"
  ensure_rust
  say "building what is run"
  cargo build --locked --bin dialtone --bin dialtone-server
  cargo test --no-run --locked -p dialtone-protocol -p dialtone-crypto -p dialtone-engine
  export DIALTONE_BIN_DIR=$CARGO_TARGET_DIR/debug DIALTONE_E2E_SECONDS=${DIALTONE_E2E_SECONDS:-600}
  exec bash tools/dev/testbed.sh --with pulse,python -- bash tools/dev/soak.sh --inside "$minutes"
fi

until=$((SECONDS + minutes * 60)) round=0 runs=0
logs=$DIALTONE_TEST_OUT/soak
mkdir -p "$logs"
export PROPTEST_CASES=${PROPTEST_CASES:-1000}

# once NAME COMMAND...: runs it, or ends everything.
once() {
  local name=$1 log=$logs/$1.log status=0 began=$SECONDS
  shift
  "$@" >"$log" 2>&1 </dev/null || status=$?
  if [ "$status" -ne 0 ]; then
    tail -n 20 "$log" >&2
    printf 'soak failed in round %s: %s ended with status %s (DIALTONE_SEED=%s); %s runs before it passed; log: %s\n' \
      "$round" "$name" "$status" "$DIALTONE_SEED" "$runs" "$log"
    exit 1
  fi
  runs=$((runs + 1))
  note "round $round: $name passed in $((SECONDS - began)) s"
}
script() { once "$1" timeout --kill-after=20 "$DIALTONE_E2E_SECONDS" "tests/e2e/$1"; }

while [ "$round" -eq 0 ] || [ "$SECONDS" -lt "$until" ]; do
  round=$((round + 1))
  export DIALTONE_SEED=$((RANDOM * 32768 + RANDOM))
  say "round $round, seed $DIALTONE_SEED"
  script server_killed.py
  script story.sh
  script secrecy.py
  script voice_devices.py
  # One seed is for the scripts; the simulation goes on from it.
  once simulation env -u DIALTONE_SEED DIALTONE_SEEDS="$DIALTONE_SEED..$((DIALTONE_SEED + 1000))" \
    cargo test --locked -q -p dialtone-engine --lib every_device -- --nocapture
  once generated-input cargo test --locked -q -p dialtone-protocol -p dialtone-crypto
done
printf '%s rounds, %s runs passed in %s minutes\n' "$round" "$runs" "$((SECONDS / 60))"
