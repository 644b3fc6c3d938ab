#!/usr/bin/env bash
# ./dev help
set -euo pipefail
cat <<'TEXT'
./dev VERB ...

  run      build, start a server and open the window on it; what is missing is installed first
             --second     open another person's window (invited by the first)
             --headless   the same job without a display: a server and clients that write and talk
             --release    optimised build
             --fresh      forget the development server and its profiles first (asks; --yes does not)
  test     build and run every test, with the databases, sound and display that they need
             --only PATTERN   the tests and end-to-end scripts whose name contains PATTERN
  testbed  -- COMMAND...   run COMMAND inside the environment of the tests
  check    formatting, lints, documentation, dependency rules, house rules
  bench    NAME [--quick] [--json] ...   measure in a release build; the last line is JSON
  soak     [MINUTES]   the heavy tests again and again, with new seeds
           FAULT...    the server killed, its database restarted or cut off, its disk full, its clock set, clients vanishing: a hundred times
  fuzz     [SECONDS] [TARGET...]   throw bad input at the parsers
  mutate   [--only PATTERN]   take out each check that refuses something, and see that a test fails
  snapshots   take the pictures that the window's tests compare with anew
  screenshots take the tour through the window, for the pictures in docs/screenshots
  package  [deb|appimage|flatpak|server-deb] [--try]   what others install, from a release build, into out/packages
  help     this text

Builds go to $CARGO_TARGET_DIR, by default a folder in your cache, outside the clone. TESTING.md tells the rest.
TEXT
