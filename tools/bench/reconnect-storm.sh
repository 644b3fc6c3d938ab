#!/usr/bin/env bash
# ./dev bench reconnect-storm: 5,000 clients of a server that was killed come back at the same time (1,000 are on their way at a time), each for 50 messages that it missed; with --quick 300.
# The server is a process of its own, on SQLite with full sync.
# Last line: clients, caught_up_s (all of them), lost, server_cpu_s.
# shellcheck source=tools/bench/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

load_bench reconnect-storm
