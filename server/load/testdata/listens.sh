#!/bin/sh
# Stands in for a server in tests: says what one says when it listens, then stays.
echo "Listening at 127.0.0.1:9"
exec /bin/sleep 600
