# shellcheck shell=bash
# The Rust toolchain that rust-toolchain.toml pins, and the folder that it builds into. Sourced.

pinned_rust() { sed -n 's/^channel *= *"\(.*\)"/\1/p' "$DIALTONE_ROOT/rust-toolchain.toml"; }

ensure_rust() {
  local pin
  pin=$(pinned_rust)
  have cargo || have rustup || install_rustup
  if have rustup; then
    ensure_toolchain "$pin"
  else
    # A distribution's own cargo: good enough if it is not older than the pin.
    local found
    found=$(rustc --version | awk '{print $2}')
    [ "$(printf '%s\n%s\n' "$pin" "${found%%-*}" | sort -V | head -n 1)" = "$pin" ] ||
      die "Rust $pin is needed and rustc here is $found; install rustup (https://rustup.rs) and run this again"
  fi
  take_over_target
}

install_rustup() {
  local candidate=
  if have apt-cache; then candidate=$(apt-cache policy rustup 2>/dev/null); fi
  if grep -q 'Candidate: [0-9]' <<<"$candidate"; then
    ensure_packages rustup
    return 0
  fi
  on_linux && ensure_packages curl ca-certificates
  have curl || die "Rust $(pinned_rust) is needed: install rustup (https://rustup.rs) and run this again"
  say "installing rustup, with its own installer"
  local script
  script=$(mktemp)
  if ! curl --proto '=https' --tlsv1.2 -sSf https://sh.rustup.rs -o "$script" ||
    ! sh "$script" -y --default-toolchain none --profile minimal --no-modify-path >&2 </dev/null; then
    rm -f "$script"
    die "rustup could not be fetched; install it from https://rustup.rs and run this again"
  fi
  rm -f "$script"
  PATH=$HOME/.cargo/bin:$PATH
}

ensure_toolchain() {
  local pin=$1
  # A first line that is the pin with or without the host behind it.
  local installed
  installed=$(rustup toolchain list)
  if ! grep -q "^$pin\(-\| \|$\)" <<<"$installed"; then
    say "installing Rust $pin"
    rustup toolchain install "$pin" --profile minimal --component rustfmt --component clippy >&2 </dev/null ||
      die "rustup could not install Rust $pin (no network?); run: rustup toolchain install $pin -c rustfmt -c clippy"
  fi
}

# Clones may share the target folder, and cargo tells fresh from stale by the time of a file alone: what another clone
# compiled later than a file here was last written would be taken for this clone's. So whoever takes the folder over
# compiles the project's own crates anew; everything from the registry stays.
take_over_target() {
  local stamp=$CARGO_TARGET_DIR/.clone
  if [ ! -f "$stamp" ] || [ "$(cat "$stamp")" != "$DIALTONE_ROOT" ]; then
    rm -rf "$CARGO_TARGET_DIR"/*/.fingerprint/dialtone*
    mkdir -p "$CARGO_TARGET_DIR"
    printf '%s\n' "$DIALTONE_ROOT" >"$stamp"
  fi
}
