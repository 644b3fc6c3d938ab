# shellcheck shell=bash
# The development server that the windows of ./dev run share, and its state folder. Sourced by run.sh.
#
# One lock, $STATE/starting, is held for as long as the server is started. Every run holds a shared lock on $STATE/windows while it lives. Whoever ends last gets that lock alone, and stops the
# server. No window counts on another one's ending well.

STATE=${DIALTONE_DEV_STATE:-${XDG_STATE_HOME:-$HOME/.local/state}/dialtone-dev}

server_pid() {
  local pid
  pid=$(cat "$STATE/server.pid" 2>/dev/null) || return 1
  # A number from before a reboot may be somebody else's now.
  kill -0 "$pid" 2>/dev/null && ps -p "$pid" -o args= | grep -q dialtone-server && printf '%s\n' "$pid"
}

forget_everything() {
  local answer=$1
  [ -e "$STATE" ] || return 0
  if server_pid >/dev/null; then die "a development server is running: close its windows first"; fi
  if [ -z "$answer" ]; then
    [ -t 0 ] || die "--fresh deletes $STATE; say --yes too where nobody can be asked"
    read -r -p "Delete the development server, its accounts and messages ($STATE)? [y/N] " answer
    [ "$answer" = y ] || [ "$answer" = Y ] || die "nothing was deleted"
  fi
  rm -rf "$STATE"
}

open_state() {
  mkdir -p "$STATE"
  chmod 700 "$STATE"
  if have flock; then
    exec 9>"$STATE/windows"
    # Held alone only while the last window stops the server.
    flock -w 60 -s 9 ||
      die "another ./dev run has been stopping the server for a minute; end it, or see $STATE/server.log"
  fi
}

close_state() {
  local pid
  # Somebody else's shared lock is in the way of ours alone: then the server stays.
  if have flock && ! flock -n -x 9; then return 0; fi
  pid=$(server_pid) || return 0
  note "the last window is closed: stopping the server"
  kill -TERM "$pid" 2>/dev/null || true
  for _ in $(seq 100); do
    kill -0 "$pid" 2>/dev/null || break
    sleep 0.1
  done
  rm -f "$STATE/server.pid"
}

server_answers() { grep -q '^Listening at' "$STATE/server.log"; }

# The port is kept, because links and profiles name it; the first time it is the usual one, or the next that is free.
# On this machine only: a server that is being worked on is nobody else's business.
server_address() {
  local port
  if [ ! -s "$STATE/port" ]; then
    port=7440
    while port_taken "$port"; do port=$((port + 1)); done
    echo "$port" >"$STATE/port"
  fi
  port=$(cat "$STATE/port")
  ! port_taken "$port" ||
    die "port $port of this machine, which the development server's links name, is taken by another program; end that, \
or start over with ./dev run --fresh"
  printf '127.0.0.1:%s\n' "$port"
}

port_taken() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

# One run at a time looks for the server and starts it: two first runs at once must not both.
start_server() {
  if ! have flock; then
    start_server_alone "$1"
    return
  fi
  exec 8>"$STATE/starting"
  flock -w 60 8 || die "another ./dev run has been starting the server for a minute; end it, or see $STATE/server.log"
  start_server_alone "$1"
  exec 8>&-
}

start_server_alone() {
  local binary=$1 address detach=(env)
  server_pid >/dev/null && return 0
  # A session of its own: Ctrl-C in this terminal is for this window, not for the server of all.
  have setsid && detach=(setsid)
  address=$(server_address)
  : >"$STATE/server.log"
  "${detach[@]}" "$binary" --data-dir "$STATE/server" --listen "$address" --public-addr "$address" \
    >"$STATE/server.log" 2>&1 </dev/null 8>&- 9>&- &
  echo "$!" >"$STATE/server.pid"
  for _ in $(seq 300); do
    server_pid >/dev/null || die "the server did not start: $(tail -n 5 "$STATE/server.log")"
    if server_answers; then break; fi
    sleep 0.1
  done
  server_answers || die "the server said nothing for 30 s; its log is $STATE/server.log"
}

# The link printed on an empty roster; nothing where the community has its founder.
founding_link() {
  for _ in $(seq 30); do
    grep -m 1 '^dialtone://' "$STATE/server.log" && return 0
    sleep 0.1
  done
  return 0
}

# Whether the profile got as far as an account: only then is there a keystore.
has_account() { [ -n "$(find "$STATE/$1" -name '*keystore*' -type f 2>/dev/null | head -n 1)" ]; }
