#!/usr/bin/env bash
# ./dev check: what must hold before a change is taken, quick things first. All of it runs; the end names what failed.
# shellcheck source=tools/dev/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

[ $# -eq 0 ] || die "check takes no arguments"
ensure_packages "${PACKAGES_BUILD[@]}" "${PACKAGES_CHECK[@]}"
ensure_rust

failed=()
# rule NAME COMMAND...
rule() {
  local name=$1
  shift
  say "$name"
  "$@" || failed+=("$name")
}

shell_scripts() { git ls-files -z dev .ci/run '*.sh'; }
check_shell() { shell_scripts | xargs -0 -r shellcheck; }
check_shell_syntax() {
  local script status=0
  while IFS= read -r -d '' script; do bash -n "$script" || status=1; done < <(shell_scripts)
  return "$status"
}
# Compiles in memory: nothing is left behind in the clone.
check_python() {
  git ls-files -z '*.py' | python3 -c '
import sys
for name in filter(None, sys.stdin.read().split("\0")):
    compile(open(name, encoding="utf-8").read(), name, "exec")'
}

rule "house rules" python3 tools/check/words.py
rule "dependency rules" python3 tools/check/house.py
rule "licences" python3 tools/check/licences.py
rule "libraries of the client" python3 tools/check/libraries.py
rule "attacks of SECURITY.md" python3 tools/check/attacks.py
rule "links" python3 tools/check/links.py
rule "python" check_python
rule "shell syntax" check_shell_syntax
if have shellcheck; then rule "shellcheck" check_shell; else note "shellcheck is not installed: skipped"; fi
rule "formatting" cargo fmt --all --check
if have cargo-deny; then
  rule "licences and bans" cargo deny --locked check licenses bans sources
else
  note "cargo-deny is not installed: the rules above looked at licences, bans and sources"
fi
rule "clippy" cargo clippy --workspace --all-targets --locked -- -D warnings
rule "documentation" env RUSTDOCFLAGS="-D warnings" cargo doc --no-deps --workspace --locked

if [ ${#failed[@]} -gt 0 ]; then
  printf '\ncheck failed: %s\n' "$(printf '%s, ' "${failed[@]}" | sed 's/, $//')"
  exit 1
fi
printf '\ncheck passed\n'
