#!/bin/sh
# Writes the password into memory and starts Redis: neither an argument nor the configuration holds it.
#   REDIS_CONFIG           the configuration, which includes the next
#   REDIS_PASSWORD_CONFIG  the file to write; its directory is Redis' own
#   REDIS_PASSWORD         what clients say
set -eu
umask 077
printf 'requirepass "%s"\n' "${REDIS_PASSWORD:?}" >"${REDIS_PASSWORD_CONFIG:?}"
unset REDIS_PASSWORD
exec redis-server "${REDIS_CONFIG:?}"
