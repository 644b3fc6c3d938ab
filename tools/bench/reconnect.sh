#!/usr/bin/env bash
# ./dev bench reconnect: how long a call is silent after faults: another network, no network, no UDP, a server that is started again, a
# client that was stopped as sleep does. A real server and two real clients, one of them behind a user-space network with faults; relayed,
# then direct. About 5 minutes; shorter faults with --quick.
# Last line: rows of fault, silence_s.
# shellcheck source=tools/bench/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

on_linux || give_up "needs Linux: another loopback address stands for the other network"
build_release -p dialtone -p dialtone-server --bin dialtone --bin dialtone-server
machine
"$RELEASE/dialtone" bench-reconnect --server-bin "$RELEASE/dialtone-server" ${QUICK:+--quick} "${REST[@]}"
