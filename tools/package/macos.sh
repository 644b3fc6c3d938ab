#!/usr/bin/env bash
# macos.sh OUT: OUT/Dialtone.app from $DIALTONE_BIN_DIR/dialtone, and OUT/Dialtone-VERSION.dmg. On macOS.
# shellcheck source=tools/package/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

out=$1
app=$out/Dialtone.app
rm -rf "$app"
mkdir -p "$app/Contents/MacOS" "$app/Contents/Resources"
install -m 755 "$BIN/dialtone" "$app/Contents/MacOS/dialtone"
strip "$app/Contents/MacOS/dialtone"
icons=$(mktemp -d)/dialtone.iconset
mkdir -p "$icons"
for size in 16 32 128 256; do
  sips -z "$size" "$size" "$DIALTONE_ROOT/assets/icons/dialtone-256.png" --out "$icons/icon_${size}x${size}.png" >/dev/null
done
iconutil -c icns -o "$app/Contents/Resources/dialtone.icns" "$icons"
cat >"$app/Contents/Info.plist" <<TEXT
<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0">
<dict>
  <key>CFBundleIdentifier</key><string>$APP_ID</string>
  <key>CFBundleName</key><string>Dialtone</string>
  <key>CFBundleExecutable</key><string>dialtone</string>
  <key>CFBundleIconFile</key><string>dialtone</string>
  <key>CFBundlePackageType</key><string>APPL</string>
  <key>CFBundleShortVersionString</key><string>$VERSION</string>
  <key>CFBundleVersion</key><string>$VERSION</string>
  <key>LSMinimumSystemVersion</key><string>12.0</string>
  <key>NSHighResolutionCapable</key><true/>
  <key>NSMicrophoneUsageDescription</key><string>So that others hear you in calls.</string>
  <key>CFBundleURLTypes</key>
  <array>
    <dict>
      <key>CFBundleURLName</key><string>Dialtone link</string>
      <key>CFBundleURLSchemes</key><array><string>dialtone</string></array>
    </dict>
  </array>
</dict>
</plist>
TEXT
plutil -lint "$app/Contents/Info.plist"
# Signed by nobody: who downloads it has to allow it. Without any signature at all it would not start on Apple's own processors.
codesign --force --deep --sign - "$app"
hdiutil create -volname Dialtone -srcfolder "$app" -ov -format UDZO "$out/Dialtone-$VERSION.dmg"
note "$out/Dialtone-$VERSION.dmg"
