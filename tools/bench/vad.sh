#!/usr/bin/env bash
# ./dev bench vad: whether the gate opens for speech, whole, and for nothing else: in quiet, beside typing, a fan and breath 10 dB
# below the speech. --chain FILE instead of the preset Voice; --tuning: on other recordings than those of the figures.
# Last line: onset_loss_ms, false_openings_per_min, missed_speech_percent, closed_in_pauses_percent, noise.
# shellcheck source=tools/bench/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
# shellcheck source=tools/audio/corpus.sh
source "$DIALTONE_ROOT/tools/audio/corpus.sh"

build_release -p dialtone-audio --bin bench-chain
start_corpus
machine
"$DIALTONE_PYTHON" tools/audio/bench_vad.py "$RELEASE/bench-chain" "$DIALTONE_CORPUS" ${QUICK:+--quick} "${REST[@]}"
