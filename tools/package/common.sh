# shellcheck shell=bash
# What all packages have in common: version, date, and the tree that is installed. Sourced.
# shellcheck source=tools/dev/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/../dev/common.sh"

# The id that Flatpak and AppStream know the program by.
APP_ID=chat.dialtone.Dialtone
VERSION=$(sed -n 's/^version *= *"\(.*\)"/\1/p' "$DIALTONE_ROOT/Cargo.toml" | head -n 1)
# Packages of one commit are the same to the byte.
SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git -C "$DIALTONE_ROOT" log -1 --format=%ct 2>/dev/null || date +%s)}
export VERSION SOURCE_DATE_EPOCH
BIN=${DIALTONE_BIN_DIR:?the folder that has the program}

# stage FOLDER: puts the program and what belongs to it below FOLDER/usr.
stage() {
  local usr=$1/usr assets=$DIALTONE_ROOT/assets size
  install -D -m 755 "$BIN/dialtone" "$usr/bin/dialtone"
  strip --strip-unneeded "$usr/bin/dialtone"
  install -D -m 644 "$assets/desktop/dialtone.desktop" "$usr/share/applications/dialtone.desktop"
  install -D -m 644 "$assets/desktop/$APP_ID.metainfo.xml" "$usr/share/metainfo/$APP_ID.metainfo.xml"
  install -D -m 644 "$assets/icons/dialtone.svg" "$usr/share/icons/hicolor/scalable/apps/dialtone.svg"
  for size in 16 24 32 48 64 128 256; do
    install -d "$usr/share/icons/hicolor/${size}x${size}/apps"
    convert "$assets/icons/dialtone-256.png" -resize "${size}x${size}" -strip \
      -define png:exclude-chunks=date,time "$usr/share/icons/hicolor/${size}x${size}/apps/dialtone.png"
  done
}

# same_times FOLDER: every file is of the commit's time.
same_times() {
  find "$1" -exec touch --no-dereference --date="@$SOURCE_DATE_EPOCH" {} +
}
