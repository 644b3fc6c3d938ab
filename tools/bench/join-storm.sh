#!/usr/bin/env bash
# ./dev bench join-storm: 100 newcomers whose passwords are stretched come in by one invite at the same time, over TLS, and connect; with --quick 16.
# The server is a process of its own, on SQLite with full sync.
# Last line: newcomers, joins_per_s, p50_ms, p99_ms, tries_each (how often an entry was signed), stretch_ms (of a password, before), lost, twice.
# shellcheck source=tools/bench/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

load_bench join-storm
