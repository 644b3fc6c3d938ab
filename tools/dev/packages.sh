# shellcheck shell=bash
# Which packages of the system each job needs (Debian's and Ubuntu's names), and how they get there. Sourced.
# shellcheck disable=SC2034  # the lists are read by the verbs

PACKAGES_BUILD=(gcc g++ make cmake pkg-config libasound2-dev libx11-dev)
PACKAGES_WINDOW=(libx11-6 libx11-xcb1 libxcursor1 libxi6 libxkbcommon0 libxkbcommon-x11-0 libgl1 libgl1-mesa-dri libegl1)
# Draws the pictures of the window's tests, also without a graphics card.
PACKAGES_PICTURES=(mesa-vulkan-drivers libgl1 libgl1-mesa-dri libegl1)
PACKAGES_POSTGRES=(postgresql)
PACKAGES_PULSE=(pulseaudio pulseaudio-utils libasound2-plugins)
# However it got there: the package itself would push PipeWire off some desktops.
if have pulseaudio; then PACKAGES_PULSE=(pulseaudio-utils libasound2-plugins); fi
PACKAGES_PIPEWIRE=(pipewire pipewire-pulse wireplumber pulseaudio-utils dbus)
PACKAGES_DISPLAY=(xvfb xauth xdotool xclip python3-xlib imagemagick x11-utils)
PACKAGES_ATSPI=(dbus at-spi2-core python3-pyatspi gir1.2-atspi-2.0 libglib2.0-bin)
# Opens the window of the tour without its password.
PACKAGES_KEYRING=(gnome-keyring)
PACKAGES_PYTHON=(python3 python3-venv)
PACKAGES_SPEECH=(espeak-ng sox)
PACKAGES_CERTIFICATES=(openssl ca-certificates)
PACKAGES_TURN=(coturn)
# Between the instances of a server.
PACKAGES_NATS=(nats-server)
# A server whose clock is set.
PACKAGES_CLOCK=(libfaketime)
PACKAGES_ACME=(pebble)
# Runs the script of the page that browsers get.
PACKAGES_BROWSER=(nodejs)
# What docs/HOSTING.md hosts with, for the tests of what it says.
PACKAGES_HOSTING=(systemd nginx haproxy caddy)
PACKAGES_CHECK=(python3 shellcheck)
PACKAGES_PACKAGE=(python3 dpkg-dev binutils imagemagick desktop-file-utils appstream squashfs-tools)

package_installed() {
  # A line for each architecture that has it.
  dpkg-query -W -f='${db:Status-Status}\n' "$1" 2>/dev/null | grep -x installed >/dev/null
}

# Stops with the names when they cannot be installed here.
stop_for_packages() {
  printf 'dev: these packages are needed and could not be installed from here (%s):\n\n    %s\n\n' "$1" "${*:2}" >&2
  printf 'Install them as the system'\''s administrator and run this again.\n' >&2
  exit 1
}

# What installing these packages would remove from this machine.
would_remove() {
  apt-get -s -q install --no-install-recommends "$@" 2>/dev/null </dev/null | awk '$1 == "Remv" {print $2}' | paste -sd ' ' || true
}

# Postgres' package makes a database cluster for the whole machine and starts it. Nobody asked for that: the testbed makes
# its own. Where the administrator has decided nothing yet, the package is told so.
no_main_cluster() {
  local file=/etc/postgresql-common/createcluster.conf
  [ ! -e "$file" ] || return 0
  note "writing $file: installing Postgres then starts no database for the whole machine"
  if ! "$@" mkdir -p "${file%/*}" || ! "$@" tee "$file" >/dev/null <<'TEXT'; then
# Written by Dialtone's ./dev test, which needs Postgres' programs alone.
# Delete this line to let the packages make their cluster "main" again.
create_main_cluster = false
TEXT
    note "$file could not be written: Postgres' package will start its own cluster"
  fi
}

# no_service UNIT AS_ROOT...: some packages start a server for the whole machine. Nobody asked for that: tests start their own.
no_service() {
  local unit=$1
  shift
  [ -d /run/systemd/system ] || return 0
  note "masking $unit: installing it then starts no server (systemctl unmask $unit lets it)"
  "$@" systemctl mask "$unit" >&2 || note "$unit could not be masked: its package may start it"
}

# no_keyring AS_ROOT...: it must not become the keyring of everybody who signs in to this machine.
no_keyring() {
  have systemctl || return 0
  note "masking gnome-keyring-daemon for all users (systemctl --global unmask gnome-keyring-daemon.service gnome-keyring-daemon.socket lets it)"
  "$@" systemctl --global mask gnome-keyring-daemon.service gnome-keyring-daemon.socket >&2 || note "gnome-keyring-daemon could not be masked: it may start where somebody signs in"
}

# ensure_packages NAME...: installs what is missing through apt-get, or prints the names and stops. Removes nothing.
ensure_packages() {
  on_linux || return 0
  local missing=() name as_root=(env) removed
  if ! have dpkg-query; then
    missing_without_dpkg "$@"
    return 0
  fi
  for name in "$@"; do package_installed "$name" || missing+=("$name"); done
  [ ${#missing[@]} -gt 0 ] || return 0
  have apt-get || stop_for_packages "there is no apt-get" "${missing[@]}"
  if [ "$(id -u)" -ne 0 ]; then
    have sudo || stop_for_packages "not root, and there is no sudo" "${missing[@]}"
    as_root=(sudo)
    [ -t 0 ] || as_root=(sudo -n)
  fi
  say "installing ${missing[*]}"
  # Package lists may be old or, on a fresh machine, absent: they are fetched once.
  "${as_root[@]}" apt-get -q update >&2 </dev/null || note "the package lists could not be refreshed; trying with the old ones"
  case " ${missing[*]} " in *" postgresql "*) no_main_cluster "${as_root[@]}" ;; esac
  for name in "${missing[@]}"; do
    case $name in coturn | nats-server | nginx | haproxy | caddy) no_service "$name.service" "${as_root[@]}" ;; esac
  done
  case " ${missing[*]} " in *" gnome-keyring "*) no_keyring "${as_root[@]}" ;; esac
  # What a desktop runs on must not go for the sake of a test.
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -q install -y --no-install-recommends --no-remove \
    "${missing[@]}" >&2 </dev/null && return 0
  removed=$(would_remove "${missing[@]}")
  [ -z "$removed" ] || stop_for_packages "that would remove $removed" "${missing[@]}"
  stop_for_packages "apt-get failed" "${missing[@]}"
}

# Elsewhere nothing can be asked by these names: say once what is expected, and go on.
missing_without_dpkg() {
  local stamp=$DIALTONE_CACHE/told-packages
  [ ! -e "$stamp" ] || return 0
  note "this is not Debian or Ubuntu; make sure that your distribution's counterparts of these are installed:"
  note "    $*"
  mkdir -p "$DIALTONE_CACHE" && touch "$stamp"
}
