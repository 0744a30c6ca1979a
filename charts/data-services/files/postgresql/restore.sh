#!/bin/sh
# Brings a database back from a dump; runs in the server's pod, where the dumps are mounted:
#   kubectl -n data exec postgresql-0 -- sh /etc/postgresql/restore.sh mlflow /backups/mlflow/<time>.dump
# The file is named because the newest is not always the right one: after a loss it may be the empty database's.
# `--newest` in its place takes the newest. The dump is restored beside the database and takes its place only when it
# is complete; what was there stays as <database>_before until you drop it.
#   BACKUP_DIRECTORY  where the dumps are
#   PGHOST, PGUSER    the server and its superuser
set -eu

log() {
  printf 'restore: %s\n' "$*"
}

stop() {
  for line in "$@"; do log "$line" >&2; done
  exit 1
}

database=${1:-}
[ -n "$database" ] || stop "which database? one of: $(find "${BACKUP_DIRECTORY:?}" -mindepth 1 -maxdepth 1 ! -name globals -exec basename {} \; | sort | tr '\n' ' ')"
folder=${BACKUP_DIRECTORY:?}/$database
dumps() {
  find "$folder" -mindepth 1 -maxdepth 1 -type f -name '*.dump' 2>/dev/null | sort
}
[ -n "$(dumps)" ] || stop "there is no dump in $folder"
case ${2:-} in
  '') stop "which dump? name one of these, the newest last, or --newest:" "$(dumps | xargs ls -l)" ;;
  --newest) dump=$(dumps | tail -n 1) ;;
  *) dump=$2 ;;
esac
[ -f "$dump" ] || stop "there is no dump $dump"
restored=${database}_restored
before=${database}_before

# sql TEXT: names are quoted by psql, a database may be called anything.
sql() {
  printf '%s\n' "$1" | psql --no-psqlrc --quiet --no-align --tuples-only --dbname=postgres \
    -v ON_ERROR_STOP=1 -v role="$database" -v database="$database" -v restored="$restored" -v before="$before"
}

exists() {
  [ -n "$(printf 'SELECT 1 FROM pg_database WHERE datname = %s\n' ":'$1'" |
    psql --no-psqlrc --quiet --no-align --tuples-only --dbname=postgres -v "$1=$2")" ]
}

! exists before "$before" || stop \
  "$before, kept from an earlier restore, is still there" \
  "drop it if nobody needs it: psql -c 'DROP DATABASE \"$before\"'"

log "restoring $dump into $restored"
sql 'DROP DATABASE IF EXISTS :"restored" WITH (FORCE);' 2>/dev/null
sql 'CREATE DATABASE :"restored" OWNER :"role";'
if ! pg_restore --exit-on-error --no-owner --role="$database" --dbname="$restored" "$dump"; then
  sql 'DROP DATABASE :"restored" WITH (FORCE);'
  stop "the dump could not be restored; nothing was changed"
fi

if exists database "$database"; then
  # Nobody can open it again between the two, so the names can be exchanged.
  if ! sql 'ALTER DATABASE :"database" ALLOW_CONNECTIONS false;
SELECT count(pg_terminate_backend(pid, 10000)) FROM pg_stat_activity WHERE datname = :'"'database'"' \g /dev/null
BEGIN;
ALTER DATABASE :"database" RENAME TO :"before";
ALTER DATABASE :"restored" RENAME TO :"database";
COMMIT;'; then
    sql 'ALTER DATABASE :"database" ALLOW_CONNECTIONS true;'
    stop "$restored could not take the place of $database, which is as it was and open again"
  fi
  log "$database is restored; what it was before is $before, closed to everyone"
else
  sql 'ALTER DATABASE :"restored" RENAME TO :"database";'
  log "$database is restored"
fi
log "now let the provision Job run again, for who may connect and for time limits:"
log "  kubectl -n data delete job -l app.kubernetes.io/name=postgresql,app.kubernetes.io/component=provision"
