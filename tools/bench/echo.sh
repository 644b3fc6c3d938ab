#!/usr/bin/env bash
# ./dev bench echo: how much of the loudspeaker's echo the chain takes out (ERLE), and how it sounds with one and with both ends
# speaking (AECMOS): delays of 0 to 300 ms, clocks that differ, a way that changes, a loudspeaker that clips. Gate and noise
# suppression stay out; one setting for all. --only NAME,... for other stages; a stage "echo-cancel" is measured once it is registered.
# Last line: erle_db, single_echo_mos, double_echo_mos, double_degradation_mos, the worst of each, rows.
# shellcheck source=tools/bench/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
# shellcheck source=tools/audio/corpus.sh
source "$DIALTONE_ROOT/tools/audio/corpus.sh"

build_release -p dialtone-audio --bin bench-chain
start_corpus
machine
"$DIALTONE_PYTHON" tools/audio/bench_echo.py "$RELEASE/bench-chain" "$DIALTONE_CORPUS" ${QUICK:+--quick} "${REST[@]}"
