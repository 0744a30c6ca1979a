#!/bin/sh
# Dumps every database, and the roles without their passwords, into BACKUP_DIRECTORY:
#   <database>/<time>.dump   pg_dump's custom format        globals/<time>.sql   pg_dumpall's roles
# A dump gets its name only after it was read back whole. Old ones of a database go only after a new one of the
# same database succeeded. One database that fails does not keep the others from being dumped; the exit code
# tells.
#   BACKUP_DATABASES                     names, separated by blanks, that have to be among them
#   BACKUP_KEEP_DAYS, BACKUP_KEEP_COUNT  older dumps go, but never the newest COUNT
#   BACKUP_LEAST_PERCENT                 a dump smaller than this share of the last is set aside as <time>.smaller
#   BACKUP_CAPACITY_MIB                  the claim's size, which not every storage class enforces
#   PGHOST, PGPORT, PGUSER, PGPASSWORD   the server, and a role that may read everything
set -eu
umask 077
directory=${BACKUP_DIRECTORY:?}
keep_days=${BACKUP_KEEP_DAYS:?}
keep_count=${BACKUP_KEEP_COUNT:?}
least_percent=${BACKUP_LEAST_PERCENT:?}
capacity_kib=$((${BACKUP_CAPACITY_MIB:?} * 1024))
now=$(date +%s)
stamp=$(date -u -d "@$now" +%Y%m%dT%H%M%SZ)
oldest=$(date -u -d "@$((now - keep_days * 86400))" +%Y%m%dT%H%M%SZ)
failed=0

log() {
  printf 'backup: %s\n' "$*"
}

fail() {
  printf 'backup: FAILED: %s\n' "$*" >&2
  failed=1
}

query() {
  psql --no-psqlrc --quiet --no-align --tuples-only --dbname=postgres --command="$1"
}

# newest DIRECTORY SUFFIX: names sort by time.
newest() {
  find "$1" -mindepth 1 -maxdepth 1 -type f -name "*.$2" 2>/dev/null | sort | tail -n 1
}

bytes_of() {
  wc -c <"$1"
}

kib_of() {
  echo $(($(bytes_of "$1") / 1024 + 1))
}

# has_room NAME KIB: whether both the file system and the claim's size leave that much.
has_room() {
  free=$(df -Pk "$directory" | awk 'NR == 2 { print $4 }')
  left=$((capacity_kib - $(du -sk "$directory" | awk '{ print $1 }')))
  [ "$left" -ge "$free" ] || free=$left
  [ "$free" -ge "$2" ] || {
    fail "$1: needs about $(($2 / 1024)) MiB, $((free / 1024)) MiB are free of $((capacity_kib / 1024)) MiB; enlarge backup.storage.size or keep fewer (backup.keepDays, backup.keepCount)"
    return 1
  }
}

# prune DIRECTORY SUFFIX
prune() {
  find "$1" -mindepth 1 -maxdepth 1 -type f -name "*.$2" | sort -r |
    awk -v keep="$keep_count" -v oldest="$1/$oldest.$2" 'NR > keep && $0 < oldest' |
    while IFS= read -r file; do
      rm -f "$file"
      log "removed $file, older than $keep_days days"
    done
}

# keep FILE SUFFIX: gives a verified file its name.
keep() {
  mv "$1" "${1%.partial}"
  sync "$(dirname "$1")"
  log "${1%.partial}: $(kib_of "${1%.partial}") KiB, verified"
  prune "$(dirname "$1")" "$2"
}

# set_aside DATABASE PARTIAL LAST: a dump that shrank this much may be of a database that was lost. It stays, one of
# them, and neither counts as the newest nor makes an older one go.
set_aside() {
  find "$(dirname "$2")" -mindepth 1 -maxdepth 1 -type f -name '*.smaller' -exec rm -f {} +
  mv "$2" "${2%.dump.partial}.smaller"
  fail "$1: the new dump has $(bytes_of "${2%.dump.partial}.smaller") bytes, the last one ($3) $(bytes_of "$3"): is something lost? It is set aside as ${2%.dump.partial}.smaller, what was there stays; if it is right, run once with BACKUP_LEAST_PERCENT=0 (docs/components/postgresql.md)"
}

dump_database() {
  folder=$directory/$1
  partial=$folder/$stamp.dump.partial
  mkdir -p "$folder"
  last=$(newest "$folder" dump)
  if [ -n "$last" ]; then
    expected=$(($(kib_of "$last") * 3 / 2))
  else
    # Compressed it is smaller, so this is enough for a first dump.
    expected=$(($(query "SELECT pg_database_size('$1')") / 1024))
  fi
  has_room "$1" "$((expected + 1024))" || return 0
  if ! pg_dump --format=custom --lock-wait-timeout=60s --dbname="$1" --file="$partial"; then
    fail "$1: pg_dump did not finish; what was there stays"
  elif ! pg_restore --file=/dev/null "$partial"; then
    fail "$1: the new dump cannot be read back; what was there stays"
  elif [ -n "$last" ] && [ "$(($(bytes_of "$partial") * 100))" -lt "$(($(bytes_of "$last") * least_percent))" ]; then
    set_aside "$1" "$partial" "$last"
    return 0
  else
    keep "$partial" dump
    rm -f "$folder"/*.smaller
    return 0
  fi
  rm -f "$partial"
}

# The hashes stay in the server: after a restore the provision Job sets the passwords from the Secrets.
dump_globals() {
  folder=$directory/globals
  partial=$folder/$stamp.sql.partial
  mkdir -p "$folder"
  has_room globals 1024 || return 0
  if pg_dumpall --globals-only --no-role-passwords --database=postgres --file="$partial" &&
    grep -q '^-- PostgreSQL database cluster dump complete' "$partial"; then
    keep "$partial" sql
  else
    rm -f "$partial"
    fail "globals: pg_dumpall did not finish; what was there stays"
  fi
}

attempt=0
until pg_isready --quiet --timeout=3; do
  attempt=$((attempt + 1))
  [ "$attempt" -lt 60 ] || {
    fail "$PGHOST:$PGPORT did not answer for two minutes"
    exit 1
  }
  sleep 2
done

# What an aborted run left; a run is stopped long before three hours.
find "$directory" -mindepth 2 -maxdepth 2 -type f -name '*.partial' -mmin +180 -exec rm -f {} +

databases=$(query "SELECT datname FROM pg_database WHERE datallowconn AND NOT datistemplate AND datname <> 'postgres' ORDER BY 1")
dump_globals
while IFS= read -r database; do
  case $database in
    '') ;;
    globals | [!A-Za-z0-9]* | *[!A-Za-z0-9_-]*) fail "$database: not dumped, its name cannot be a folder's; use letters, digits, - and _" ;;
    *) dump_database "$database" ;;
  esac
done <<LIST
$databases
LIST
for database in ${BACKUP_DATABASES?}; do
  printf '%s\n' "$databases" | grep -q -x -F -e "$database" ||
    fail "$database: there is no such database: is it lost? Its dumps stay"
done
# For ever the newest by its name, it would be the one that is compared and drilled, and never a later one.
ahead=$(find "$directory" -mindepth 2 -maxdepth 2 -type f | awk -F/ -v now="$stamp" 'substr($NF, 1, length(now)) > now')
[ -z "$ahead" ] || fail "of a time that has not come: $ahead. Was the clock wrong then, or is it now? Rename or remove it"
[ "$failed" -eq 0 ] || exit 1
log "done"
