#!/bin/sh
# Starts PostgreSQL on a volume that is empty or holds a database of this major version; refuses anything else
# and changes nothing then. Arguments go to the server.
#   PGDATA                    the database; its parent is the volume
#   POSTGRESQL_CONFIG         directory with postgresql.conf and pg_hba.conf
#   POSTGRESQL_PASSWORD_FILE  the superuser's password
set -eu
export PGDATA="${PGDATA:?}"
config=${POSTGRESQL_CONFIG:?}
password_file=${POSTGRESQL_PASSWORD_FILE:?}
volume=$(dirname "$PGDATA")
unfinished=$PGDATA.initialising

# As process 1 a shell ignores a signal it has no trap for; the server replaces this shell and its traps.
trap 'exit 143' TERM INT

log() {
  printf 'start: %s\n' "$*" >&2
}

# 78 is EX_CONFIG of sysexits.h: a person has to act, another attempt changes nothing.
refuse() {
  for line in "$@"; do log "$line"; done
  exit 78
}

is_empty() {
  [ ! -e "$1" ] || { [ -d "$1" ] && [ -z "$(ls -A "$1")" ]; }
}

# initdb works beside the final place and is renamed into it: an interrupted attempt is never taken for a
# database, and is thrown away by the next one. The builtin locale sorts the same with every C library, so
# an image on another one needs no reindexing.
initialise() {
  log "empty volume: initialising a database of PostgreSQL $version in $PGDATA"
  rm -rf "$unfinished"
  initdb --pgdata="$unfinished" --username=postgres --pwfile="$password_file" \
    --auth=scram-sha-256 --data-checksums --encoding=UTF8 \
    --locale-provider=builtin --builtin-locale=C.UTF-8 --locale=C
  [ ! -d "$PGDATA" ] || rmdir "$PGDATA"
  mv "$unfinished" "$PGDATA"
  sync "$volume"
}

# set_aside MAJOR: makes room for a new database, if a person has asked for it.
set_aside() {
  consent=$volume/set-aside-$1
  [ -e "$consent" ] || refuse \
    "the volume holds a database of PostgreSQL $1 ($PGDATA), this image is PostgreSQL $version" \
    "PostgreSQL does not read the files of another major version; nothing was changed" \
    "to migrate:" \
    "  1. set global.images.postgresql back to PostgreSQL $1 and let it start" \
    "  2. dump: kubectl -n data create job --from=cronjob/postgresql-backup before-upgrade, and wait for it" \
    "  3. kubectl -n data exec postgresql-0 -- touch $consent" \
    "  4. set the image to PostgreSQL $major again: it keeps the old files as $PGDATA.$1 and starts empty" \
    "  5. when the provision Job has run, restore each database with restore.sh" \
    "all of it is in docs/components/postgresql.md"
  [ ! -e "$PGDATA.$1" ] || refuse "$PGDATA.$1 is there already; remove it if nobody needs it"
  mv "$PGDATA" "$PGDATA.$1"
  rm "$consent"
  log "kept the database of PostgreSQL $1 as $PGDATA.$1"
  # The way back: this version's own files, which an upgrade set aside.
  if [ -s "$PGDATA.$major/PG_VERSION" ]; then
    mv "$PGDATA.$major" "$PGDATA"
    log "taking up $PGDATA.$major again"
  fi
}

# The Secret decides: a password that was renewed there holds from the next start on. The statement goes
# through standard input, and neither it nor an error that quotes it is logged.
adopt_password() {
  quoted=$(sed "s/'/''/g;1q" "$password_file")
  if printf "ALTER ROLE postgres PASSWORD '%s';\n" "$quoted" |
    postgres --single -D "$PGDATA" \
      -c config_file="$config/postgresql.conf" -c hba_file="$config/pg_hba.conf" \
      -c exit_on_error=on -c log_statement=none -c log_min_error_statement=panic \
      -c log_min_duration_statement=-1 "$@" postgres >/dev/null; then
    log "the superuser's password is the Secret's"
  else
    log "could not set the superuser's password to the Secret's; starting with the one it had"
  fi
}

version=$(postgres --version | sed 's/^postgres (PostgreSQL) \([^ ]*\).*/\1/')
major=${version%%[!0-9]*}
[ -s "$password_file" ] || refuse "no password in $password_file: the Secret is missing its key or the key is empty"

if [ -s "$PGDATA/PG_VERSION" ]; then
  found=$(cat "$PGDATA/PG_VERSION")
  [ "$found" = "$major" ] || set_aside "$found"
fi
if [ -s "$PGDATA/PG_VERSION" ]; then
  adopt_password "$@"
elif ! is_empty "$PGDATA"; then
  refuse \
    "$PGDATA is neither empty nor a database (no PG_VERSION); it holds: $(find "$PGDATA" -mindepth 1 -maxdepth 1 | head -n 5 | tr '\n' ' ')" \
    "nothing was changed; look at the volume, and move these files away if nobody needs them"
else
  # What was set aside, or not finished, lies beside PGDATA. lost+found of a fresh file system is not readable.
  other=$(find "$volume" -mindepth 2 -maxdepth 3 -name PG_VERSION -not -path "$PGDATA.*" 2>/dev/null | head -n 1 || true)
  [ -z "$other" ] || refuse \
    "$PGDATA is empty, but the volume holds a database elsewhere: $(dirname "$other")" \
    "an empty database beside it would look like lost data; nothing was changed" \
    "move that directory to $PGDATA, or off the volume if it is not needed"
  initialise
fi

log "starting PostgreSQL $version with $config/postgresql.conf"
exec postgres -D "$PGDATA" -c config_file="$config/postgresql.conf" -c hba_file="$config/pg_hba.conf" "$@"
