#!/usr/bin/env bash
# ./dev bench burst: 500 clients over TLS are quiet for a second, then all of them write at the same time; ten times. With --quick 100 clients, three times.
# The server is a process of its own, on SQLite with full sync.
# Last line: clients, rounds, p50_ms, p99_ms (medians of the bursts), worst_ms, all_delivered_ms (until everybody has all of a burst), lost, twice, out_of_order.
# shellcheck source=tools/bench/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

load_bench burst
