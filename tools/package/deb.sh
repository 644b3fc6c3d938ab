#!/usr/bin/env bash
# deb.sh OUT [--try]: OUT/dialtone_VERSION_ARCH.deb, with dependencies by what the program links and what its window opens at run time.
# --try: looked at by lintian, installed, started from where it is installed, found by its link, and removed again (as root).
# shellcheck source=tools/package/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

out=$1 try=${2:-}
arch=$(dpkg --print-architecture)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
root=$work/dialtone
stage "$root"

doc=$root/usr/share/doc/dialtone
install -d "$doc"
{
  printf 'Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/\nUpstream-Name: Dialtone\n'
  printf 'Comment: What others made keeps its own licence: see LICENCES.md beside this file.\n\n'
  printf 'Files: *\nCopyright: 2026 The Dialtone developers\nLicense: Expat\n'
  # Its text, without what the lines above say; an empty line is a dot.
  sed -e '1,/^Copyright/d' "$DIALTONE_ROOT/LICENSE" | sed -e '1{/^$/d}' -e 's/^$/./' -e 's/^/ /'
} >"$doc/copyright"
gzip -9 -n <"$DIALTONE_ROOT/assets/LICENCES.md" >"$doc/LICENCES.md.gz"
for licence in "$DIALTONE_ROOT"/assets/fonts/*-OFL.txt; do install -m 644 "$licence" "$doc/"; done
printf 'dialtone (%s) unstable; urgency=medium\n\n  * See CHANGELOG.md in the source.\n\n -- The Dialtone developers <noreply@dialtone.invalid>  %s\n' \
  "$VERSION" "$(date -u -R -d "@$SOURCE_DATE_EPOCH")" | gzip -9 -n >"$doc/changelog.gz"
install -d "$root/usr/share/man/man1"
sed "s/@VERSION@/$VERSION/" "$DIALTONE_ROOT/assets/desktop/dialtone.1" | gzip -9 -n >"$root/usr/share/man/man1/dialtone.1.gz"

# Which versions of which libraries it links; what the window opens by name at run time is named.
mkdir -p "$work/debian"
printf 'Source: dialtone\n\nPackage: dialtone\nArchitecture: any\n' >"$work/debian/control"
linked=$(cd "$work" && dpkg-shlibdeps -O "$root/usr/bin/dialtone" 2>/dev/null | sed -n 's/^shlibs:Depends=//p')
opened='libx11-6, libx11-xcb1, libxcursor1, libxi6, libxkbcommon0, libxkbcommon-x11-0, libgl1, libegl1'

install -d -m 755 "$root/DEBIAN"
cat >"$root/DEBIAN/control" <<TEXT
Package: dialtone
Version: $VERSION
Architecture: $arch
Maintainer: The Dialtone developers <noreply@dialtone.invalid>
Installed-Size: $(du -sk --apparent-size "$root/usr" | cut -f1)
Depends: $linked, $opened
Recommends: xdg-desktop-portal | zenity, libgl1-mesa-dri, fonts-noto-cjk
Section: net
Priority: optional
Description: end-to-end encrypted group text and voice
 Dialtone is a place for a group of people to write and talk, on a server of
 their own. What they say, write and name is end-to-end encrypted: the server
 passes it on, puts it in order and stores it, and cannot read it.
 .
 This is the client, with its window and its commands.
TEXT
(cd "$root" && find usr -type f -print0 | sort -z | xargs -0 md5sum) >"$root/DEBIAN/md5sums"
chmod -R u=rwX,go=rX "$root"
same_times "$root"
package=$out/dialtone_${VERSION}_${arch}.deb
dpkg-deb --root-owner-group -Zxz --build "$root" "$package" >/dev/null
note "$package, $(du -h "$package" | cut -f1)"
[ -n "$try" ] || exit 0

say "trying it"
desktop-file-validate "$root/usr/share/applications/dialtone.desktop"
appstreamcli validate --no-net --pedantic "$root/usr/share/metainfo/$APP_ID.metainfo.xml" || die "the metainfo is not valid"
! have lintian || lintian --allow-root --fail-on error "$package"
as_root=(env)
[ "$(id -u)" -eq 0 ] || as_root=(sudo)
"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -q install -y --no-install-recommends --no-remove "$package" >&2 </dev/null
remove() { "${as_root[@]}" dpkg --purge dialtone >&2; }
trap 'remove; rm -rf "$work"' EXIT
[ "$(command -v dialtone)" = /usr/bin/dialtone ] || die "another dialtone comes before the one that was installed"
note "$(dialtone --version)"
handler=$(XDG_DATA_DIRS=/usr/share xdg-mime query default x-scheme-handler/dialtone 2>/dev/null || true)
[ -z "$handler" ] || [ "$handler" = dialtone.desktop ] || die "links would be opened by $handler"
grep -q 'x-scheme-handler/dialtone=dialtone.desktop' /usr/share/applications/mimeinfo.cache || die "links are not registered"
bash "$DIALTONE_ROOT/tools/package/open_window.sh" /usr/bin/dialtone "$out/deb.png"
