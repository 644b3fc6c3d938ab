#!/usr/bin/env bash
# ./dev bench mouth-to-ear: the whole way from a microphone to another person's loudspeaker, sound server included.
#
# Two real clients in a call share one room, the sink `air` (tools/audio/mouth_to_ear.py tells how that gives a delay).
# Gain and levelling at 0 dB, gate held open, the rest as by default.
# Last line: p50_ms, p95_ms, underruns, stages_ms.
# shellcheck source=tools/bench/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

if [ -z "${DIALTONE_TEST_PULSE:-}" ]; then
  on_linux || give_up "needs Linux with PulseAudio"
  build_release -p dialtone -p dialtone-server --bin dialtone --bin dialtone-server
  exec bash "$DIALTONE_ROOT/tools/dev/testbed.sh" --with pulse,python -- bash "${BASH_SOURCE[0]}" "$@"
fi

chirps=60
[ -z "$QUICK" ] || chirps=12
settle=4 # seconds: the jitter buffer comes to rest
seconds=$((settle + chirps * 2 + 8))
folder=$(mktemp -d)
call=
# The call is a session of its own: its server and its clients end with it.
stop_call() {
  if [ -n "$call" ]; then
    kill -TERM -- "-$call" 2>/dev/null || true
    for _ in $(seq 100); do
      kill -0 -- "-$call" 2>/dev/null || break
      sleep 0.1
    done
    kill -KILL -- "-$call" 2>/dev/null || true
  fi
  rm -rf "$folder"
}
trap stop_call EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

machine
echo "two clients in one room, $chirps chirps"
TMPDIR=$folder setsid "$RELEASE/dialtone" bench-call --server-bin "$RELEASE/dialtone-server" --device air --seconds "$seconds" \
  --stats "$folder/stats.json" "${REST[@]}" >"$folder/call.log" 2>&1 </dev/null &
call=$!

# In the call when one client captures from the room and one plays into it.
player() { pactl list short sink-inputs | awk -v sink="$(sink_number)" '$2 == sink {print $1; exit}'; }
sink_number() { pactl list short sinks | awk '$2 == "air" {print $1}'; }
source_number() { pactl list short sources | awk '$2 == "air.monitor" {print $1}'; }
capturing() { pactl list short source-outputs | awk -v from="$(source_number)" '$2 == from {found = 1} END {exit !found}'; }
in_call() { capturing && [ -n "$(player)" ]; }
for _ in $(seq 600); do
  kill -0 "$call" 2>/dev/null || give_up "the call ended before it began: $(tail -n 2 "$folder/call.log" | paste -sd ' ')"
  if in_call; then break; fi
  sleep 0.1
done
in_call || give_up "the two clients did not get into a call within a minute"
# Below 1, or the room would ring for ever; loud enough to be told from noise.
pactl set-sink-input-volume "$(player)" 75%
sleep "$settle"

mkdir -p "$DIALTONE_TEST_OUT"
"$DIALTONE_PYTHON" tools/audio/mouth_to_ear.py --device air --chirps "$chirps" --keep "$DIALTONE_TEST_OUT/mouth-to-ear.wav" \
  >"$folder/delay.json" || give_up "the delay could not be measured: $(tail -n 1 "$folder/delay.json")"
wait "$call" || give_up "the call ended badly: $(tail -n 2 "$folder/call.log" | paste -sd ' ')"
call=
"$DIALTONE_PYTHON" tools/bench/join_stats.py "$folder/delay.json" "$folder/stats.json"
