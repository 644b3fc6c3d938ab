#!/bin/sh
# What coturn's container of compose.yml runs: turnserver.conf with the realm and the secret, in a file that nobody else reads.
# Arguments would be seen by whoever lists the machine's processes. Those of this script are coturn's.
set -eu
umask 077
settings=${TMPDIR:-/tmp}/turnserver.conf
rm -f "$settings"
set -C # what somebody else puts there meanwhile is not written into
cat "$(dirname "$0")/turnserver.conf" >"$settings"
printf '\nrealm=%s\nstatic-auth-secret=%s\n' "${TURN_REALM:?}" "${TURN_SECRET:?}" >>"$settings"
exec env -u TURN_SECRET turnserver -c "$settings" --log-file=stdout --no-stdout-log --pidfile="$settings.pid" "$@"
