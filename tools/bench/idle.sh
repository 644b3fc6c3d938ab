#!/usr/bin/env bash
# ./dev bench idle: as many connections as files may be open, less 500 (at most 19,500), that do nothing, plain and over TLS, spread over 127.0.0.0/8; with --quick 500.
# The server is a process of its own, on SQLite with full sync.
# Last line: connections, kb_per_connection_plain, kb_per_connection_tls (growth of the server's resident memory, for each), server_rss_mb_at_rest, start_ms
# (until it serves, median of five starts on a folder that has its keys).
# shellcheck source=tools/bench/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

load_bench idle
