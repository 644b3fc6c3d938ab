# shellcheck shell=bash
# What every verb shares: where things lie, how to speak, how to install what is missing. Sourced, never run.
set -euo pipefail

DIALTONE_ROOT=${DIALTONE_ROOT:-$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)}
DIALTONE_CACHE=${DIALTONE_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/dialtone}
CARGO_TARGET_DIR=${CARGO_TARGET_DIR:-$DIALTONE_CACHE/target}
export DIALTONE_ROOT DIALTONE_CACHE CARGO_TARGET_DIR
export CARGO_TERM_COLOR=${CARGO_TERM_COLOR:-auto}
[ -z "${CI:-}" ] || export CARGO_INCREMENTAL=0
[ -d "$HOME/.cargo/bin" ] && PATH=$HOME/.cargo/bin:$PATH

say() { printf '\n== %(%H:%M:%S)T %s\n' -1 "$*" >&2; }
note() { printf '   %s\n' "$*" >&2; }
die() {
  printf 'dev: %s\n' "$*" >&2
  exit 1
}

on_linux() { [ "$(uname -s)" = Linux ]; }
have() { command -v "$1" >/dev/null 2>&1; }
has_display() { ! on_linux || [ -n "${DISPLAY:-}${WAYLAND_DISPLAY:-}" ]; }

# shellcheck source=tools/dev/packages.sh
source "$DIALTONE_ROOT/tools/dev/packages.sh"
# shellcheck source=tools/dev/rust.sh
source "$DIALTONE_ROOT/tools/dev/rust.sh"
