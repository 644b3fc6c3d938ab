#!/usr/bin/env bash
# server-deb.sh OUT [--try]: OUT/dialtone-server_VERSION_ARCH.deb by cargo-deb: the program, its systemd unit (enabled and started), how to host.
# --try: installed on this machine (as root), asked for its version, its unit verified, removed again with its data left alone.
# shellcheck source=tools/package/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

CARGO_DEB=3.8.0
out=$1 try=${2:-}
tools=${XDG_CACHE_HOME:-$HOME/.cache}/dialtone/cargo-deb-$CARGO_DEB
if ! [ -x "$tools/bin/cargo-deb" ]; then
  say "building cargo-deb $CARGO_DEB, which makes the package"
  cargo install cargo-deb --version "$CARGO_DEB" --locked --root "$tools"
fi
package=$out/dialtone-server_${VERSION}_$(dpkg --print-architecture).deb
(cd "$DIALTONE_ROOT" && "$tools/bin/cargo-deb" -p dialtone-server --no-build --strip --output "$package")
note "$package, $(du -h "$package" | cut -f1)"
[ -n "$try" ] || exit 0

say "trying it"
as_root=(env)
[ "$(id -u)" -eq 0 ] || as_root=(sudo)
"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -q install -y --no-install-recommends --no-remove "$package" >&2 </dev/null
trap '"${as_root[@]}" dpkg --purge dialtone-server >&2' EXIT
[ "$(/usr/bin/dialtone-server --version)" = "dialtone-server $VERSION" ] || die "the installed program does not say its version"
! have systemd-analyze || systemd-analyze verify --man=no /usr/lib/systemd/system/dialtone-server.service
python3 "$DIALTONE_ROOT/tools/check/links.py" /usr/share/doc/dialtone-server docs/{HOSTING,SCALING}.md ||
  die "how to host is not in the package, or leads to what is not"
note "installed, looked at, and removed"
