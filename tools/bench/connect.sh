#!/usr/bin/env bash
# ./dev bench connect: from the click on a call to its first voice, directly and over the relay, with nothing of the call connected before.
# A real server and two real clients on this machine. About 3 minutes; 8 times each way with --quick.
# Last line: direct_p50_ms, direct_p95_ms, relay_p50_ms, relay_p95_ms, n (of each).
# shellcheck source=tools/bench/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

build_release -p dialtone -p dialtone-server --bin dialtone --bin dialtone-server
machine
"$RELEASE/dialtone" bench-connect --server-bin "$RELEASE/dialtone-server" ${QUICK:+--times 8} "${REST[@]}"
