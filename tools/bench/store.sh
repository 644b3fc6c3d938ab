#!/usr/bin/env bash
# ./dev bench store: messages a second that are stored for good and acknowledged, by 512 clients that send over plain sockets and read nothing but their
# answers; on SQLite (WAL, synchronous FULL) and on a Postgres of the measurement's own (fsync and synchronous_commit on), beside what the disk does.
# Last line: postgres_msgs_per_s, sqlite_msgs_per_s, disk_fdatasync_per_s (of 4 KiB each), and the server's processor time for a message.
# shellcheck source=tools/bench/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

on_linux || give_up "needs Linux, whose accounting of processes it reads"
build_release -p dialtone-server -p dialtone-load
ulimit -n "$(ulimit -H -n)" 2>/dev/null || true
machine
DIALTONE_TESTBED_DURABLE=1 ./dev testbed --with postgres -- "$RELEASE/dialtone-load" store --server-bin "$RELEASE/dialtone-server" \
  --postgres-from DIALTONE_TEST_POSTGRES_URL ${QUICK:+--quick} "${REST[@]}"
