# shellcheck shell=bash
# A Python with the pinned packages that the tools and their tests need, kept in the cache. Gives DIALTONE_PYTHON. Sourced.
ensure_packages "${PACKAGES_PYTHON[@]}"

# The distribution's Python: the first on PATH may belong to a version manager that changes under us.
base_python() { if [ -x /usr/bin/python3 ]; then echo /usr/bin/python3; else command -v python3; fi; }

# make_venv NAME REQUIREMENTS...: prints the folder; made anew when Python's version or the pins change.
make_venv() {
  local name=$1 lists=("${@:2}") wanted=() list base key folder scratch
  for list in "${lists[@]}"; do wanted+=(-r "$list"); done
  base=$(base_python)
  key=$({ "$base" -V && cat "${lists[@]}"; } | cksum | cut -d ' ' -f 1)
  folder=$DIALTONE_CACHE/venv-$name-$key
  if [ ! -e "$folder/complete" ]; then
    say "making a Python environment from ${lists[*]#"$DIALTONE_ROOT"/}"
    mkdir -p "$DIALTONE_CACHE"
    scratch=$folder.lock
    # Two runs at once must not fill the same folder.
    (
      flock 8
      [ ! -e "$folder/complete" ] || exit 0
      rm -rf "$folder"
      "$base" -m venv "$folder" && "$folder/bin/python" -m pip install -q --disable-pip-version-check "${wanted[@]}" >&2 &&
        touch "$folder/complete"
    ) 8>"$scratch" || die "the Python packages of ${lists[*]#"$DIALTONE_ROOT"/} could not be installed"
  fi
  printf '%s\n' "$folder"
}

start_python() {
  DIALTONE_PYTHON=$(make_venv tools "$DIALTONE_ROOT"/tools/{audio,dev}/requirements.txt)/bin/python
  DIALTONE_SCHEMATHESIS=$(make_venv api "$DIALTONE_ROOT/tests/e2e/requirements.txt")/bin/schemathesis
  export DIALTONE_PYTHON DIALTONE_SCHEMATHESIS PYTHONDONTWRITEBYTECODE=1
}
