#!/usr/bin/env bash
# ./dev bench relay: how many streams of voice one core of the server forwards, what the relay adds to a packet's way, and what is lost.
# The relay is a process of its own; its processor time and memory are what the operating system accounts to it.
# Last line: streams_per_core, us_per_packet, p99_added_ms, loss_percent, kb_per_participant, rows.
# shellcheck source=tools/bench/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

build_release -p dialtone-server --example relay_bench
machine
"$RELEASE/examples/relay_bench" ${QUICK:+--quick} "${REST[@]}"
