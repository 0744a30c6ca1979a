#!/bin/sh
# Proves that the newest dumps can be restored: starts a server of its own on an empty directory, reachable by nobody
# else, restores the roles and then one database after the other, counts the rows of every table against the dump, and
# throws all of it away. The real server is not asked and not touched.
#   BACKUP_DIRECTORY   the dumps; only read
#   DRILL_DIRECTORY    empty, as large as the largest database
#   DRILL_DATABASES    names, separated by blanks: each must have a dump, and a role of the same name
#   DRILL_BUFFERS_MIB  what the server takes of the memory limit: its buffers, and as much again to make an index
set -eu
umask 077
backups=${BACKUP_DIRECTORY:?}
scratch=${DRILL_DIRECTORY:?}
buffers=${DRILL_BUFFERS_MIB:?}
data=$scratch/data
failed=0
restored=0
export PGDATA="$data" PGHOST="$scratch" PGUSER=postgres PGDATABASE=postgres

log() {
  printf 'drill: %s\n' "$*"
}

fail() {
  printf 'drill: FAILED: %s\n' "$*" >&2
  failed=1
}

# newest DIRECTORY SUFFIX: names sort by time.
newest() {
  find "$1" -mindepth 1 -maxdepth 1 -type f -name "*.$2" 2>/dev/null | sort | tail -n 1
}

sql() {
  psql --no-psqlrc --quiet --no-align --tuples-only -v ON_ERROR_STOP=1 "$@"
}

# A crash loses the whole drill anyway, so nothing waits for the disk and the log holds as little as it can.
start_server() {
  rm -rf "$data"
  initdb --username=postgres --auth=trust --no-sync --encoding=UTF8 \
    --locale-provider=builtin --builtin-locale=C.UTF-8 --locale=C --set "shared_buffers=${buffers}MB" \
    --set dynamic_shared_memory_type=mmap >/dev/null
  cat >>"$data/postgresql.conf" <<CONFIGURATION
listen_addresses = ''
unix_socket_directories = '$scratch'
max_connections = 10
maintenance_work_mem = ${buffers}MB
max_parallel_workers = 0
max_parallel_maintenance_workers = 0
io_workers = 1
autovacuum = off
fsync = off
synchronous_commit = off
full_page_writes = off
wal_level = minimal
max_wal_senders = 0
max_wal_size = 256MB
log_statement = none
CONFIGURATION
  pg_ctl --wait --timeout=300 --log="$scratch/log" start >/dev/null || {
    cat "$scratch/log" >&2
    fail "the drill's own server did not start"
    exit 1
  }
  trap 'pg_ctl --mode=immediate stop >/dev/null 2>&1 || :; rm -rf "$data"' EXIT
  trap 'exit 143' TERM INT
}

# The superuser is here already; every other role must come from the dump.
restore_roles() {
  file=$(newest "$backups/globals" sql)
  [ -n "$file" ] || {
    fail "there is no dump of the roles in $backups/globals"
    return
  }
  if grep -v -x 'CREATE ROLE postgres;' "$file" | sql --output=/dev/null; then
    log "$file: $(sql --command="SELECT count(*) FROM pg_roles WHERE rolname !~ '^pg_' AND rolname <> 'postgres'") roles"
  else
    fail "$file: the roles cannot be restored"
  fi
}

# row_counts DUMP: a query for each table of the dump that answers only if rows are missing. pg_dump writes the names
# as identifiers; a line of data is never `\.` alone.
row_counts() {
  pg_restore --data-only --file=- "$1" | awk '
    table != "" && $0 == "\\." {
      label = table
      gsub(/\047/, "\047\047", label)
      printf "SELECT \047%s: \047 || count(*) || \047 rows of %d\047 FROM ONLY %s HAVING count(*) < %d;\n", label, rows, table, rows
      table = ""
      next
    }
    table != "" { rows++; next }
    /^COPY .* FROM stdin;$/ {
      table = substr($0, 6)
      sub(/ \(.*\) FROM stdin;$/, "", table)
      rows = 0
    }'
}

restore_database() {
  file=$(newest "$backups/$1" dump)
  [ -n "$file" ] || {
    fail "$1: there is no dump in $backups/$1"
    return
  }
  [ "$(printf "SELECT count(*) FROM pg_roles WHERE rolname = :'role';\n" | sql -v role="$1")" = 1 ] ||
    fail "$1: the dump of the roles lacks its role"
  printf 'CREATE DATABASE :"database";\n' | sql -v database="$1"
  if ! pg_restore --exit-on-error --dbname="$1" "$file"; then
    fail "$1: $file cannot be restored"
  else
    row_counts "$file" >"$scratch/counts.sql"
    tables=$(wc -l <"$scratch/counts.sql")
    restored=$((restored + tables))
    missing=$(sql --dbname="$1" --file="$scratch/counts.sql")
    if [ -n "$missing" ]; then
      fail "$1: $file, restored, lacks rows: $missing"
    elif [ "$tables" -eq 0 ]; then
      log "$1: $file is restored; it holds no table"
    else
      log "$1: $file is restored, $tables tables with all their rows"
    fi
  fi
  # One at a time: the directory need not hold them all.
  printf 'DROP DATABASE :"database" WITH (FORCE);\n' | sql -v database="$1"
}

start_server
restore_roles
for database in ${DRILL_DATABASES?}; do
  restore_database "$database"
done
# One that no application has used yet is none; all of them are what is dumped after a loss.
[ "$failed" -ne 0 ] || [ "$restored" -gt 0 ] || fail "no dump holds a table, so nothing is proven"
[ "$failed" -eq 0 ] || exit 1
log "done"
