#!/usr/bin/env bash
# ./dev bench fanout: 100, 500 and 2,000 clients on one server, plain and over TLS, one who sends and all who send: deliveries a second, processor time for each, delay, what was lost.
# The server is a process of its own; its processor time is what the operating system accounts to it.
# Last line: rows, clients, deliveries_per_s, cpu_us_per_delivery, p50_ms, p99_ms, lost, kb_per_idle_connection.
# shellcheck source=tools/bench/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

load_bench fanout
