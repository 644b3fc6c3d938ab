#!/usr/bin/env bash
# ./dev testbed [--with PART,PART...] -- COMMAND...
#
# Runs COMMAND with private services around it: a Postgres, a sound server, a display, an accessibility bus and a
# Python with what the tools need.    All of them live in one temporary folder, listen on this machine only, and are
# stopped when COMMAND ends, however it ends. What COMMAND finds in its environment is listed in TESTING.md.
#
#   start each part (testbed/PART.sh, start_PART) -> COMMAND -> stop in reverse order -> remove the folder
# shellcheck source=tools/dev/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

PARTS=(postgres pulse display atspi python)
while [ $# -gt 0 ]; do
  case $1 in
    --with)
      IFS=, read -r -a PARTS <<<"${2:?--with needs a list of parts}"
      shift 2
      ;;
    --)
      shift
      break
      ;;
    *) die "testbed: do not know '$1'; usage: ./dev testbed [--with postgres,pulse,display,atspi,python,mos] -- COMMAND..." ;;
  esac
done
[ $# -gt 0 ] || die "testbed: which command? ./dev testbed -- COMMAND..."
on_linux || die "the testbed needs Linux; on other systems run cargo test"

for part in "${PARTS[@]}"; do
  [ -f "$DIALTONE_ROOT/tools/dev/testbed/$part.sh" ] || die "testbed: there is no part '$part'"
  # shellcheck source=/dev/null
  source "$DIALTONE_ROOT/tools/dev/testbed/$part.sh"
done

BED=$(mktemp -d "${TMPDIR:-/tmp}/dialtone-testbed.XXXXXX")
# The database runs as another user when we are root; everything private in here has its own narrower mode.
chmod 711 "$BED"
STOPPERS=() # functions to call at the end, last started first
COMMAND_PID=

# Ends the command's whole process group: politely, then not.
stop_command() {
  # In front of a terminal it wrote its number down.
  [ -n "$COMMAND_PID" ] || COMMAND_PID=$(cat "$BED/command" 2>/dev/null) || return 0
  kill -TERM -- "-$COMMAND_PID" 2>/dev/null || return 0
  for _ in $(seq 50); do
    kill -0 -- "-$COMMAND_PID" 2>/dev/null || return 0
    sleep 0.1
  done
  kill -KILL -- "-$COMMAND_PID" 2>/dev/null || true
}

stop_all() {
  local status=$? index
  trap - EXIT
  trap '' INT TERM HUP
  stop_command
  for ((index = ${#STOPPERS[@]} - 1; index >= 0; index--)); do
    "${STOPPERS[$index]}" || true
  done
  rm -rf "$BED"
  exit "$status"
}
trap stop_all EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

# wait_for SECONDS COMMAND...: polls until COMMAND succeeds.
wait_for() {
  local tries=$(($1 * 20))
  shift
  for ((; tries > 0; tries--)); do
    "$@" >/dev/null 2>&1 && return 0
    sleep 0.05
  done
  return 1
}

# stop_process PID: ends one process that the testbed started.
stop_process() {
  kill -TERM "$1" 2>/dev/null || return 0
  wait_for 3 process_gone "$1" || kill -KILL "$1" 2>/dev/null || true
  wait "$1" 2>/dev/null || true
}
process_gone() { ! kill -0 "$1" 2>/dev/null || grep -q '^State:[[:space:]]*Z' "/proc/$1/status" 2>/dev/null; }

XDG_RUNTIME_DIR=$BED/run
mkdir -m 700 "$XDG_RUNTIME_DIR"
DIALTONE_TEST_OUT=${DIALTONE_TEST_OUT:-$DIALTONE_ROOT/out/test}
mkdir -p "$DIALTONE_TEST_OUT"
export XDG_RUNTIME_DIR DIALTONE_TEST_OUT
unset WAYLAND_DISPLAY

for part in "${PARTS[@]}"; do "start_$part"; done

# A process group of its own, which stop_all can end as a whole. In a terminal it stays in front, so that it can be typed to
# and Ctrl-C is for all of it; it writes down its number, because the shell tells that of jobs in the background alone.
status=0
set -m
if [ -t 0 ]; then
  bash -c 'echo "$$" >"$0" && exec "$@"' "$BED/command" "$@" || status=$?
  set +m
else
  "$@" <&0 &
  COMMAND_PID=$!
  set +m
  wait "$COMMAND_PID" || status=$?
fi
# What it left running goes with the rest.
[ "$status" -eq 0 ] || exit "$status"
