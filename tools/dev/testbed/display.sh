# shellcheck shell=bash
# A display of our own, wide enough for two windows side by side. Gives DISPLAY and DIALTONE_TEST_DISPLAY=1.
# Sourced by testbed.sh.
ensure_packages "${PACKAGES_DISPLAY[@]}" "${PACKAGES_WINDOW[@]}"

start_display() {
  # Xvfb itself picks a free number and tells it on the given file descriptor.
  Xvfb -displayfd 3 -screen 0 2600x900x24 -nolisten tcp -noreset 3>"$BED/display" >"$BED/xvfb.log" 2>&1 </dev/null &
  XVFB_PID=$!
  STOPPERS+=(stop_display)
  wait_for 10 grep -q '[0-9]' "$BED/display" || die "Xvfb did not start: $(tail -n 3 "$BED/xvfb.log")"
  DISPLAY=:$(tr -d '[:space:]' <"$BED/display")
  export DISPLAY DIALTONE_TEST_DISPLAY=1
  # Nothing here has a graphics card: say so, and no driver is searched for.
  export LIBGL_ALWAYS_SOFTWARE=1
}

stop_display() { stop_process "$XVFB_PID"; }
