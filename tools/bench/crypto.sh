#!/usr/bin/env bash
# ./dev bench crypto: what sealing and a large group cost a client, on one core. The group is grown by external joins.
# Last line: seal_us, open_us, join_1000_ms, join_1000_bytes, process_commit_1000_ms, remove_1000_ms, catch_up_500_commits_ms, media_seal_us,
# media_open_us; devices and commits say how many there really were (--quick takes fewer).
# shellcheck source=tools/bench/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

build_release -p dialtone-crypto --bin bench-crypto
machine
"$RELEASE/bench-crypto" ${QUICK:+--quick} "${REST[@]}"
