#!/usr/bin/env bash
# ./dev bench gui: the real window under a virtual display (software GL), on a profile of 20 channels and 100,000 messages that went through a
# real server. Some minutes, most of them for writing; with --quick 10,000 messages and a rest of 10 s.
# Last line: first_frame_ms (process start until the newest messages of the channel that was open last are painted, where a keyring opens the profile: one of the
# benchmark's own, so without what a keyring's process takes), first_frame_password_ms (the same where the password does), unlock_screen_ms (until that can be
# typed: what is between them is mostly its stretching, which is slow on purpose), scroll_p99_ms (processor time of the window's thread
# from the input of one frame to that of the next), scroll_by_clock_p99_ms (of a frame by the clock, without waiting for the display; GL in software draws the frame before
# meanwhile, on the same cores), idle_cpu_percent and idle_frames (of the rest; percent of one core), call_cpu_percent, rss_mb (after all steps but the call),
# rss_opened_mb (channel open, nothing done yet), rss_above_empty_window_mb, search_ms (the slowest of six), search_first_ms (with reading what is stored).
# shellcheck source=tools/bench/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

on_linux || give_up "needs Linux, whose accounting of processes it reads"
build_release -p dialtone -p dialtone-server --bin dialtone --bin dialtone-server
ensure_packages "${PACKAGES_WINDOW[@]}" "${PACKAGES_DISPLAY[@]}"
machine
./dev testbed --with display -- "$RELEASE/dialtone" bench-gui --server-bin "$RELEASE/dialtone-server" \
  ${QUICK:+--messages 10000 --rest 10} "${REST[@]}"
