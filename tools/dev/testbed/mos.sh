# shellcheck shell=bash
# Like the part `python`, with the heavier measures of speech quality (PESQ, PLCMOS, DNSMOS) besides. Sourced.
# shellcheck source=tools/dev/testbed/python.sh
source "$DIALTONE_ROOT/tools/dev/testbed/python.sh"
ensure_packages gcc libc6-dev python3-dev

start_mos() {
  DIALTONE_PYTHON=$(make_venv mos "$DIALTONE_ROOT/tools/audio/requirements-mos.txt")/bin/python
  export DIALTONE_PYTHON PYTHONDONTWRITEBYTECODE=1
}
