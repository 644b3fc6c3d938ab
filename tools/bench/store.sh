#!/usr/bin/env bash
# ./dev bench store: messages a second that are stored for good and acknowledged, by 512 clients that send over plain sockets and read nothing but their
# answers; on SQLite (WAL, synchronous FULL) and on a Postgres of the measurement's own (fsync and synchronous_commit on), beside what the disk does.
# Last line: postgres_msgs_per_s, sqlite_msgs_per_s, disk_fdatasync_per_s (of 4 KiB each), and the server's processor time for a message.
# shellcheck source=tools/bench/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

LOAD_IN=(env DIALTONE_TESTBED_DURABLE=1 ./dev testbed --with postgres --)
load_bench store --postgres-from DIALTONE_TEST_POSTGRES_URL
