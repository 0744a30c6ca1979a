#!/bin/sh
# Writes the users into memory, as hashes of the Secret's passwords, and starts Redis. Neither the
# configuration nor an argument holds a password. Arguments go to the server.
#   REDIS_CONFIG   the configuration
#   REDIS_USERS    the file to write; its directory is Redis' own
#   REDIS_SECRETS  directory with the files password (applications) and admin-password
#   REDIS_METRICS  file with the exporter's password; without it there is no such user
#   REDIS_RULES    what applications may do, as ACL rules
set -eu
umask 077
METRICS_RULES='-@all +ping +info +client|setname +slowlog|len +slowlog|get +latency|latest +latency|histogram'
users=${REDIS_USERS:?}
secrets=${REDIS_SECRETS:?}

# user NAME PASSWORD-FILE RULES
user() {
  [ -s "$2" ] || {
    printf 'start: no password in %s: the Secret is missing its key or the key is empty\n' "$2" >&2
    exit 78
  }
  hash=$(sha256sum <"$2")
  printf 'user %s on #%s %s\n' "$1" "${hash%% *}" "$3"
}

{
  user default "$secrets/password" "${REDIS_RULES:?}"
  user admin "$secrets/admin-password" '~* &* +@all'
  # Figures about the server, and no key.
  [ -z "${REDIS_METRICS:-}" ] || user metrics "$REDIS_METRICS" "$METRICS_RULES"
} >"$users"
exec redis-server "${REDIS_CONFIG:?}" --aclfile "$users" --dir "$(dirname "$users")" "$@"
