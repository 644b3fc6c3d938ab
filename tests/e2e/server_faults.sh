#!/usr/bin/env bash
# Clients write while something goes wrong again and again: every acknowledged message is there once, in order, sessions live, and whoever
# cannot be served is told so.
#
#   server_faults.sh [FAULT...]     all of them, if none is named:
#
#   kill-sqlite, kill-postgres   the server is killed
#   restart                      Postgres is ended at once and started again
#   cut                          nothing gets through to Postgres for some seconds
#   disk                         the disk of the server's data is full
#   clock                        the server's clock is set, forward and back by hours
#   instances                    one of three instances is killed, stands still, or is cut from NATS or from Postgres alone, or NATS is gone
#   clocks-apart                 the same while the clock of one of them is an hour off
#   vanish                       clients stand still, or end without a word
#
# DIALTONE_FAULT_TIMES says how often each of them strikes (3), DIALTONE_SEED when.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

: "${DIALTONE_BIN_DIR:?is not set: run it through ./dev test}"
: "${DIALTONE_TEST_POSTGRES_URL:?there is no Postgres: run it through ./dev test}"
: "${DIALTONE_TEST_POSTGRES_RESTART:?there is no Postgres: run it through ./dev test}"
times=${DIALTONE_FAULT_TIMES:-3}
seed=${DIALTONE_SEED:-$RANDOM}
work=$(mktemp -d)
databases=()
skipped=()

sql() { psql --no-psqlrc --quiet -v ON_ERROR_STOP=1 -c "$1" "$DIALTONE_TEST_POSTGRES_URL" >/dev/null; }
waiting=
end() {
  local database
  [ -z "${waiting:-}" ] || kill "$waiting" 2>/dev/null || true
  for database in "${databases[@]}"; do sql "DROP DATABASE IF EXISTS $database WITH (FORCE)" || true; done
  rm -rf "$work"
}
trap end EXIT

load() {
  "${within[@]}" "$DIALTONE_BIN_DIR/dialtone-load" faults "$@" --server-bin "$DIALTONE_BIN_DIR/dialtone-server" \
    --seed "$seed" --times "$times"
}
within=()

# on_postgres FAULT...: on a database of its own.
on_postgres() {
  local database=dialtone_faults_$$_${#databases[@]}
  sql "CREATE DATABASE $database"
  databases+=("$database")
  DIALTONE_FAULT_POSTGRES="${DIALTONE_TEST_POSTGRES_URL%/*}/$database" load "$@" --postgres-from DIALTONE_FAULT_POSTGRES
}

# A disk of 96 MiB in memory, three times what the database writes before it tidies up, which only what is run on it sees: as root of a
# namespace of one's own, or as the machine's. Where neither may mount one, it is skipped and counted so: a bound on the length of files
# (ulimit -f) would be another fault, which the server is told of in other words.
on_small_disk() {
  local whose
  for whose in own machine; do
    within=(unshare --mount)
    [ "$whose" = machine ] || within+=(--user --map-root-user)
    # shellcheck disable=SC2016  # read by the inner shell
    within+=(bash -c 'mount -t tmpfs -o size=96m dialtone-faults "$0" && exec "$@"' "$work")
    if "${within[@]}" true 2>>"$work/why"; then
      load "$@" --data "$work"
      within=()
      return
    fi
  done
  within=()
  # As tools/dev/tally.py counts it.
  echo "skipped: disk, since this system lets nobody mount a disk in memory ($(paste --serial --delimiters=';' "$work/why"))"
  skipped+=(disk)
}

# Where the package has put it.
clock_library() {
  dpkg-query --listfiles libfaketime | grep '/libfaketimeMT\.so\.1$'
}

one() {
  echo "== $1, seed $seed"
  case $1 in
    kill-sqlite) load kill ;;
    kill-postgres) on_postgres kill ;;
    restart) on_postgres restart --restart-from DIALTONE_TEST_POSTGRES_RESTART ;;
    cut) on_postgres cut ;;
    disk) on_small_disk disk ;;
    clock) load clock --clock-library "$(clock_library)" ;;
    instances) on_postgres instances ;;
    clocks-apart) on_postgres instances --clock-library "$(clock_library)" ;;
    # What stands still is let go after a minute and a half, and that is the same each time.
    vanish) times=$((times < 3 ? 1 : times / 3)) load vanish --clients "${DIALTONE_FAULT_CLIENTS:-60}" ;;
    *)
      echo "there is no fault \"$1\"" >&2
      return 2
      ;;
  esac
}

[ $# -gt 0 ] || set -- kill-sqlite kill-postgres restart cut disk clock instances clocks-apart vanish
ulimit -n "$(ulimit -H -n)" 2>/dev/null || true
# Beside the others, since it is mostly waiting.
for fault in "$@"; do
  if [ "$fault" = vanish ] && [ $# -gt 1 ]; then
    one vanish >"$work/vanish" 2>&1 &
    waiting=$!
  fi
done
for fault in "$@"; do
  if [ "$fault" != vanish ] || [ -z "$waiting" ]; then one "$fault"; fi
done
if [ -n "$waiting" ]; then
  status=0
  wait "$waiting" || status=$?
  cat "$work/vanish"
  [ "$status" -eq 0 ] || exit "$status"
fi
echo "All was as it should be: ${*} (seed $seed)${skipped:+, but for what was skipped: ${skipped[*]}}."
