#!/usr/bin/env bash
# ./dev bench voice-loss: how speech sounds after loss, random and in bursts, and after jitter as of wireless networks, at 24, 32 and
# 48 kb/s: the client, whose sender follows what the receiver observes, beside fixed copies and plain Opus. Hours of virtual time:
# about half an hour on two cores, 3 minutes with --quick. --kbps, --loss, --mode and --seeds choose rows of the grid.
# Last line: rows of kbps, measured_kbps, loss, mode, pesq, plcmos, stoi, delay_ms, scored_share, runs.
# shellcheck source=tools/bench/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
# shellcheck source=tools/audio/corpus.sh
source "$DIALTONE_ROOT/tools/audio/corpus.sh"

build_release -p dialtone-audio --example bench-voice-loss
start_corpus
machine
"$DIALTONE_PYTHON" tools/audio/bench_voice_loss.py "$RELEASE/examples/bench-voice-loss" "$DIALTONE_CORPUS" ${QUICK:+--quick} "${REST[@]}"
