#!/usr/bin/env bash
# ./dev run [--second] [--headless] [--release] [--fresh [--yes]]
#
#   packages -> toolchain -> build -> headless: `dialtone story`, separate processes that write and talk
#                                  -> window:   server (started once) -> link -> `dialtone --profile ... --link ...`
#
# The server that windows share stops when the last window closes. Its state and the profiles lie in
# $XDG_STATE_HOME/dialtone-dev, so that the next run finds everything again.
# shellcheck source=tools/dev/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

who=first headless='' profile=debug build=(--profile dev) fresh='' yes=''
while [ $# -gt 0 ]; do
  case $1 in
    --second) who=second ;;
    --headless) headless=1 ;;
    --release) profile=release build=(--release) ;;
    --fresh) fresh=1 ;;
    --yes) yes=1 ;;
    *) die "run: do not know '$1'; see ./dev help" ;;
  esac
  shift
done
has_display || headless=1

if [ -n "${DIALTONE_BIN_DIR:-}" ]; then
  BIN=$DIALTONE_BIN_DIR
else
  ensure_packages "${PACKAGES_BUILD[@]}"
  [ -n "$headless" ] || ensure_packages "${PACKAGES_WINDOW[@]}"
  ensure_rust
  say "building (the first time takes some minutes)"
  cargo build --locked "${build[@]}" --bin dialtone --bin dialtone-server
  BIN=$CARGO_TARGET_DIR/$profile
fi

if [ -n "$headless" ]; then
  say "a server and its clients, without a display"
  mkdir -p out/headless
  exec "$BIN/dialtone" story --server-bin "$BIN/dialtone-server" --speech assets/speech/echo-test.wav --out out/headless
fi

# shellcheck source=tools/dev/dev_server.sh
source "$DIALTONE_ROOT/tools/dev/dev_server.sh"
[ -z "$fresh" ] || forget_everything "$yes"
open_state
trap close_state EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

start_server "$BIN/dialtone-server"
# Both windows are on this machine: their calls may use its loopback address.
export DIALTONE_LOOPBACK_CALLS=1
window=("$BIN/dialtone" --profile "$STATE/$who")
if ! has_account "$who"; then
  if [ "$who" = first ]; then
    # None where the community has its founder already: the window then asks what to do.
    link=$(founding_link)
  else
    has_account first || die "open the first window with ./dev run, and make its account, before --second"
    link=$("$BIN/dialtone" --profile "$STATE/first" invite 9>&- | grep -m 1 '^dialtone://') ||
      die "the first profile gave no invite; is its window open and unlocked?"
  fi
  [ -z "$link" ] || window+=(--link "$link")
fi
say "opening the $who window (server log: $STATE/server.log)"
# Without the lock's descriptor: a browser that the window starts may outlive it.
"${window[@]}" 9>&-
