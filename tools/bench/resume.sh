#!/usr/bin/env bash
# ./dev bench resume: one client connects over TLS after 10,000 messages that it missed.
# The server is a process of its own, on SQLite with full sync.
# Last line: messages, ms (until the last one is there, median of seven), lost.
# shellcheck source=tools/bench/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

load_bench resume
