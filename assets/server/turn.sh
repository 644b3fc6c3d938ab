#!/bin/sh
# What coturn's container of compose.yml runs: turnserver.conf with the realm and the secret, in a file that nobody else reads.
# Arguments would be seen by whoever lists the machine's processes. Those of this script are coturn's.
# TURN_CERTIFICATE names a folder with cert.pem (the chain) and key.pem: then it speaks TLS, too, at TURN_TLS_PORT.
set -eu
umask 077
here=$(dirname "$0")
settings=${TMPDIR:-/tmp}/turnserver.conf
rm -f "$settings"
set -C # what somebody else puts there meanwhile is not written into
if [ -n "${TURN_CERTIFICATE:-}" ]; then
  # coturn itself goes on without TLS when it cannot read one of them.
  for file in cert.pem key.pem; do
    head -c 1 "$TURN_CERTIFICATE/$file" >/dev/null || {
      echo "turn.sh: TLS needs $TURN_CERTIFICATE/$file, readable by user $(id -u)" >&2
      exit 1
    }
  done
  grep -vx no-tls "$here/turnserver.conf" >"$settings"
  printf '\n%s\n' "cert=$TURN_CERTIFICATE/cert.pem" "pkey=$TURN_CERTIFICATE/key.pem" "tls-listening-port=${TURN_TLS_PORT:-5349}" \
    no-tlsv1 no-tlsv1_1 >>"$settings"
else
  cat "$here/turnserver.conf" >"$settings"
fi
printf '\nrealm=%s\nstatic-auth-secret=%s\n' "${TURN_REALM:?}" "${TURN_SECRET:?}" >>"$settings"
exec env -u TURN_SECRET turnserver -c "$settings" --log-file=stdout --no-stdout-log --pidfile="$settings.pid" "$@"
