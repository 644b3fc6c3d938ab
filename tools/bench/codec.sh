#!/usr/bin/env bash
# ./dev bench codec: the codec alone: payload rate, how far deep redundancy reaches, microseconds of each call on one core,
# by rate, kind of rate and tune. `bench-codec render` makes what a receiver hears after loss; tools/audio/score.py scores it.
# Last line: by setting payload_kbps, reach_ms_p10/p50/p90, encode_us, decode_us, read_us, first_us, further_us, copy_us, conceal_us.
# shellcheck source=tools/bench/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

build_release -p dialtone-audio --bin bench-codec
machine
"$RELEASE/bench-codec" costs "$DIALTONE_ROOT"/assets/speech/*.wav "${REST[@]}"
