#!/usr/bin/env bash
# ./dev bench pipeline: processor time of the Voice chains, one core: microseconds for each block of 10 ms, by stage.
# Last line: uplink_us_per_10ms, downlink_us_per_10ms_per_talker, stages_us.
# shellcheck source=tools/bench/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

build_release -p dialtone-audio --bin bench-pipeline
machine
"$RELEASE/bench-pipeline" ${QUICK:+--quick} "${REST[@]}"
