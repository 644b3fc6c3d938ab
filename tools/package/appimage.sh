#!/usr/bin/env bash
# appimage.sh OUT [--try]: OUT/Dialtone.AppDir, and OUT/Dialtone-VERSION-ARCH.AppImage where the small program that mounts it is at hand:
# DIALTONE_APPIMAGE_RUNTIME names that file (github.com/AppImage/type2-runtime), or appimagetool is installed, which fetches it.
# shellcheck source=tools/package/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

out=$1 try=${2:-}
arch=$(uname -m)
tree=$out/Dialtone.AppDir
rm -rf "$tree"
stage "$tree"
cp "$tree/usr/share/applications/dialtone.desktop" "$tree/dialtone.desktop"
cp "$tree/usr/share/icons/hicolor/256x256/apps/dialtone.png" "$tree/dialtone.png"
ln -s dialtone.png "$tree/.DirIcon"
# Whoever starts the program again, as at login, is to start this file and not what it was mounted as.
cat >"$tree/AppRun" <<'TEXT'
#!/bin/sh
here=$(dirname "$(readlink -f "$0")")
exec "$here/usr/bin/dialtone" "$@"
TEXT
chmod 755 "$tree/AppRun"
same_times "$tree"
note "$tree"
image=$out/Dialtone-$VERSION-$arch.AppImage
if [ -n "${DIALTONE_APPIMAGE_RUNTIME:-}" ]; then
  rm -f "$image.squashfs"
  # Older runtimes read no other compression.
  mksquashfs "$tree" "$image.squashfs" -root-owned -noappend -quiet -no-progress -comp gzip
  cat "$DIALTONE_APPIMAGE_RUNTIME" "$image.squashfs" >"$image"
  rm -f "$image.squashfs"
  chmod 755 "$image"
  note "$image, $(du -h "$image" | cut -f1)"
elif have appimagetool; then
  ARCH=$arch appimagetool --no-appstream "$tree" "$image"
  note "$image, $(du -h "$image" | cut -f1)"
else
  note "no AppImage: name the runtime by DIALTONE_APPIMAGE_RUNTIME, or install appimagetool; the folder runs as it is (AppRun)"
fi
[ -n "$try" ] || exit 0

say "trying it"
run=$tree/AppRun
if [ -x "$image" ]; then
  run=$image
  # Without FUSE the runtime unpacks what it cannot mount.
  "$run" --version || export APPIMAGE_EXTRACT_AND_RUN=1
fi
"$run" --version
bash "$DIALTONE_ROOT/tools/package/open_window.sh" "$run" "$out/appimage.png"
