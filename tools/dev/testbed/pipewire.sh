# shellcheck shell=bash
# The rooms of the part `pulse` in a PipeWire of our own, with a session manager and the PulseAudio protocol, as most desktops
# have it today. Not among the parts that `./dev test` starts: its packages would change which sound server a desktop has.
# Gives PIPEWIRE_RUNTIME_DIR, PULSE_SERVER and DIALTONE_TEST_PULSE=1. Sourced by testbed.sh.
ensure_packages "${PACKAGES_PIPEWIRE[@]}"

# Runs a program of PipeWire's that shall see nothing of the user's own.
pipewire_program() {
  local name=$1
  HOME=$BED/pipewire XDG_RUNTIME_DIR=$BED/pipewire XDG_CONFIG_HOME=$BED/pipewire/config XDG_STATE_HOME=$BED/pipewire/state \
    DBUS_SESSION_BUS_ADDRESS=unix:path=$BED/pipewire/bus "$@" >"$BED/pipewire/$name.log" 2>&1 </dev/null &
  PIPEWIRE_PIDS+=($!)
}

pipewire_rooms() {
  local who
  for who in A B C; do
    pactl load-module module-null-sink "sink_name=mic$who" rate=48000 channels=1 "sink_properties=device.description=Mic-$who"
    pactl load-module module-null-sink "sink_name=spk$who" rate=48000 channels=2 "sink_properties=device.description=Speaker-$who"
    pactl load-module module-remap-source "master=mic$who.monitor" "source_name=mic${who}_in" \
      "source_properties=device.description=Microphone-$who"
  done
  pactl load-module module-null-sink sink_name=air rate=48000 channels=1 sink_properties=device.description=Air
  pactl set-default-source micA_in
  pactl set-default-sink spkA
}

start_pipewire() {
  mkdir -m 700 "$BED/pipewire"
  PIPEWIRE_PIDS=()
  STOPPERS+=(stop_pipewire)
  pipewire_program dbus-daemon --session --nofork --nopidfile "--address=unix:path=$BED/pipewire/bus"
  wait_for 10 test -S "$BED/pipewire/bus" || die "the message bus did not start: $(tail -n 3 "$BED/pipewire/dbus-daemon.log")"
  pipewire_program pipewire
  wait_for 10 test -S "$BED/pipewire/pipewire-0" || die "PipeWire did not start: $(tail -n 3 "$BED/pipewire/pipewire.log")"
  pipewire_program wireplumber
  pipewire_program pipewire-pulse
  export PIPEWIRE_RUNTIME_DIR=$BED/pipewire PULSE_SERVER=unix:$BED/pipewire/pulse/native DIALTONE_TEST_PULSE=1
  wait_for 10 pactl info || die "the sound server did not start: $(tail -n 3 "$BED/pipewire/pipewire-pulse.log")"
  pipewire_rooms >/dev/null || die "the rooms could not be made: $(tail -n 3 "$BED/pipewire/pipewire-pulse.log")"
}

stop_pipewire() {
  local index
  for ((index = ${#PIPEWIRE_PIDS[@]} - 1; index >= 0; index--)); do stop_process "${PIPEWIRE_PIDS[$index]}"; done
}
