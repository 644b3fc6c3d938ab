#!/usr/bin/env bash
# ./dev bench resume: one client connects over TLS after 10,000 messages that it missed.
# The server is a process of its own, on SQLite with full sync.
# Last line: messages, ms (until the last one is there, median of seven), lost.
# shellcheck source=tools/bench/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

on_linux || give_up "needs Linux, whose accounting of processes it reads"
build_release -p dialtone-server -p dialtone-load
# Each client is one descriptor here and one at the server.
ulimit -n "$(ulimit -H -n)" 2>/dev/null || true
machine
"$RELEASE/dialtone-load" resume --server-bin "$RELEASE/dialtone-server" ${QUICK:+--quick} "${REST[@]}"
