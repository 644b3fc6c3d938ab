#!/usr/bin/env bash
# ./dev bench call-100: one relayed call of 103 through a real server: 97 listeners that open and verify all that comes, without sound,
# and 3 talkers and 3 listeners with whole chains. Everyone is to hear all three. Ends within 14 minutes; 12 of the 97 with --quick (a minute).
# Last line: heard_all_percent, relay_cpu_percent (the relay's thread), server_cpu_percent (the server's process), client_cpu_percent (mean
# of the whole clients' processes), light_cpu_percent, machine_busy_percent (all of one core), worst_stoi, opened_percent_worst.
# shellcheck source=tools/bench/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
# shellcheck source=tools/dev/testbed/python.sh
source "$DIALTONE_ROOT/tools/dev/testbed/python.sh"

on_linux || give_up "needs Linux, whose accounting of processes and threads it reads"
build_release -p dialtone -p dialtone-server --bin dialtone --bin dialtone-server
start_python
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
# A hundred clients in one process.
ulimit -n "$(ulimit -H -n)" 2>/dev/null || true
machine
TMPDIR=$folder "$RELEASE/dialtone" bench-call-100 --server-bin "$RELEASE/dialtone-server" --speech "$DIALTONE_ROOT/assets/speech" \
  --out "$folder/heard" ${QUICK:+--light 12} "${REST[@]}"
"$DIALTONE_PYTHON" tools/bench/call_100.py "$folder/heard"
