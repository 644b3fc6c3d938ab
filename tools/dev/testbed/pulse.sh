# shellcheck shell=bash
# A sound server of our own, with rooms for three people: sink micX is what is said into X's microphone (captured from
# the source micX_in), sink spkX is what X's loudspeaker plays (recorded from spkX.monitor). The sink `air` is a room
# that both hears and plays: its monitor is a microphone in front of its loudspeaker.
# Gives PULSE_SERVER and DIALTONE_TEST_PULSE=1. Sourced by testbed.sh.
ensure_packages "${PACKAGES_PULSE[@]}"

# norewinds=1: without it a null sink idles in blocks of 2 s, and what is captured through its monitor gets lost.
pulse_script() {
  local who
  for who in A B C; do
    echo "load-module module-null-sink sink_name=mic$who rate=48000 channels=1 norewinds=1 sink_properties=device.description=Mic-$who"
    echo "load-module module-null-sink sink_name=spk$who rate=48000 channels=2 norewinds=1 sink_properties=device.description=Speaker-$who"
    echo "load-module module-remap-source master=mic$who.monitor source_name=mic${who}_in source_properties=device.description=Microphone-$who"
  done
  echo "load-module module-null-sink sink_name=air rate=48000 channels=1 norewinds=1 sink_properties=device.description=Air"
  echo "set-default-source micA_in"
  echo "set-default-sink spkA"
  echo "load-module module-native-protocol-unix auth-anonymous=1 socket=$BED/pulse/socket"
}

start_pulse() {
  mkdir -m 700 "$BED/pulse" "$BED/pulse/home"
  pulse_script >"$BED/pulse/script.pa"
  export PULSE_SERVER=unix:$BED/pulse/socket DIALTONE_TEST_PULSE=1
  # -n: the system's own configuration is not read; HOME: nor is the user's.
  HOME=$BED/pulse/home pulseaudio -n -F "$BED/pulse/script.pa" --daemonize=no --exit-idle-time=-1 --use-pid-file=no \
    --disallow-exit --high-priority=no --realtime=yes >"$BED/pulse/log" 2>&1 </dev/null &
  PULSE_PID=$!
  STOPPERS+=(stop_pulse)
  wait_for 10 pactl info || die "the sound server did not start: $(tail -n 3 "$BED/pulse/log")"
}

stop_pulse() { stop_process "$PULSE_PID"; }
