#!/bin/sh
# Brings roles and databases to what the values say; can run any number of times.
#   PROVISION_CONFIG   directory with this script's SQL, `roles` (name, connections) and `databases`
#                      (name, connections, statement timeout)
#   PROVISION_SECRETS  directory with one file per role: its password
#   PGHOST, PGPORT     the server
# Passwords reach psql through its environment, never as arguments, which every process of the node can read.
set -eu
config=${PROVISION_CONFIG:?}
secrets=${PROVISION_SECRETS:?}
PGUSER=postgres PGDATABASE=postgres
PGPASSWORD=$(cat "$secrets/postgres")
export PGUSER PGDATABASE PGPASSWORD

log() {
  printf 'provision: %s\n' "$*"
}

# The Job's deadline ends this; a server that replays its log may take long to answer.
until pg_isready --quiet --timeout=3; do
  log "waiting for $PGHOST:$PGPORT"
  sleep 2
done

# run SQL-FILE ROLE [-v NAME=VALUE]…
run() {
  file=$1 role=$2
  shift 2
  [ -s "$secrets/$role" ] || {
    log "no password for role $role in $secrets/$role" >&2
    exit 1
  }
  ROLE_PASSWORD=$(cat "$secrets/$role") \
    psql --no-psqlrc --quiet --output=/dev/null -v ON_ERROR_STOP=1 -v VERBOSITY=terse -v role="$role" "$@" \
    --file="$config/$file"
}

# The platform's own roles first: databases are granted to them.
while read -r role connections; do
  run "$role-role.sql" "$role" -v connections="$connections"
  log "role $role: at most $connections connections"
done <"$config/roles"
while read -r database connections timeout; do
  run database.sql "$database" -v connections="$connections" -v timeout="$timeout"
  log "role and database $database: at most $connections connections, statements up to $timeout"
done <"$config/databases"
log "done"
