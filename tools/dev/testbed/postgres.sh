# shellcheck shell=bash
# A Postgres of our own: temporary folder, free port, loopback only, no fsync (its data dies with the testbed), unless
# DIALTONE_TESTBED_DURABLE is set: measurements are to see what a disk costs.
# Gives DIALTONE_TEST_POSTGRES_URL, whose user may create databases, and DIALTONE_TEST_POSTGRES_RESTART, a program that ends it at
# once, as a crash does, and starts it again. Sourced by testbed.sh.
# With it what several instances of a server on it talk through, which tests start by themselves.
ensure_packages "${PACKAGES_POSTGRES[@]}" "${PACKAGES_NATS[@]}"
have nats-server || PATH=$PATH:/usr/sbin

# Prefers the distribution's versioned folders: what lies on PATH may be a wrapper.
postgres_bin() {
  local found
  # shellcheck disable=SC2012  # version numbers, no odd names
  found=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -n 1)
  [ -n "$found" ] || found=$(pg_config --bindir 2>/dev/null || true)
  [ -x "$found/initdb" ] || found=$(dirname "$(command -v initdb || echo /nowhere/initdb)")
  [ -x "$found/initdb" ] || die "no initdb found; is the postgresql server installed?"
  printf '%s\n' "$found"
}

# Postgres refuses to run as root.
as_postgres() {
  if [ "$(id -u)" -eq 0 ]; then runuser -u postgres -- "$@"; else "$@"; fi
}

free_port() {
  /usr/bin/env python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

start_postgres() {
  PG_BIN=$(postgres_bin)
  PG_DIR=$BED/postgres
  local try port careless=(-c fsync=off -c synchronous_commit=off -c full_page_writes=off)
  [ -z "${DIALTONE_TESTBED_DURABLE:-}" ] || careless=()
  mkdir -m 700 "$PG_DIR"
  [ "$(id -u)" -ne 0 ] || chown postgres "$PG_DIR"
  (cd "$PG_DIR" && as_postgres "$PG_BIN/initdb" -D "$PG_DIR/data" -A trust -U postgres -E UTF8 --locale=C --no-sync \
    --no-instructions >"$BED/initdb.log" 2>&1) || die "initdb failed: $(tail -n 3 "$BED/initdb.log")"
  STOPPERS+=(stop_postgres)
  for try in 1 2 3; do
    port=$(free_port)
    if (cd "$PG_DIR" && as_postgres "$PG_BIN/pg_ctl" -D "$PG_DIR/data" -w -t 30 -l "$PG_DIR/log" -o "-p $port \
      -c listen_addresses=127.0.0.1 -k $PG_DIR ${careless[*]} -c max_connections=200" start >"$BED/pg_ctl.log" 2>&1); then
      export DIALTONE_TEST_POSTGRES_URL="postgres://postgres@127.0.0.1:$port/postgres"
      write_postgres_restart
      return 0
    fi
    note "postgres did not start on port $port (try $try)"
  done
  die "postgres did not start: $(as_postgres tail -n 3 "$PG_DIR/log")"
}

# With the options of its start, which pg_ctl has written down.
write_postgres_restart() {
  export DIALTONE_TEST_POSTGRES_RESTART=$BED/postgres-restart
  {
    printf '#!/usr/bin/env bash\nset -euo pipefail\n'
    declare -f as_postgres
    printf 'cd %q\n' "$PG_DIR"
    printf 'as_postgres %q -D %q -w -t 60 -l %q -m immediate restart >/dev/null\n' "$PG_BIN/pg_ctl" "$PG_DIR/data" "$PG_DIR/log"
  } >"$DIALTONE_TEST_POSTGRES_RESTART"
  chmod 755 "$DIALTONE_TEST_POSTGRES_RESTART"
}

stop_postgres() {
  (cd "$PG_DIR" && as_postgres "$PG_BIN/pg_ctl" -D "$PG_DIR/data" -m immediate -w -t 10 stop >/dev/null 2>&1)
}
