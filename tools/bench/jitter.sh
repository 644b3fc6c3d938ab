#!/usr/bin/env bash
# ./dev bench jitter: the jitter buffer under virtual time: how much later than the smallest fixed delay speech is heard, how much
# of it is invented, how soon it is back after a stall of 1 s, what an hour of 200 ppm between the clocks does.
# Last line: rows, recovery_s, drift_growth_ms_per_h, and the worst of the rows.
# shellcheck source=tools/bench/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

build_release -p dialtone-audio --bin bench-jitter
machine
"$RELEASE/bench-jitter" ${QUICK:+--quick} "${REST[@]}" "$DIALTONE_ROOT/assets/speech/echo-test.wav"
