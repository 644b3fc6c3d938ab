#!/usr/bin/env bash
# ./dev bench noise: DNSMOS of speech in white noise, a fan, babble and typing, before and after each stage that takes noise
# away, and what it does to clean speech. --stages NAME,... instead of every registered stage whose name begins with "denoise";
# --tuning: with other clips and noises, to choose settings by. Last line: rows, clean_dnsmos_overall, clean_by_stage,
# clean_pesq_by_stage, clean_onset_loss_db_by_stage, clean_onsets_lost_percent_by_stage.
# shellcheck source=tools/bench/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
# shellcheck source=tools/audio/corpus.sh
source "$DIALTONE_ROOT/tools/audio/corpus.sh"

build_release -p dialtone-audio --bin bench-chain
start_corpus
machine
"$DIALTONE_PYTHON" tools/audio/bench_noise.py "$RELEASE/bench-chain" "$DIALTONE_CORPUS" ${QUICK:+--quick} "${REST[@]}"
