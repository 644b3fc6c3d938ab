# shellcheck shell=bash
# A message bus of our own with the accessibility service on it, so that scripts can find buttons and fields by name.
# Gives DBUS_SESSION_BUS_ADDRESS, DIALTONE_TEST_ATSPI=1 and DIALTONE_SYSTEM_PYTHON (which has pyatspi). Needs the
# part `display`. Sourced by testbed.sh.
ensure_packages "${PACKAGES_ATSPI[@]}"

# A bus on which nothing starts by itself: what a test finds there does not depend on what else is installed.
bus_config() {
  cat <<TEXT
<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN" "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:path=$XDG_RUNTIME_DIR/bus</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
TEXT
}

atspi_launcher() {
  local path
  for path in /usr/libexec/at-spi-bus-launcher /usr/lib/at-spi2-core/at-spi-bus-launcher; do
    [ ! -x "$path" ] || printf '%s\n' "$path"
  done | head -n 1
}

set_accessible() {
  gdbus call --session --dest org.a11y.Bus --object-path /org/a11y/bus \
    --method org.freedesktop.DBus.Properties.Set org.a11y.Status "$1" '<true>' >/dev/null 2>&1
}

start_atspi() {
  local launcher
  bus_config >"$BED/bus.conf"
  dbus-daemon --config-file="$BED/bus.conf" --nofork --nopidfile >"$BED/dbus.log" 2>&1 </dev/null &
  BUS_PID=$!
  STOPPERS+=(stop_atspi)
  export DBUS_SESSION_BUS_ADDRESS=unix:path=$XDG_RUNTIME_DIR/bus
  wait_for 10 test -S "$XDG_RUNTIME_DIR/bus" || die "the message bus did not start: $(tail -n 3 "$BED/dbus.log")"
  launcher=$(atspi_launcher)
  [ -n "$launcher" ] || die "at-spi-bus-launcher was not found; is at-spi2-core installed?"
  "$launcher" --launch-immediately >"$BED/atspi.log" 2>&1 </dev/null &
  ATSPI_PID=$!
  # Applications offer their tree only while somebody says that they look.
  local property
  for property in IsEnabled ScreenReaderEnabled; do
    wait_for 10 set_accessible "$property" || die "the accessibility service did not answer: $(tail -n 3 "$BED/atspi.log")"
  done
  export DIALTONE_TEST_ATSPI=1 DIALTONE_SYSTEM_PYTHON=/usr/bin/python3
}

stop_atspi() {
  [ -z "${ATSPI_PID:-}" ] || stop_process "$ATSPI_PID"
  stop_process "$BUS_PID"
}
