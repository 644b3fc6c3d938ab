#!/usr/bin/env bash
# ./dev bench slow-readers: 200 clients over TLS; one in ten reads nothing, or a frame every 50 ms, while the others write 250 messages a second, 12,000 in all. The
# slow ones are let go, come back from where they were, and need to have everything. The same is run without them before. With --quick 50 clients, and 1,000 messages a second.
# The server is a process of its own, on SQLite with full sync.
# Last line: p99_ms and p99_ms_without_slow (of the quick ones), cut, resumed_events, server_grew_mb, lost, twice, out_of_order.
# shellcheck source=tools/bench/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

load_bench slow-readers
