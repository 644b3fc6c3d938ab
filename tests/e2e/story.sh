#!/usr/bin/env bash
# The main job without a display: a server and three clients as processes of their own; messages and speech arrive.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
: "${DIALTONE_BIN_DIR:?run it through ./dev test}"
: "${DIALTONE_TEST_OUT:?run it through ./dev test}"
exec "$DIALTONE_BIN_DIR/dialtone" story --server-bin "$DIALTONE_BIN_DIR/dialtone-server" \
  --speech assets/speech/echo-test.wav --out "$DIALTONE_TEST_OUT/story"
