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
  bash "tools/bench/$name.sh" "${passed_on[@]}" </dev/null > >(tee "$log/out") 2> >(tee "$log/err" >&2) || status=$?
  sleep 0.2 # lets the two tees finish their last lines
fi

last=$(tail -n 1 "$log/out")
if python3 -c 'import json, sys; sys.exit(not isinstance(json.loads(sys.argv[1]), dict))' "$last" 2>/dev/null; then
  [ -z "$json" ] || printf '%s\n' "$last"
else
  # It ended before it could measure: its last words are the reason.
  json_error "$(tail -n 3 "$log/err" | paste -sd ' ' | cut -c 1-400)"
  [ "$status" -ne 0 ] || status=1
fi
[ "$status" -eq 0 ] || exit 1
