# shellcheck shell=bash
# What the benchmarks share. Sourced: reads --quick, leaves the other arguments in REST.
# shellcheck source=tools/dev/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/../dev/common.sh"

# shellcheck disable=SC2034  # read by the benchmarks
QUICK='' REST=()
for word in "$@"; do
  # shellcheck disable=SC2034
  if [ "$word" = --quick ]; then QUICK=1; else REST+=("$word"); fi
done
# shellcheck disable=SC2034  # read by the benchmarks
RELEASE=$CARGO_TARGET_DIR/release

# give_up WHY: the last line of a benchmark that cannot run here.
give_up() {
  python3 -c 'import json, sys; print(json.dumps({"error": sys.argv[1]}))' "$*"
  exit 1
}

# build_release CARGO-ARGUMENTS...
build_release() {
  ensure_packages "${PACKAGES_BUILD[@]}" python3
  ensure_rust
  say "building in release: $*"
  cargo build --release --locked "$@" >&2 || give_up "the release build failed: cargo build --release --locked $*"
}

# machine: one line for people on what the figures were measured.
machine() {
  printf 'machine: %s, %s cores, %s, commit %s\n' \
    "$(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo 2>/dev/null | head -n 1)" "$(nproc)" "$(uname -sr)" \
    "$(git rev-parse --short HEAD 2>/dev/null || echo unknown)"
  printf 'load before: %s\n' "$(cut -d ' ' -f 1-3 /proc/loadavg 2>/dev/null)"
}

# load_bench NAME ARGUMENTS...: a measurement by dialtone-load on a server in a process of its own.
load_bench() {
  on_linux || give_up "needs Linux, whose accounting of processes it reads"
  build_release -p dialtone-server -p dialtone-load
  # Each client is one descriptor here and one at the server.
  ulimit -n "$(ulimit -H -n)" 2>/dev/null || true
  machine
  "${LOAD_IN[@]}" "$RELEASE/dialtone-load" "$1" --server-bin "$RELEASE/dialtone-server" ${QUICK:+--quick} "${@:2}" "${REST[@]}"
}
# What it runs in, if in anything.
LOAD_IN=()
