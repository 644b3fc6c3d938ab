#!/usr/bin/env bash
# ./dev bench big-history: a channel of 100,000 messages is paged back through from its end, 200 at a time over TLS, and caught up with over the socket; with --quick 10,000.
# The server is a process of its own, on SQLite with full sync.
# Last line: messages, messages_per_s, page_p50_ms, page_p99_ms, resume_messages_per_s, server_rss_mb_most, lost, twice, out_of_order.
# shellcheck source=tools/bench/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

load_bench big-history
