# shellcheck shell=bash
# Speech of several speakers and languages for the benchmarks, kept in the cache. Sourced, after tools/dev/common.sh.
# shellcheck source=tools/dev/testbed/mos.sh
source "$DIALTONE_ROOT/tools/dev/testbed/mos.sh"

CORPUS_LANGUAGES=(en es fr it ru)

# asterisk_sounds FOLDER: the recordings that Debian and Ubuntu carry (CC BY-SA 3.0 and CC BY 3.0); nothing is installed.
asterisk_sounds() {
  local folder=$1 language
  if ! have apt-get || ! have dpkg-deb; then return 1; fi
  mkdir -p "$folder/packages"
  for language in "${CORPUS_LANGUAGES[@]}"; do
    (cd "$folder/packages" && apt-get -q download "asterisk-core-sounds-$language-g722" >&2) || return 1
    dpkg-deb -x "$folder/packages/asterisk-core-sounds-$language-g722"_*.deb "$folder/$language" || return 1
  done
}

# fill_corpus FOLDER SCRATCH: from recordings, or else from what a speech synthesizer says.
fill_corpus() {
  local folder=$1 scratch=$2 python
  say "making the speech corpus of the benchmarks"
  if python=$(make_venv corpus "$DIALTONE_ROOT/tools/audio/requirements-corpus.txt") && asterisk_sounds "$scratch"; then
    "$python/bin/python" tools/audio/make_corpus.py "$folder" --asterisk "$scratch" && return 0
  fi
  note "the recordings are not to be had here; espeak-ng speaks instead (to try again, delete $folder)"
  (ensure_packages espeak-ng) || return 1
  "$DIALTONE_PYTHON" tools/audio/make_corpus.py "$folder" --espeak
}

# start_corpus: sets DIALTONE_PYTHON (with the measures of quality) and DIALTONE_CORPUS (the folder), and says what speaks in it.
start_corpus() {
  local key folder scratch
  start_mos
  key=$(cat tools/audio/make_corpus.py tools/audio/material.py tools/audio/sound.py | cksum | cut -d ' ' -f 1)
  folder=$DIALTONE_CACHE/corpus-$key
  # Two benchmarks at once must not fill the same folder.
  (
    flock 8
    [ ! -e "$folder/complete" ] || exit 0
    scratch=$(mktemp -d)
    trap 'rm -rf "$scratch"' EXIT
    rm -rf "$folder"
    fill_corpus "$folder" "$scratch" && touch "$folder/complete"
  ) 8>"$folder.lock" || give_up "there is no speech to measure with: neither the recordings nor espeak-ng could be had"
  DIALTONE_CORPUS=$folder
  export DIALTONE_CORPUS
  printf 'speech: %s\n' "$(cat "$folder/source.txt")"
}
