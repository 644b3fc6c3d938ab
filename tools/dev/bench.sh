#!/usr/bin/env bash
# ./dev bench NAME [--quick] [--json] [...]: runs tools/bench/NAME.sh on a release build.
#
# The last line on standard output is always one line of JSON: the measurement, or {"error": "why"} with exit status 1.
# --quick stays under a minute after the build; --json prints nothing else. What else is given goes to the benchmark.
# shellcheck source=tools/dev/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

name=${1:-} json='' passed_on=()
[ $# -eq 0 ] || shift
for word in "$@"; do
  if [ "$word" = --json ]; then json=1; else passed_on+=("$word"); fi
done

known() { for script in tools/bench/*.sh; do basename "$script" .sh; done | grep -vx common | paste -sd ' '; }
json_error() { python3 -c 'import json, sys; print(json.dumps({"error": sys.argv[1]}))' "$1"; }

if [[ ! $name =~ ^[a-z0-9-]+$ || $name == common || ! -f tools/bench/$name.sh ]]; then
  json_error "there is no benchmark \"$name\"; there are: $(known)"
  exit 1
fi

log=$(mktemp -d)
trap 'rm -rf "$log"' EXIT
status=0
if [ -n "$json" ]; then
  bash "tools/bench/$name.sh" "${passed_on[@]}" >"$log/out" 2>"$log/err" </dev/null || status=$?
else
  exec {out}> >(exec tee "$log/out")
  tee_out=$!
  exec {err}> >(exec tee "$log/err" >&2 {out}>&-)
  tee_err=$!
  bash "tools/bench/$name.sh" "${passed_on[@]}" </dev/null >&"$out" 2>&"$err" {out}>&- {err}>&- || status=$?
  exec {out}>&- {err}>&-
  # The last line is read below: the tees have written it when they have ended.
  wait "$tee_out" "$tee_err" || true
fi

last=$(tail -n 1 "$log/out")
# A measurement is one only where the benchmark ended well; else its last line must say why.
valid='import json, sys
line = json.loads(sys.argv[1])
sys.exit(not isinstance(line, dict) or (sys.argv[2] != "0" and "error" not in line))'
if python3 -c "$valid" "$last" "$status" 2>/dev/null; then
  [ -z "$json" ] || printf '%s\n' "$last"
else
  # It ended before it could measure: its last words are the reason.
  why=$(tail -n 3 "$log/err" | paste -sd ' ' | cut -c 1-400)
  json_error "${why:-the benchmark ended with status $status and said nothing}"
  [ "$status" -ne 0 ] || status=1
fi
[ "$status" -eq 0 ] || exit 1
