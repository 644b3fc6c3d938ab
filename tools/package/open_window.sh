#!/usr/bin/env bash
# open_window.sh PROGRAM PICTURE: starts the program in a new profile on a display of its own, and takes a picture of its window.
# shellcheck source=tools/dev/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/../dev/common.sh"

program=$1 picture=$2
have Xvfb || {
  note "there is no Xvfb: the window was not opened"
  exit 0
}
profile=$(mktemp -d)
shown=$profile/display
Xvfb -displayfd 3 -screen 0 1280x800x24 3>"$shown" >/dev/null 2>&1 &
server=$!
trap 'kill "$window" "$server" 2>/dev/null || true; wait 2>/dev/null || true; rm -rf "$profile"' EXIT
for _ in $(seq 100); do
  [ -s "$shown" ] && break
  sleep 0.1
done
DISPLAY=:$(cat "$shown") WAYLAND_DISPLAY='' "$program" --profile "$profile/profile" >"$profile/log" 2>&1 &
window=$!
export DISPLAY
DISPLAY=:$(cat "$shown")
for _ in $(seq 300); do
  kill -0 "$window" 2>/dev/null || die "the program ended: $(tail -n 5 "$profile/log")"
  xdotool search --onlyvisible --name '^Dialtone' >/dev/null 2>&1 && break
  sleep 0.1
done
xdotool search --onlyvisible --name '^Dialtone' >/dev/null || die "no window came"
# Until something is painted: a picture of more than one colour, twice the same.
before='' now=''
for _ in $(seq 100); do
  import -window root "$picture"
  now=$(identify -format '%k %#' "$picture")
  [ "${now%% *}" -gt 8 ] && [ "$now" = "$before" ] && break
  before=$now
  sleep 0.2
done
[ "${now%% *}" -gt 8 ] || die "the window stays empty"
note "its window: $picture"
