#!/usr/bin/env bash
# ./dev package [deb] [appimage] [flatpak] [server-deb] [--out FOLDER] [--try]
#
#   release build -> tools/package/FORMAT.sh -> FOLDER (out/packages)
#
# Without a format: all that can be made here. --try looks at what was made, and at the deb by installing it on this machine.
# shellcheck source=tools/dev/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

formats=() out=$DIALTONE_ROOT/out/packages try=''
while [ $# -gt 0 ]; do
  case $1 in
    deb | appimage | flatpak | server-deb) formats+=("$1") ;;
    --out)
      [ $# -ge 2 ] || die "package: --out needs a folder"
      out=$2
      shift
      ;;
    --try) try=1 ;;
    *) die "package: do not know '$1'; see ./dev help" ;;
  esac
  shift
done
on_linux || die "package: these formats are made on Linux; .github/workflows/packages.yml has those of other systems"
[ ${#formats[@]} -gt 0 ] || formats=(deb appimage flatpak server-deb)

ensure_packages "${PACKAGES_PACKAGE[@]}"
# The window is opened.
[ -z "$try" ] || ensure_packages "${PACKAGES_WINDOW[@]}" "${PACKAGES_DISPLAY[@]}"
if [ -z "${DIALTONE_BIN_DIR:-}" ]; then
  ensure_packages "${PACKAGES_BUILD[@]}"
  ensure_rust
  # Who hosts a server needs no client. The Flatpak is built by itself, with its own libraries.
  programs=()
  case " ${formats[*]} " in *" deb "* | *" appimage "*) programs+=(--bin dialtone) ;; esac
  case " ${formats[*]} " in *" server-deb "*) programs+=(--bin dialtone-server) ;; esac
  if [ ${#programs[@]} -gt 0 ]; then
    say "building for release"
    cargo build --locked --release "${programs[@]}"
  fi
  DIALTONE_BIN_DIR=$CARGO_TARGET_DIR/release
fi
export DIALTONE_BIN_DIR
mkdir -p "$out"
out=$(cd "$out" && pwd)
for format in "${formats[@]}"; do
  say "$format"
  bash "$DIALTONE_ROOT/tools/package/$format.sh" "$out" ${try:+--try}
done
