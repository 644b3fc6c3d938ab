#!/usr/bin/env bash
# flatpak.sh OUT [--try]: OUT/Dialtone.flatpak by flatpak-builder, where that and the runtime are installed. The crates are fetched before, since
# nothing is fetched while it builds.
# shellcheck source=tools/package/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

out=$1
manifest=$DIALTONE_ROOT/tools/package/$APP_ID.yml
if ! have flatpak-builder; then
  note "no Flatpak: flatpak-builder is not installed; $manifest is what it builds from"
  exit 0
fi
mkdir -p "$DIALTONE_ROOT/out"
cargo vendor --locked --versioned-dirs "$DIALTONE_ROOT/out/vendor" >"$DIALTONE_ROOT/out/vendor.toml"
flatpak-builder --force-clean --user --install-deps-from=flathub --repo="$out/flatpak-repository" "$out/flatpak-build" "$manifest"
flatpak build-bundle "$out/flatpak-repository" "$out/Dialtone.flatpak" "$APP_ID"
note "$out/Dialtone.flatpak"
