#!/usr/bin/env bash
# ./dev bench rekey: how soon after a removal stands in the member list the keys are others, with other clients connected.
# Last line: removals, clients, rekey_p50_ms, rekey_max_ms.
# shellcheck source=tools/bench/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

build_release -p dialtone-server -p dialtone
machine
DIALTONE_BIN_DIR=$RELEASE python3 tools/bench/rekey.py ${QUICK:+--quick} "${REST[@]}"
