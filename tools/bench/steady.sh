#!/usr/bin/env bash
# ./dev bench steady: 500 clients over TLS write by turns at an even pace, 10,000 deliveries a second for a minute; with --quick 100 for 10 s.
# The server is a process of its own, on SQLite with full sync.
# Last line: clients, messages, messages_per_s, deliveries, p50_ms, p99_ms, worst_ms (from sending to reading), lost, twice, out_of_order.
# shellcheck source=tools/bench/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

load_bench steady
